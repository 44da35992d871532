package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailoverSourceTest {

  private static final SourceFailure FAULT = new SourceFailure.ServerFault("fault");
  private static final SourceRef DB = ref("db");
  private static final Scope SCOPE = scope("red", List.of("eu-west-1", "eu-north-1"));

  private final MutableClock clock = MutableClock.atNewYear();
  private final Regions regions = new Regions();
  private final FailoverSource source = new FailoverSource(regions, clock, FetchListener.NONE);

  @Test
  void given_a_region_that_serves_when_read_then_no_other_is_asked() {
    assertThat(regionOf(source.read(SCOPE, DB))).isEqualTo("eu-central-1");
    assertThat(regions.asked).containsExactly("eu-central-1 red");
  }

  @Test
  void given_a_region_with_a_fault_when_read_then_the_first_that_has_a_value_answers() {
    regions.failures.put("eu-central-1", FAULT);
    regions.failures.put("eu-west-1", new SourceFailure.NotFound("not replicated"));

    Fetched answer = source.read(SCOPE, DB);

    assertThat(regionOf(answer)).isEqualTo("eu-north-1");
    assertThat(answer.ref()).isEqualTo(DB);
    assertThat(regions.asked).containsExactly("eu-central-1 red", "eu-west-1 red", "eu-north-1 red");
  }

  @Test
  void given_an_arn_when_read_elsewhere_then_its_replica_is_asked_for_and_the_arn_is_answered() {
    SourceRef arn = ref("arn:aws:secretsmanager:eu-central-1:1:secret:db-AbCdEf");
    regions.failures.put("eu-central-1", new SourceFailure.Network("gone"));

    Fetched answer = source.read(SCOPE, arn);

    assertThat(answer.ref()).isEqualTo(arn);
    assertThat(regions.keys).containsExactly(arn.key(), "arn:aws:secretsmanager:eu-west-1:1:secret:db-AbCdEf");
    assertThat(((Fetched.Found) answer).revision().restartForm()).isEqualTo("arn:aws:secretsmanager::1:secret:db-AbCdEf@v1");
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void given_a_region_that_refuses_when_read_then_no_other_is_asked(SourceFailure refusal) {
    regions.failures.put("eu-central-1", refusal);

    assertThat(source.read(SCOPE, DB)).isEqualTo(new Fetched.Failed(DB, refusal));
    assertThat(source.readBatch(SCOPE, List.of(DB, ref("other")))).isInstanceOf(BatchRead.class);
    assertThat(regions.asked).allMatch(asked -> asked.startsWith("eu-central-1"));
  }

  static List<SourceFailure> refusals() {
    return List.of(
        new SourceFailure.AccessDenied(null, null, null, "no"),
        new SourceFailure.NotFound("gone"),
        new SourceFailure.MarkedForDeletion("soon"),
        new SourceFailure.Decryption("key"),
        new SourceFailure.Throttled("slow"),
        new SourceFailure.Credentials("who"),
        new SourceFailure.InvalidRequest("what"));
  }

  @Test
  void given_no_region_with_a_value_when_read_then_the_own_regions_failure_stands_and_nothing_counts_as_missing() {
    regions.failures.put("eu-central-1", FAULT);
    regions.failures.put("eu-west-1", new SourceFailure.NotFound("not replicated"));
    regions.failures.put("eu-north-1", new SourceFailure.AccessDenied(null, null, null, "no"));

    assertThat(source.read(SCOPE, DB)).isEqualTo(new Fetched.Failed(DB, FAULT));
    assertThat(source.readBatch(SCOPE, List.of(DB, ref("other")))).isEqualTo(new BatchRead.Failed(FAULT));
  }

  @Test
  void given_a_fault_when_time_passes_then_one_read_tries_the_region_after_30_s_then_60_s_up_to_5_min() {
    regions.failures.put("eu-central-1", FAULT);
    List<Long> tries = new ArrayList<>();
    Instant before = clock.instant();
    for (int second = 0; second < 1800; second++) {
      source.read(SCOPE, DB);
      source.read(SCOPE, ref("other"));
      if (regions.asked.contains("eu-central-1 red")) {
        tries.add(Duration.between(before, clock.instant()).toSeconds());
        before = clock.instant();
      }
      regions.asked.clear();
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(tries).containsExactly(0L, 30L, 60L, 120L, 240L, 300L, 300L, 300L, 300L);
  }

  @Test
  void given_a_region_that_serves_again_when_it_is_tried_then_it_is_read_in_as_before() {
    regions.failures.put("eu-central-1", FAULT);
    source.read(SCOPE, DB);
    regions.failures.clear();
    clock.advance(Duration.ofSeconds(30));

    assertThat(regionOf(source.read(SCOPE, DB))).isEqualTo("eu-central-1");
    assertThat(regionOf(source.read(SCOPE, DB))).isEqualTo("eu-central-1");
  }

  @Test
  void given_a_batch_with_a_fault_when_read_then_all_of_it_is_read_elsewhere_in_one_call() {
    regions.failures.put("eu-central-1", FAULT);

    BatchRead read = source.readBatch(SCOPE, List.of(DB, ref("other")));

    Map<SourceRef, Fetched> entries = ((BatchRead.Entries) read).entries();
    assertThat(entries.keySet()).containsExactlyInAnyOrder(DB, ref("other"));
    assertThat(entries.values()).allMatch(one -> regionOf(one).equals("eu-west-1"));
    assertThat(regions.asked).containsExactly("eu-central-1 red", "eu-west-1 red");
  }

  @Test
  void given_two_identities_when_one_fails_over_then_the_other_still_reads_in_its_region() {
    regions.failures.put("eu-central-1", FAULT);
    source.read(SCOPE, DB);
    regions.failures.clear();

    assertThat(regionOf(source.read(scope("blue", List.of("eu-west-1")), DB))).isEqualTo("eu-central-1");
    assertThat(regions.asked).doesNotContain("eu-west-1 blue");
  }

  @Test
  void given_a_planner_when_a_region_fails_then_the_target_is_served_and_a_lagging_replica_never_takes_it_back() {
    regions.created.put("v1", Instant.parse("2025-12-01T00:00:00Z"));
    regions.created.put("v2", Instant.parse("2025-12-02T00:00:00Z"));
    regions.versions.put("eu-central-1", "v2");
    regions.versions.put("eu-west-1", "v1");
    FetchPlanner planner = planner();
    FetchRequest request = new FetchRequest("shop/a", SCOPE, Set.of(DB), Duration.ofMinutes(5), false);
    planner.fetch(request);
    regions.failures.put("eu-central-1", FAULT);
    for (int second = 0; second < 3600; second++) {
      clock.advance(Duration.ofSeconds(1));
      planner.refreshDue();
      assertThat(version(planner.fetch(request).get(DB))).isEqualTo("v2");
    }

    regions.versions.put("eu-west-1", "v2");
    for (int second = 0; second < 600; second++) {
      clock.advance(Duration.ofSeconds(1));
      planner.refreshDue();
    }
    Answer.Ready served = (Answer.Ready) planner.fetch(request).get(DB);
    assertThat(served.found().revision().region()).isEqualTo("eu-west-1");
    assertThat(served.found().revision().restartForm()).isEqualTo("arn:aws:secretsmanager::1:secret:db@v2");
  }

  @Test
  void given_a_source_last_read_in_another_region_when_its_own_says_not_found_twice_then_it_is_not_missing() {
    FetchPlanner planner = planner();
    FetchRequest request = new FetchRequest("shop/a", SCOPE, Set.of(DB), Duration.ofMinutes(5), false);
    regions.failures.put("eu-central-1", FAULT);
    planner.fetch(request);
    regions.failures.put("eu-central-1", new SourceFailure.NotFound("gone"));
    for (int second = 0; second < 1200; second++) {
      clock.advance(Duration.ofSeconds(1));
      planner.refreshDue();
    }

    Answer.Failed answer = (Answer.Failed) planner.fetch(request).get(DB);
    assertThat(answer.failure()).isEqualTo(new SourceFailure.NotFound("gone"));
    assertThat(answer.confirmedMissing()).isFalse();
  }

  private FetchPlanner planner() {
    return new FetchPlanner(
        source,
        FetchSettings.of(Duration.ofHours(3), 1 << 20, 8),
        clock,
        new Random(7),
        Runnable::run,
        (_, work) -> Thread.startVirtualThread(work),
        FetchListener.NONE);
  }

  private static String version(Answer answer) {
    return ((Answer.Ready) answer).found().revision().version();
  }

  private static String regionOf(Fetched answer) {
    return ((Fetched.Found) answer).revision().region();
  }

  private static Scope scope(String identity, List<String> failover) {
    return new Scope(new Identity(identity), "eu-central-1", null, EndpointKind.PLAIN, failover);
  }

  /** A source whose regions fail or lag as a test says. */
  private static final class Regions implements SecretSource {
    private final Map<String, SourceFailure> failures = new HashMap<>();
    private final Map<String, String> versions = new HashMap<>();
    private final Map<String, Instant> created = new HashMap<>();
    private final Collection<String> asked = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();

    @Override
    public int batchSize(SourceService service) {
      return 20;
    }

    @Override
    public boolean batchable(SourceRef ref) {
      return ref.version() instanceof VersionSelector.Current;
    }

    @Override
    public BatchRead readBatch(Scope scope, List<SourceRef> refs) {
      asked.add(scope.region() + " " + scope.identity().digest());
      SourceFailure failure = failures.get(scope.region());
      return failure != null
          ? new BatchRead.Failed(failure)
          : new BatchRead.Entries(refs.stream().collect(Collectors.toMap(one -> one, one -> answer(scope, one))));
    }

    @Override
    public Fetched read(Scope scope, SourceRef ref) {
      asked.add(scope.region() + " " + scope.identity().digest());
      keys.add(ref.key());
      return answer(scope, ref);
    }

    private Fetched answer(Scope scope, SourceRef ref) {
      SourceFailure failure = failures.get(scope.region());
      if (failure != null) {
        return new Fetched.Failed(ref, failure);
      }
      String version = versions.getOrDefault(scope.region(), "v1");
      String name = ref.key().startsWith("arn:") ? ref.key() : "arn:aws:secretsmanager:" + scope.region() + ":1:secret:" + ref.key();
      return new Fetched.Found(ref, new Revision(name, version), Payload.ofText(version), List.of(), created.get(version));
    }
  }
}
