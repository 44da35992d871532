package dev.keyferry.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.StatusCondition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConditionsTest {

  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant LATER = Instant.parse("2026-01-02T00:00:00.987654321Z");
  private static final Verdict SYNCED =
      new Verdict(Verdict.Ready.TRUE, Reason.SECRET_SYNCED, "fine", Verdict.Progress.DONE, Optional.empty());

  @Test
  void given_success_when_judged_then_only_ready_stands() {
    assertThat(Conditions.of(List.of(), SYNCED, 3L, FIRST))
        .containsExactly(new StatusCondition("Ready", "True", "SecretSynced", "fine", 3L, FIRST));
  }

  @Test
  void given_a_failure_that_passes_by_itself_when_judged_then_reconciling_stands_too() {
    assertThat(Conditions.of(List.of(), failing(Verdict.Progress.RECONCILING, "m"), 1L, FIRST))
        .extracting(condition -> condition.type() + "=" + condition.status())
        .containsExactly("Ready=False", "Reconciling=True");
  }

  @Test
  void given_a_failure_that_needs_somebody_when_judged_then_stalled_stands_too() {
    assertThat(Conditions.of(List.of(), failing(Verdict.Progress.STALLED, "m"), 1L, FIRST))
        .extracting(condition -> condition.type() + "=" + condition.status())
        .containsExactly("Ready=False", "Stalled=True");
  }

  @Test
  void given_another_reason_when_the_status_stays_then_so_does_the_time() {
    List<StatusCondition> before = Conditions.of(List.of(), failing(Verdict.Progress.STALLED, "one"), 1L, FIRST);

    List<StatusCondition> after = Conditions.of(before, failing(Verdict.Progress.STALLED, "two"), 2L, LATER);

    assertThat(after).extracting(StatusCondition::lastTransitionTime).containsOnly(FIRST);
    assertThat(after).extracting(StatusCondition::message).containsOnly("two");
    assertThat(after).extracting(StatusCondition::observedGeneration).containsOnly(2L);
  }

  @Test
  void given_another_status_when_judged_then_its_time_is_now_in_whole_seconds() {
    List<StatusCondition> before = Conditions.of(List.of(), SYNCED, 1L, FIRST);

    List<StatusCondition> after = Conditions.of(before, failing(Verdict.Progress.RECONCILING, "m"), 1L, LATER);

    assertThat(after).extracting(StatusCondition::lastTransitionTime).containsOnly(Instant.parse("2026-01-02T00:00:00Z"));
  }

  @Test
  void given_the_same_verdict_when_judged_again_then_nothing_differs() {
    Verdict verdict = failing(Verdict.Progress.STALLED, "m");
    List<StatusCondition> before = Conditions.of(List.of(), verdict, 1L, FIRST);

    assertThat(Conditions.of(before, verdict, 1L, LATER)).isEqualTo(before);
    assertThat(Conditions.isNews(before, verdict)).isFalse();
  }

  @Test
  void given_another_message_reason_or_status_when_compared_then_it_is_news() {
    List<StatusCondition> before = Conditions.of(List.of(), failing(Verdict.Progress.STALLED, "m"), 1L, FIRST);

    assertThat(Conditions.isNews(before, failing(Verdict.Progress.STALLED, "other"))).isTrue();
    assertThat(Conditions.isNews(before, SYNCED)).isTrue();
    assertThat(Conditions.isNews(List.of(), SYNCED)).isTrue();
  }

  @Test
  void given_a_message_of_any_length_when_judged_then_it_is_bounded_and_repeating_it_is_no_news() {
    Verdict verdict = failing(Verdict.Progress.STALLED, "x".repeat(100_000));

    List<StatusCondition> conditions = Conditions.of(List.of(), verdict, 1L, FIRST);

    assertThat(conditions).allSatisfy(condition -> assertThat(condition.message()).hasSize(4096));
    assertThat(Conditions.isNews(conditions, verdict)).isFalse();
  }

  @Test
  void given_a_long_message_when_it_is_cut_then_no_character_is_cut_in_two() {
    Verdict verdict = failing(Verdict.Progress.STALLED, "x".repeat(4095) + "\uD83D\uDD11".repeat(10));

    assertThat(Conditions.of(List.of(), verdict, 1L, FIRST)).allSatisfy(condition -> assertThat(condition.message()).isEqualTo("x".repeat(4095)));
  }

  private static Verdict failing(Verdict.Progress progress, String message) {
    return new Verdict(Verdict.Ready.FALSE, Reason.ACCESS_DENIED, message, progress, Optional.empty());
  }
}
