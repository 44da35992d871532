package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.RotationStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RotationHealthTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LAST = NOW.minus(Duration.ofDays(30));
  private static final Instant NEXT = NOW.plus(Duration.ofDays(1));
  private static final RotationHealth.Report REPORT = new RotationHealth.Report(RotationStep.SET, NOW.minusSeconds(60));

  private static RotationFacts facts(Instant next, @Nullable String pending) {
    return new RotationFacts("arn", true, LAST, next, "lambda", null, pending);
  }

  @Test
  void given_a_secret_that_is_not_rotated_when_judged_then_nothing_is_said() {
    RotationFacts facts = new RotationFacts("arn", false, LAST, NOW.minus(Duration.ofDays(9)), null, null, "v2");

    assertThat(RotationHealth.judge(facts, NOW.minus(Duration.ofDays(1)), REPORT, NOW)).isEqualTo(new RotationHealth.Silent());
  }

  @Test
  void given_a_date_ahead_or_passed_within_the_hour_when_judged_then_it_is_healthy() {
    assertThat(RotationHealth.judge(facts(NEXT, null), null, null, NOW)).isEqualTo(new RotationHealth.Healthy());
    assertThat(RotationHealth.judge(facts(NOW.minus(RotationHealth.OVERDUE), null), null, null, NOW)).isEqualTo(new RotationHealth.Healthy());
  }

  @Test
  void given_a_date_that_passed_longer_ago_when_judged_then_it_is_overdue() {
    Instant next = NOW.minus(RotationHealth.OVERDUE).minusSeconds(1);

    assertThat(RotationHealth.judge(facts(next, null), null, null, NOW)).isEqualTo(new RotationHealth.Overdue(facts(next, null), next));
  }

  @Test
  void given_a_version_that_is_pending_when_judged_then_an_hour_later_it_has_failed() {
    RotationFacts facts = facts(NEXT, "v2");

    assertThat(RotationHealth.judge(facts, NOW.minus(RotationHealth.STUCK).plusSeconds(1), null, NOW)).isEqualTo(new RotationHealth.Healthy());
    assertThat(RotationHealth.judge(facts, NOW.minus(RotationHealth.STUCK), null, NOW)).isEqualTo(new RotationHealth.Failed(facts, null));
  }

  @Test
  void given_a_report_when_a_version_is_pending_then_it_has_failed_at_once_in_that_step() {
    assertThat(RotationHealth.judge(facts(NEXT, "v2"), NOW, REPORT, NOW))
        .isEqualTo(new RotationHealth.Failed(facts(NEXT, "v2"), RotationStep.SET));
  }

  @Test
  void given_a_report_when_nothing_is_pending_or_it_was_rotated_since_then_it_is_not_believed() {
    RotationFacts since = new RotationFacts("arn", true, NOW, NEXT, "lambda", null, "v3");

    assertThat(RotationHealth.judge(facts(NEXT, null), null, REPORT, NOW)).isEqualTo(new RotationHealth.Healthy());
    assertThat(RotationHealth.judge(since, NOW, REPORT, NOW)).isEqualTo(new RotationHealth.Healthy());
  }

  @Test
  void given_stages_when_the_pending_version_is_looked_for_then_one_in_force_is_none() {
    assertThat(RotationFacts.pendingOf(Map.of("v1", List.of("AWSCURRENT"), "v2", List.of("AWSPENDING")))).isEqualTo("v2");
    assertThat(RotationFacts.pendingOf(Map.of("v2", List.of("AWSCURRENT", "AWSPENDING"), "v1", List.of("AWSPREVIOUS")))).isNull();
  }

  @Test
  void given_the_text_of_an_event_when_a_step_is_looked_for_then_only_a_single_known_word_counts() {
    assertThat(RotationStep.namedIn("Error when executing lambda arn:x during setSecret step")).contains(RotationStep.SET);
    assertThat(RotationStep.namedIn("during createSecret or testSecret")).isEmpty();
    assertThat(RotationStep.namedIn("root:x:0:0")).isEmpty();
  }
}
