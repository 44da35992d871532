package dev.keyferry.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.fetch.RotationHealth;
import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.RotationStep;
import dev.keyferry.status.RotationVerdict.Said;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RotationVerdictTest {

  private static final String ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf";
  private static final String LAMBDA = "arn:aws:lambda:eu-central-1:123456789012:function:rotate-db:live";
  private static final Instant DUE = Instant.parse("2026-03-01T12:00:00.250Z");
  private static final RotationHealth HEALTHY = new RotationHealth.Healthy();
  private static final RotationHealth SILENT = new RotationHealth.Silent();
  private static final RotationHealth UNKNOWN = new RotationHealth.Unknown();

  private static RotationFacts facts(@Nullable String lambda, @Nullable String service) {
    return new RotationFacts(ARN, true, null, DUE, lambda, service, "v2");
  }

  private static Said said(RotationHealth health) {
    return (Said) RotationVerdict.of(Map.of(ARN, health));
  }

  @Test
  void given_a_failed_step_when_judged_then_step_function_log_group_and_usual_cause_are_named() {
    assertThat(said(new RotationHealth.Failed(facts(LAMBDA, null), RotationStep.SET)))
        .isEqualTo(
            new Said(
                false,
                "RotationFailed",
                "Rotation of prod/db failed in step setSecret: its new version is still AWSPENDING, and AWSCURRENT holds the old one."
                    + " It is rotated by " + LAMBDA + ", whose log group is /aws/lambda/rotate-db in eu-central-1."
                    + " Usual cause: the function cannot reach the database (its VPC, subnets and security groups) or may not change the"
                    + " user there."));
  }

  @ParameterizedTest
  @EnumSource
  void given_each_step_when_judged_then_it_has_a_usual_cause(RotationStep step) {
    assertThat(said(new RotationHealth.Failed(facts(LAMBDA, null), step)).message())
        .contains("in step " + step.word() + ":")
        .endsWith("Usual cause: " + step.usualCause() + ".");
  }

  @Test
  void given_an_overdue_rotation_by_a_service_when_judged_then_the_date_and_the_service_are_named() {
    assertThat(said(new RotationHealth.Overdue(facts(null, "rds"), DUE)))
        .isEqualTo(
            new Said(
                false,
                "RotationOverdue",
                "Rotation of prod/db was due by 2026-03-01T12:00:00Z and has not happened. It is rotated by the service rds: look at its"
                    + " events."));
  }

  @Test
  void given_several_secrets_when_judged_then_the_worst_is_told_and_unknown_ones_change_nothing() {
    RotationHealth failed = new RotationHealth.Failed(facts(LAMBDA, null), null);

    assertThat(((Said) RotationVerdict.of(Map.of("arn:a", HEALTHY, ARN, failed, "arn:b", UNKNOWN))).healthy()).isFalse();
    assertThat(((Said) RotationVerdict.of(Map.of(ARN, failed, "arn:z", failed))).message()).endsWith(" (and 1 more secret)");
    assertThat(RotationVerdict.of(Map.of("arn:a", HEALTHY, "arn:b", UNKNOWN))).isEqualTo(new RotationVerdict.Keep());
    assertThat(((Said) RotationVerdict.of(Map.of("arn:a", HEALTHY, "arn:b", SILENT))).healthy()).isTrue();
    assertThat(RotationVerdict.of(Map.of("arn:b", SILENT))).isEqualTo(new RotationVerdict.None());
    assertThat(RotationVerdict.of(Map.of())).isEqualTo(new RotationVerdict.None());
  }
}
