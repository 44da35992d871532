package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.ListedPage;
import dev.keyferry.source.ListedSecret;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.RotationSource;
import dev.keyferry.source.RotationStep;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RotationWatchTest {

  private static final Scope RED = new Scope(new Identity("red"), "eu-central-1", null);
  private static final Scope BLUE = new Scope(new Identity("blue"), "eu-central-1", null);
  private static final Duration INTERVAL = Duration.ofHours(6);
  private static final String DB = "arn:db";

  private final MutableClock clock = MutableClock.atNewYear();
  private final Map<String, RotationSource.Answer> answers = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<List<Integer>> counts = new ArrayList<>();
  private Runnable meanwhile = () -> {};
  private final RotationWatch watch =
      new RotationWatch(
          (scope, arn) -> {
            asked.add(arn);
            meanwhile.run();
            return answers.getOrDefault(arn, new RotationSource.Unanswered());
          },
          INTERVAL,
          clock,
          Runnable::run,
          (delay, work) -> {},
          (healthy, overdue, failed) -> counts.add(List.of(healthy, overdue, failed)));

  @BeforeEach
  void start() {
    watch.start(told::add);
  }

  private RotationFacts facts(String arn, boolean enabled, @Nullable Duration next, @Nullable String pending) {
    Instant now = clock.instant();
    return new RotationFacts(
        arn, enabled, now.minus(Duration.ofDays(1)), next == null ? null : now.plus(next), "arn:aws:lambda:r:1:function:f", null, pending);
  }

  private void answer(String arn, boolean enabled, @Nullable Duration next, @Nullable String pending) {
    answers.put(arn, new RotationSource.Told(facts(arn, enabled, next, pending)));
  }

  private void read(String owner, Scope scope, String... arns) {
    watch.read(owner, scope, Arrays.stream(arns).map(arn -> found(arn, "v1")).toList());
  }

  private static Fetched.Found found(String arn, String version) {
    SourceRef ref = new SourceRef(SourceService.SECRETS_MANAGER, arn, VersionSelector.CURRENT);
    return new Fetched.Found(ref, new Revision(arn, version), Payload.ofText("x"), List.of("AWSCURRENT"), null);
  }

  private void after(Duration time) {
    clock.advance(time);
    watch.lookNow();
  }

  private RotationHealth health(String owner, String arn) {
    return watch.of(owner).orElseThrow().get(arn);
  }

  @Test
  void given_a_secret_that_is_read_when_a_minute_has_passed_then_it_is_asked_once_and_again_after_the_interval() {
    answer(DB, true, Duration.ofDays(5), null);
    read("shop/a", RED, DB);
    after(Duration.ofSeconds(59));
    assertThat(asked).isEmpty();
    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Unknown());

    after(Duration.ofSeconds(1));
    after(Duration.ofHours(5));
    assertThat(asked).containsExactly(DB);
    assertThat(told).containsExactly("shop/a");
    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Healthy());

    after(Duration.ofHours(1));
    assertThat(asked).hasSize(2);
    assertThat(told).hasSize(1);
  }

  @Test
  void given_a_list_that_shows_the_secret_when_time_passes_then_nothing_is_asked() {
    read("shop/a", RED, DB);
    watch.listed(RED, facts(DB, true, Duration.ofDays(5), null));

    after(Duration.ofHours(5));

    assertThat(asked).isEmpty();
    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Healthy());
    assertThat(counts.getLast()).containsExactly(1, 0, 0);
  }

  @Test
  void given_a_list_that_lags_when_it_knows_of_no_new_rotation_then_it_does_not_count() {
    read("shop/a", RED, DB);
    watch.listed(RED, facts(DB, true, Duration.ofDays(5), null));
    RotationFacts before = new RotationFacts(DB, true, clock.instant().minus(Duration.ofDays(40)), clock.instant().minus(Duration.ofDays(1)), null, null, null);

    watch.listed(RED, before);

    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Healthy());
  }

  @Test
  void given_a_lister_when_its_pages_are_listed_then_the_watch_reads_along() {
    read("shop/a", RED, DB);
    ListedSecret secret =
        new ListedSecret(DB, "db", clock.instant(), Map.of(), null, null, facts(DB, true, Duration.ofDays(5), null));
    ListedPage page = new ListedPage.Page(List.of(secret), null);

    assertThat(new RotationLists((scope, order, token) -> page, watch).list(RED, ChangeLister.Order.NAME, null)).isSameAs(page);

    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Healthy());
  }

  @Test
  void given_a_list_of_another_identity_when_it_shows_the_secret_then_it_tells_nothing() {
    read("shop/a", RED, DB);

    watch.listed(BLUE, facts(DB, true, Duration.ofDays(5), null));

    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Unknown());
  }

  @Test
  void given_ten_thousand_secrets_when_an_hour_passes_then_no_more_than_eighty_calls_are_made() {
    for (int i = 0; i < 10_000; i++) {
      answer("arn:" + i, true, Duration.ofDays(30), null);
      read("shop/" + i, RED, "arn:" + i);
    }

    for (int second = 0; second < 3600; second += 5) {
      after(Duration.ofSeconds(5));
    }

    assertThat(asked).hasSizeBetween(60, 80).doesNotHaveDuplicates();
  }

  @Test
  void given_a_date_of_rotation_when_an_hour_after_it_has_passed_then_it_is_asked_and_overdue() {
    watch.listed(RED, facts(DB, true, Duration.ofDays(5), null));
    read("shop/a", RED, DB);
    watch.listed(RED, facts(DB, true, Duration.ofHours(2), null));
    answer(DB, true, Duration.ofHours(2), null);

    after(Duration.ofHours(3).plusSeconds(30));
    assertThat(asked).isEmpty();
    after(Duration.ofSeconds(31));

    assertThat(asked).containsExactly(DB);
    assertThat(health("shop/a", DB)).isInstanceOf(RotationHealth.Overdue.class);
    assertThat(counts.getLast()).containsExactly(0, 1, 0);
  }

  @Test
  void given_a_reported_failure_when_aws_confirms_it_then_it_has_failed_in_that_step_for_all_who_read_it() {
    read("shop/a", RED, DB);
    read("shop/b", BLUE, DB);
    answer(DB, true, Duration.ofDays(5), "v2");

    watch.failed(DB, RotationStep.TEST, clock.instant());
    watch.lookNow();

    assertThat(told).containsExactlyInAnyOrder("shop/a", "shop/b");
    assertThat(health("shop/a", DB)).isInstanceOfSatisfying(
        RotationHealth.Failed.class, failed -> assertThat(failed.step()).isEqualTo(RotationStep.TEST));
  }

  @Test
  void given_a_reported_failure_when_aws_does_not_confirm_it_then_nothing_is_said_to_be_wrong() {
    read("shop/a", RED, DB);
    answer(DB, true, Duration.ofDays(5), null);

    watch.failed(DB, RotationStep.TEST, clock.instant());
    watch.lookNow();

    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Healthy());
  }

  @Test
  void given_a_failed_rotation_when_a_new_version_is_read_then_it_is_soon_asked_again_and_healthy() {
    read("shop/a", RED, DB);
    answer(DB, true, Duration.ofDays(5), "v2");
    watch.failed(DB, null, clock.instant());
    watch.lookNow();
    answer(DB, true, Duration.ofDays(30), null);

    watch.read("shop/a", RED, List.of(found(DB, "v2")));
    after(Duration.ofSeconds(31));

    assertThat(health("shop/a", DB)).isEqualTo(new RotationHealth.Healthy());
  }

  @Test
  void given_an_identity_that_may_not_ask_when_an_hour_has_not_passed_then_it_asks_for_no_secret() {
    answers.put("arn:a", new RotationSource.Denied());
    answers.put("arn:b", new RotationSource.Denied());
    read("shop/a", RED, "arn:a");
    after(Duration.ofMinutes(1));
    read("shop/b", RED, "arn:b");
    after(Duration.ofMinutes(59));
    assertThat(asked).containsExactly("arn:a");

    after(Duration.ofMinutes(1));
    assertThat(asked).containsExactly("arn:a", "arn:b");
    assertThat(health("shop/a", "arn:a")).isEqualTo(new RotationHealth.Silent());
  }

  @Test
  void given_an_owner_that_is_gone_when_time_passes_then_its_secret_is_not_asked_for() {
    read("shop/a", RED, DB);
    watch.listed(RED, facts(DB, true, Duration.ofDays(5), null));
    watch.forget("shop/a");

    after(Duration.ofDays(2));

    assertThat(asked).isEmpty();
    assertThat(watch.of("shop/a")).isEmpty();
    assertThat(counts.getLast()).containsExactly(0, 0, 0);
  }

  @Test
  void given_an_owner_that_goes_while_aws_is_asked_when_the_answer_comes_then_nothing_is_counted() {
    answer(DB, true, Duration.ofDays(5), null);
    read("shop/a", RED, DB);
    meanwhile = () -> watch.forget("shop/a");

    after(Duration.ofMinutes(1));

    assertThat(asked).containsExactly(DB);
    assertThat(counts.getLast()).containsExactly(0, 0, 0);
    assertThat(told).isEmpty();
  }

  @Test
  void given_no_answer_when_ten_minutes_have_passed_then_it_is_asked_again() {
    read("shop/a", RED, DB);
    after(Duration.ofMinutes(1));
    after(Duration.ofMinutes(9));
    assertThat(asked).hasSize(1);

    after(Duration.ofMinutes(1));
    assertThat(asked).hasSize(2);
  }
}
