package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.RestartSpec;
import dev.keyferry.api.v1.RestartTarget;
import dev.keyferry.kube.TargetRecord;
import dev.keyferry.write.WriteRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartWordsTest {

  private static final RestartTarget WEB = new RestartTarget("Deployment", "web");

  @Test
  void given_a_spec_when_read_then_its_record_says_the_same() {
    RestartSpec spec = new RestartSpec(true, List.of(WEB, new RestartTarget("DaemonSet", "agent"), WEB), "Data", "02:00-04:00", "24h");

    assertThat(RestartWords.mistake(spec)).isEmpty();
    assertThat(RestartWords.of(spec))
        .isEqualTo(
            new WriteRequest.Restarts(
                new TargetRecord.Restart(true, List.of("DaemonSet/agent", "Deployment/web"), "02:00-04:00", "24h"),
                WriteRequest.Trigger.DATA,
                false));
  }

  @Test
  void given_nothing_but_a_trigger_when_read_then_the_record_says_nothing() {
    assertThat(RestartWords.of(null)).isEqualTo(WriteRequest.Restarts.UNSAID);
    assertThat(RestartWords.of(new RestartSpec(null, null, "Version", null, null))).isEqualTo(WriteRequest.Restarts.UNSAID);
    assertThat(RestartWords.mistake(null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "-    | Deployment | -      | -             | -    | targets",
        "true | Job        | -      | -             | -    | Job",
        "true | Deployment | Always | -             | -    | trigger",
        "true | Deployment | -      | 02:00-04:00 Europe/Atlantis | - | window",
        "true | Deployment | -      | -             | soon | maxDefer",
      })
  void given_what_cannot_be_followed_when_read_then_the_field_is_named(
      Boolean enabled, String kind, String trigger, String window, String maxDefer, String named) {
    RestartSpec spec = new RestartSpec(enabled, List.of(new RestartTarget(kind, "web")), trigger, window, maxDefer);

    assertThat(RestartWords.mistake(spec)).hasValueSatisfying(said -> assertThat(said).startsWith("spec.restart.").contains(named));
  }
}
