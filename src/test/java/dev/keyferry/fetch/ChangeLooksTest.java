package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.BLUE;
import static dev.keyferry.fetch.PlannerRig.INTERVAL;
import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.refs;
import static dev.keyferry.fetch.PlannerRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ChangeLooksTest {

  private static final String REGION = "eu-central-1";
  private static final String PREFIX = "arn:aws:secretsmanager:" + REGION + ":1:secret:";

  private final PlannerRig rig = PlannerRig.started();
  private final AtomicInteger settled = new AtomicInteger();

  private static SourceChange moved(String id, @Nullable String version) {
    return new SourceChange(SourceService.SECRETS_MANAGER, null, REGION, id, "AWSCURRENT", version);
  }

  private void look(SourceChange change) {
    rig.planner.look(change, settled::incrementAndGet);
  }

  private void fetch(Scope scope, Duration interval, SourceRef one) {
    rig.fetch(new FetchRequest("ns/" + one.key() + one.version(), scope, Set.of(one), interval, false));
  }

  private long reads(String key) {
    return rig.source.reads(key);
  }

  @Test
  void given_a_tracked_source_when_another_version_is_announced_then_it_is_read_and_its_owner_told() {
    rig.fetch("ns/a", "db");
    rig.source.version("db", "v2");

    look(moved("db", "v2"));

    assertThat(reads("db")).isEqualTo(2);
    assertThat(rig.told).containsExactly("ns/a");
    assertThat(settled).hasValue(1);
  }

  @Test
  void given_a_source_at_the_announced_version_when_looked_at_then_it_is_not_read() {
    rig.fetch("ns/a", "db");

    look(moved("db", "v1"));

    assertThat(reads("db")).isEqualTo(1);
    assertThat(settled).hasValue(1);
  }

  @Test
  void given_a_failing_source_at_the_announced_version_when_looked_at_then_it_is_read() {
    rig.fetch("ns/a", "db");
    rig.source.fail("db", new SourceFailure.Throttled("slow"));
    rig.pass(INTERVAL);
    rig.source.heal("db");

    look(moved("db", "v1"));
    rig.joinLingers();

    assertThat(reads("db")).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", PREFIX + "other-aBcDeF", "", "arn:aws:secretsmanager", "arn:aws:s3:::db", "db/x"})
  void given_a_change_of_what_nobody_tracks_when_looked_at_then_it_is_settled_at_once(String id) {
    rig.fetch("ns/a", "db");

    look(moved(id, "v2"));

    assertThat(reads("db")).isEqualTo(1);
    assertThat(settled).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({
    "app/db, app/db",
    "app/db, " + PREFIX + "app/db",
    "app/db, " + PREFIX + "app/db-aBcDeF",
    "db-abcdef, " + PREFIX + "db-abcdef-aBcDeF",
    "db-abcdef, " + PREFIX + "db-abcdef",
    PREFIX + "app/db-aBcDeF, " + PREFIX + "app/db-aBcDeF",
    PREFIX + "app/db-aBcDeF, " + PREFIX + "app/db",
    PREFIX + "app/db-aBcDeF, app/db",
    PREFIX + "app/db, " + PREFIX + "app/db-aBcDeF",
    PREFIX + "app/db, " + PREFIX + "app/db",
    PREFIX + "app/db, app/db"
  })
  void given_a_tracked_form_when_a_change_names_the_secret_then_it_is_found(String tracked, String named) {
    rig.fetch("ns/a", tracked);

    look(moved(named, "v2"));

    assertThat(reads(tracked)).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "app/db, app/d",
    "app/db, " + PREFIX + "app/db2-aBcDeF",
    "app/db, " + PREFIX + "db-aBcDeF",
    PREFIX + "app/db-aBcDeF, " + PREFIX + "app/db-AAAAAA",
    PREFIX + "app/db-aBcDeF, arn:aws:secretsmanager:eu-central-1:999999999999:secret:app/db-aBcDeF",
    PREFIX + "app/db-aBcDeF, arn:aws-cn:secretsmanager:eu-central-1:1:secret:app/db-aBcDeF"
  })
  void given_a_tracked_form_when_a_change_names_another_secret_then_it_is_left_alone(String tracked, String named) {
    rig.fetch("ns/a", tracked);

    look(moved(named, "v2"));

    assertThat(reads(tracked)).isEqualTo(1);
    assertThat(settled).hasValue(1);
  }

  @Test
  void given_a_change_in_another_region_or_service_or_account_when_looked_at_then_nothing_is_read() {
    String arn = PREFIX + "db-aBcDeF";
    rig.fetch("ns/a", arn);

    look(SourceChange.of(SourceService.SECRETS_MANAGER, null, "us-east-1", arn));
    look(SourceChange.of(SourceService.PARAMETER_STORE, null, REGION, arn));
    look(SourceChange.of(SourceService.SECRETS_MANAGER, "999999999999", REGION, "db"));

    assertThat(reads(arn)).isEqualTo(1);
    assertThat(settled).hasValue(3);
  }

  @Test
  void given_a_name_that_was_read_in_one_account_when_another_accounts_changes_then_it_is_left_alone() {
    rig.fetch("ns/a", "db");

    look(SourceChange.of(SourceService.SECRETS_MANAGER, "999999999999", REGION, "db"));

    assertThat(reads("db")).isEqualTo(1);
  }

  @Test
  void given_two_identities_with_one_source_when_it_changes_then_both_read_it_and_settle_together() {
    fetch(RED, INTERVAL, ref("db"));
    rig.fetch(new FetchRequest("ns/b", BLUE, refs("db"), INTERVAL, false));

    look(moved("db", "v2"));

    assertThat(reads("db")).isEqualTo(4);
    assertThat(settled).hasValue(0);
    rig.source.version("db", "v2");
    rig.runLater();
    assertThat(settled).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"/app/key, /app/key", "/app/key, arn:aws:ssm:eu-central-1:1:parameter/app/key", "plain, arn:aws:ssm:eu-central-1:1:parameter/plain"})
  void given_a_parameter_when_it_changes_then_it_is_read(String tracked, String named) {
    fetch(RED, INTERVAL, new SourceRef(SourceService.PARAMETER_STORE, tracked, VersionSelector.CURRENT));

    look(SourceChange.of(SourceService.PARAMETER_STORE, null, REGION, named));

    assertThat(reads(tracked)).isEqualTo(2);
    assertThat(settled).hasValue(1);
  }

  @Test
  void given_many_changes_of_one_source_when_they_come_within_five_seconds_then_they_share_one_read_at_the_end() {
    rig.fetch("ns/a", "db");

    for (int i = 0; i < 10; i++) {
      look(SourceChange.of(SourceService.SECRETS_MANAGER, null, REGION, "db"));
    }
    assertThat(reads("db")).isEqualTo(2);
    assertThat(settled).hasValue(1);
    rig.clock.advance(Duration.ofSeconds(5));
    rig.runLater();

    assertThat(reads("db")).isEqualTo(3);
    assertThat(settled).hasValue(10);
  }

  @Test
  void given_a_look_five_seconds_ago_when_the_source_changes_again_then_it_is_read_at_once() {
    rig.fetch("ns/a", "db");
    look(SourceChange.of(SourceService.SECRETS_MANAGER, null, REGION, "db"));
    rig.clock.advance(Duration.ofMillis(5001));

    look(SourceChange.of(SourceService.SECRETS_MANAGER, null, REGION, "db"));

    assertThat(reads("db")).isEqualTo(3);
  }

  @Test
  void given_an_announced_version_that_is_not_there_yet_when_it_appears_within_four_seconds_then_it_is_found() {
    rig.fetch("ns/a", "db");
    look(moved("db", "v2"));
    rig.runLater();
    assertThat(settled).hasValue(0);
    rig.source.version("db", "v2");

    rig.runLater();

    assertThat(rig.told).containsExactly("ns/a");
    assertThat(settled).hasValue(1);
    assertThat(reads("db")).isEqualTo(4);
  }

  @Test
  void given_an_announced_version_that_never_appears_when_looked_for_then_it_is_left_to_the_due_time_after_four_looks() {
    rig.fetch("ns/a", "db");
    rig.delays.clear();

    look(moved("db", "v2"));
    for (int i = 0; i < 5; i++) {
      rig.runLater();
    }

    assertThat(reads("db")).isEqualTo(5);
    assertThat(settled).hasValue(1);
    assertThat(rig.delays.stream().reduce(Duration.ZERO, Duration::plus)).isLessThanOrEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void given_a_denied_read_when_a_change_asks_for_it_then_it_is_settled_and_left_to_its_backoff() {
    rig.fetch("ns/a", "db");
    rig.source.fail("db", new SourceFailure.AccessDenied(null, null, null, "no"));

    look(moved("db", "v2"));

    assertThat(reads("db")).isEqualTo(2);
    assertThat(settled).hasValue(1);
    assertThat(rig.told).containsExactly("ns/a");
  }

  @Test
  void given_sources_that_are_fixed_or_looked_at_once_when_they_change_then_they_are_not_read() {
    fetch(RED, INTERVAL, PlannerRig.pinned("db"));
    fetch(RED, Duration.ZERO, ref("db"));

    look(moved("db", "v2"));
    look(SourceChange.of(SourceService.SECRETS_MANAGER, null, REGION, "db"));

    assertThat(reads("db")).isEqualTo(2);
    assertThat(settled).hasValue(2);
  }

  @Test
  void given_a_missing_source_that_is_to_be_looked_at_once_when_it_is_made_then_it_is_read() {
    rig.source.fail("db", new SourceFailure.NotFound("gone"));
    fetch(RED, Duration.ZERO, ref("db"));
    rig.source.heal("db");

    look(SourceChange.of(SourceService.SECRETS_MANAGER, null, REGION, "db"));

    assertThat(rig.told).hasSize(1);
  }

  @Test
  void given_refs_to_other_labels_when_a_label_moves_then_only_those_that_follow_it_are_read() {
    SourceRef previous = new SourceRef(SourceService.SECRETS_MANAGER, "db", new VersionSelector.Stage("AWSPREVIOUS"));
    SourceRef blue = new SourceRef(SourceService.SECRETS_MANAGER, "db", new VersionSelector.Stage("BLUE"));
    fetch(RED, INTERVAL, previous);
    fetch(RED, INTERVAL, blue);
    fetch(RED, INTERVAL, ref("db"));
    rig.source.calls.clear();

    rig.source.version("db", "v2");
    look(moved("db", "v2"));
    assertThat(rig.source.calls.stream().flatMap(call -> call.refs().stream())).containsExactlyInAnyOrder(previous, ref("db"));
    rig.source.calls.clear();
    look(new SourceChange(SourceService.SECRETS_MANAGER, null, REGION, "db", "BLUE", "v2"));

    assertThat(rig.source.calls.stream().flatMap(call -> call.refs().stream())).containsExactly(blue);
    assertThat(settled).hasValue(2);
  }

  @Test
  void given_a_read_under_way_when_a_change_comes_then_the_source_is_read_again_after_it() {
    Queue<Runnable> work = new ArrayDeque<>();
    PlannerRig slow = new PlannerRig(Duration.ofMinutes(30), 1 << 20, work::add);
    slow.planner.start(slow.told::add);
    slow.planner.prime(List.of(request("ns/a", "db")));
    Runnable first = work.remove();

    slow.planner.look(moved("db", "v2"), settled::incrementAndGet);
    assertThat(work).isEmpty();
    first.run();
    slow.source.version("db", "v2");
    work.remove().run();

    assertThat(slow.source.reads("db")).isEqualTo(2);
    assertThat(slow.told).containsExactly("ns/a");
    assertThat(settled).hasValue(1);
  }

  @Test
  void given_an_owner_that_goes_while_a_look_waits_when_its_time_comes_then_nothing_is_read_and_it_is_settled() {
    rig.fetch("ns/a", "db");
    look(moved("db", "v2"));
    rig.planner.forget("ns/a");

    rig.runLater();

    assertThat(reads("db")).isEqualTo(2);
    assertThat(settled).hasValue(1);
    assertThat(rig.planner.tracked()).isZero();
  }

  @Test
  void given_changes_of_many_sources_when_they_come_together_then_their_reads_share_batches() {
    PlannerRig batches = PlannerRig.started(20);
    List<String> keys = PlannerRig.numbered(40);
    batches.fetch(request("ns/a", keys.toArray(String[]::new)));
    batches.source.calls.clear();
    batches.holdLingers();

    keys.forEach(key -> batches.planner.look(SourceChange.of(SourceService.SECRETS_MANAGER, null, REGION, key), settled::incrementAndGet));
    batches.joinLingers();

    assertThat(batches.source.calls).hasSize(2);
    assertThat(settled).hasValue(40);
  }
}
