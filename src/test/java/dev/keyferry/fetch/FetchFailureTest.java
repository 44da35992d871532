package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.INTERVAL;
import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.refs;
import static dev.keyferry.fetch.PlannerRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FetchFailureTest {

  private static final SourceFailure DENIED = new SourceFailure.AccessDenied(null, null, null, "no");
  private static final SourceFailure THROTTLED = new SourceFailure.Throttled("slow down");
  private static final SourceFailure GONE = new SourceFailure.NotFound("gone");

  private final PlannerRig rig = PlannerRig.started();

  @Test
  void given_a_failure_when_asked_again_before_its_wait_is_over_then_it_is_not_read_again() {
    rig.source.fail("db", DENIED);

    rig.fetch("a", "db");
    Answer second = rig.fetch("a", "db");

    assertThat(second).isEqualTo(new Answer.Failed(ref("db"), DENIED, 1, false));
    assertThat(rig.source.reads("db")).isEqualTo(1);
  }

  @Test
  void given_a_failure_when_asked_to_retry_now_then_it_is_read_again() {
    rig.source.fail("db", DENIED);
    rig.fetch("a", "db");
    rig.source.heal("db");

    Answer answer = rig.fetch(new FetchRequest("a", RED, refs("db"), INTERVAL, true)).get(ref("db"));

    assertThat(FetchPlannerTest.text(answer)).isEqualTo("red|db|v1");
  }

  @Test
  void given_a_denied_source_when_time_passes_then_tries_double_up_to_five_minutes() {
    rig.source.fail("db", DENIED);
    rig.fetch("a", "db");

    rig.live(Duration.ofHours(1));

    assertThat(rig.source.reads("db")).isBetween(14L, 21L);
  }

  @Test
  void given_a_first_read_that_fails_when_its_owner_has_its_answer_then_it_is_not_told_again() {
    rig.source.fail("db", DENIED);

    rig.fetch("a", "db");
    rig.live(Duration.ofMinutes(2));

    assertThat(rig.told).isEmpty();
  }

  @Test
  void given_a_denial_after_passing_failures_when_it_is_tried_again_then_the_wait_begins_anew() {
    rig.fetch("a", "db");
    rig.source.fail("db", THROTTLED);
    rig.pass(INTERVAL);
    rig.live(Duration.ofMinutes(3));
    rig.source.fail("db", DENIED);
    rig.live(Duration.ofMinutes(2));

    assertThat(((Answer.Failed) rig.fetch("a", "db")).attempts()).isLessThan(4);
  }

  @Test
  void given_a_known_source_that_begins_to_fail_when_noticed_then_its_owners_are_told_once() {
    rig.fetch("a", "db");
    rig.fetch("b", "other");
    rig.source.fail("db", DENIED);

    rig.pass(INTERVAL);
    rig.live(Duration.ofMinutes(10));

    assertThat(rig.told).containsExactly("a");
    assertThat(rig.fetch("a", "db")).isInstanceOf(Answer.Failed.class);
  }

  @Test
  void given_a_told_failure_when_the_source_recovers_then_its_owners_are_told() {
    rig.fetch("a", "db");
    rig.source.fail("db", DENIED);
    rig.pass(INTERVAL);
    rig.told.clear();
    rig.source.heal("db");

    rig.pass(Duration.ofSeconds(30));

    assertThat(rig.told).containsExactly("a");
    assertThat(rig.fetch("a", "db")).isInstanceOf(Answer.Ready.class);
  }

  @Test
  void given_a_failure_when_it_becomes_another_then_its_owners_are_told_again() {
    rig.fetch("a", "db");
    rig.source.fail("db", DENIED);
    rig.pass(INTERVAL);
    rig.source.fail("db", new SourceFailure.Decryption("key disabled"));

    rig.pass(Duration.ofSeconds(30));

    assertThat(rig.told).containsExactly("a", "a");
  }

  @Test
  void given_a_source_that_never_was_read_when_it_can_be_then_its_owner_is_told() {
    rig.source.fail("db", THROTTLED);
    rig.fetch("a", "db");
    rig.source.heal("db");

    rig.pass(Duration.ofSeconds(2));

    assertThat(rig.told).containsExactly("a");
  }

  @Test
  void given_a_known_source_when_it_is_throttled_twice_then_the_last_value_is_answered_and_nobody_is_told() {
    rig.fetch("a", "db");
    rig.source.fail("db", THROTTLED);

    rig.pass(INTERVAL);
    rig.pass(Duration.ofSeconds(2));

    assertThat(rig.failures).containsExactly(FailureKind.THROTTLED, FailureKind.THROTTLED);
    assertThat(rig.told).isEmpty();
    assertThat(rig.fetch("a", "db")).isInstanceOf(Answer.Ready.class);
  }

  @Test
  void given_a_known_source_when_it_is_throttled_a_third_time_then_its_owner_is_told() {
    rig.fetch("a", "db");
    rig.source.fail("db", THROTTLED);

    rig.pass(INTERVAL);
    rig.pass(Duration.ofSeconds(2));
    rig.pass(Duration.ofSeconds(4));

    assertThat(rig.told).containsExactly("a");
    assertThat(rig.fetch("a", "db")).isEqualTo(new Answer.Failed(ref("db"), THROTTLED, 3, false));
  }

  @Test
  void given_an_untold_failure_when_the_source_recovers_unchanged_then_nobody_is_told() {
    rig.fetch("a", "db");
    rig.source.fail("db", THROTTLED);
    rig.pass(INTERVAL);
    rig.source.heal("db");

    rig.pass(Duration.ofSeconds(2));

    assertThat(rig.source.reads("db")).isEqualTo(3);
    assertThat(rig.told).isEmpty();
  }

  @Test
  void given_an_owner_that_was_answered_with_a_passing_failure_when_it_has_passed_then_the_owner_is_told() {
    PlannerRig forgetful = new PlannerRig(Duration.ZERO, 0, Runnable::run);
    forgetful.planner.start(forgetful.told::add);
    forgetful.fetch("a", "db");
    forgetful.source.fail("db", THROTTLED);
    assertThat(forgetful.fetch("a", "db")).isInstanceOf(Answer.Failed.class);
    forgetful.source.heal("db");

    forgetful.pass(Duration.ofSeconds(2));

    assertThat(forgetful.told).containsExactly("a");
  }

  @Test
  void given_a_source_that_throws_when_fetched_then_the_owner_gets_a_failure_that_quotes_nothing() {
    rig.source.breakDown("db", new IllegalStateException("hunter2"));

    Answer answer = rig.fetch("a", "db");

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).failure().message()).contains("IllegalStateException").doesNotContain("hunter2");
  }

  @Test
  void given_a_vanished_source_when_a_minute_has_passed_then_it_is_confirmed_missing_and_its_owner_told() {
    rig.fetch("a", "db");
    rig.source.fail("db", GONE);
    rig.pass(INTERVAL);
    assertThat(rig.fetch("a", "db")).isEqualTo(new Answer.Failed(ref("db"), GONE, 1, false));
    rig.told.clear();

    rig.live(Duration.ofMinutes(3));

    assertThat(rig.told).containsExactly("a");
    assertThat(((Answer.Failed) rig.fetch("a", "db")).confirmedMissing()).isTrue();
  }

  @Test
  void given_a_vanished_source_when_less_than_a_minute_has_passed_then_it_is_not_confirmed_missing() {
    rig.fetch("a", "db");
    rig.source.fail("db", GONE);
    rig.pass(INTERVAL);

    rig.live(Duration.ofSeconds(59));

    assertThat(rig.source.reads("db")).isGreaterThan(2);
    assertThat(((Answer.Failed) rig.fetch("a", "db")).confirmedMissing()).isFalse();
  }

  @Test
  void given_a_source_that_was_never_read_in_its_scope_when_it_is_not_found_then_it_is_not_confirmed_missing() {
    rig.source.fail("db", GONE);
    rig.fetch("a", "db");

    rig.live(Duration.ofMinutes(30));

    assertThat(((Answer.Failed) rig.fetch("a", "db")).confirmedMissing()).isFalse();
  }

  @Test
  void given_a_confirmed_missing_source_when_it_is_back_then_its_owner_is_told_and_it_counts_anew() {
    rig.fetch("a", "db");
    rig.source.fail("db", GONE);
    rig.pass(INTERVAL);
    rig.live(Duration.ofMinutes(3));
    rig.source.heal("db");
    rig.live(Duration.ofMinutes(5));
    rig.source.fail("db", GONE);

    rig.pass(INTERVAL);

    assertThat(rig.fetch("a", "db")).isEqualTo(new Answer.Failed(ref("db"), GONE, 1, false));
  }

  @Test
  void given_a_tenth_of_a_scope_when_it_vanishes_then_it_is_confirmed_missing() {
    List<String> keys = PlannerRig.numbered(50);
    rig.fetch(request("a", keys.toArray(String[]::new)));
    keys.subList(0, 5).forEach(key -> rig.source.fail(key, GONE));
    rig.pass(INTERVAL);

    rig.live(Duration.ofMinutes(3));

    assertThat(missing(keys)).isEqualTo(5);
  }

  @Test
  void given_more_than_a_tenth_of_a_scope_when_it_vanishes_then_nothing_is_confirmed_missing() {
    List<String> keys = PlannerRig.numbered(50);
    rig.fetch(request("a", keys.toArray(String[]::new)));
    keys.subList(0, 6).forEach(key -> rig.source.fail(key, GONE));
    rig.pass(INTERVAL);

    rig.live(Duration.ofMinutes(30));

    assertThat(missing(keys)).isZero();
  }

  private long missing(List<String> keys) {
    return rig.fetch(request("a", keys.toArray(String[]::new))).values().stream()
        .filter(answer -> answer instanceof Answer.Failed failed && failed.confirmedMissing())
        .count();
  }
}
