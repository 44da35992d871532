package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.AppsWorkload.DaemonSet;
import dev.keyferry.restart.AppsWorkload.Deployment;
import dev.keyferry.restart.AppsWorkload.StatefulSet;
import dev.keyferry.restart.Rollout.Phase;
import dev.keyferry.restart.Rollout.Style;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutTest {

  /** Spec, status and what follows. The generation is 5. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 3 | {} | UNSEEN",
        "replicas: 3 | {observedGeneration: 4, replicas: 3, updatedReplicas: 3, availableReplicas: 3} | PROGRESSING",
        "replicas: 3 | {observedGeneration: 5, replicas: 3, updatedReplicas: 3, availableReplicas: 3} | COMPLETE",
        "replicas: 3 | {observedGeneration: 5, replicas: 4, updatedReplicas: 3, availableReplicas: 3} | PROGRESSING",
        "replicas: 3 | {observedGeneration: 5, replicas: 3, updatedReplicas: 2, availableReplicas: 3} | PROGRESSING",
        "replicas: 3 | {observedGeneration: 5, replicas: 3, updatedReplicas: 3, availableReplicas: 2} | PROGRESSING",
        "replicas: 0 | {observedGeneration: 5} | COMPLETE",
        "paused: true | {observedGeneration: 5, replicas: 1, updatedReplicas: 1, availableReplicas: 1} | COMPLETE",
        "replicas: 3 | {observedGeneration: 5, replicas: 4, updatedReplicas: 1, availableReplicas: 3, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]} | STUCK",
        "replicas: 3 | {observedGeneration: 4, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]} | PROGRESSING",
        "replicas: 1 | {observedGeneration: 5, replicas: 1, updatedReplicas: 1, availableReplicas: 1, conditions: [{type: Progressing, reason: ProgressDeadlineExceeded}]} | COMPLETE",
        "replicas: 2 | {observedGeneration: 5, replicas: 2, updatedReplicas: 2, availableReplicas: 1, conditions: [{type: Progressing, reason: NewReplicaSetAvailable}]} | UNAVAILABLE",
        "replicas: 2 | {observedGeneration: 5, replicas: 2, updatedReplicas: 2, availableReplicas: 1, conditions: [{type: Progressing, reason: ReplicaSetUpdated}]} | PROGRESSING",
        "replicas: 2 | {observedGeneration: 4, replicas: 2, updatedReplicas: 2, availableReplicas: 1, conditions: [{type: Progressing, reason: NewReplicaSetAvailable}]} | PROGRESSING",
      })
  void given_a_deployment_when_read_then_the_phase_is_that_of_kubectl(String spec, String status, Phase expected) {
    assertThat(Rollout.of(read(spec, status, Deployment.class)).phase()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "replicas: 3 | {} | UNSEEN | ROLLING",
        "replicas: 3 | {observedGeneration: 5, replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentRevision: a, updateRevision: a} | COMPLETE | ROLLING",
        "replicas: 3 | {observedGeneration: 5, replicas: 3, readyReplicas: 3, currentReplicas: 3, currentRevision: a, updateRevision: b} | PROGRESSING | ROLLING",
        "replicas: 3 | {observedGeneration: 5, replicas: 3, readyReplicas: 2, updatedReplicas: 3, currentRevision: b, updateRevision: b} | UNAVAILABLE | ROLLING",
        "replicas: 3 | {observedGeneration: 4, replicas: 3, readyReplicas: 3, updatedReplicas: 3, currentRevision: b, updateRevision: b} | PROGRESSING | ROLLING",
        "{replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}} | {observedGeneration: 5, readyReplicas: 3, updatedReplicas: 1, currentRevision: a, updateRevision: b} | COMPLETE | PARTITIONED",
        "{replicas: 3, updateStrategy: {rollingUpdate: {partition: 2}}} | {observedGeneration: 5, readyReplicas: 3, currentRevision: a, updateRevision: b} | PROGRESSING | PARTITIONED",
        "{replicas: 3, updateStrategy: {rollingUpdate: {partition: 9}}} | {observedGeneration: 5, readyReplicas: 3, currentRevision: a, updateRevision: b} | COMPLETE | PARTITIONED",
        "{replicas: 3, updateStrategy: {type: OnDelete}} | {observedGeneration: 5, readyReplicas: 3, currentRevision: a, updateRevision: b} | COMPLETE | ON_DELETE",
      })
  void given_a_stateful_set_when_read_then_its_phase_and_style(String spec, String status, Phase phase, Style style) {
    assertThat(Rollout.of(read(spec, status, StatefulSet.class))).isEqualTo(new Rollout(phase, style));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | {} | UNSEEN | ROLLING",
        "{} | {observedGeneration: 5, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2} | COMPLETE | ROLLING",
        "{} | {observedGeneration: 5, desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2} | PROGRESSING | ROLLING",
        "{} | {observedGeneration: 5, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1} | PROGRESSING | ROLLING",
        "{} | {observedGeneration: 4, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2} | PROGRESSING | ROLLING",
        "{} | {observedGeneration: 5, desiredNumberScheduled: 0} | COMPLETE | ROLLING",
        "updateStrategy: {type: OnDelete} | {observedGeneration: 5, desiredNumberScheduled: 2, numberAvailable: 2} | COMPLETE | ON_DELETE",
      })
  void given_a_daemon_set_when_read_then_its_phase_and_style(String spec, String status, Phase phase, Style style) {
    assertThat(Rollout.of(read(spec, status, DaemonSet.class))).isEqualTo(new Rollout(phase, style));
  }

  @ParameterizedTest
  @CsvSource({"Recreate, ALL_AT_ONCE", "RollingUpdate, ROLLING"})
  void given_a_deployments_strategy_when_read_then_its_style(String type, Style style) {
    assertThat(Rollout.of(read("strategy: {type: " + type + "}", "{}", Deployment.class)).style()).isEqualTo(style);
  }

  @ParameterizedTest
  @CsvSource({"UNSEEN, UNSEEN", "COMPLETE, PROGRESSING", "STUCK, PROGRESSING", "PROGRESSING, PROGRESSING"})
  void given_a_rollout_when_another_begins_then_it_progresses_where_a_controller_is_there(Phase before, Phase after) {
    assertThat(new Rollout(before, Style.ROLLING).begun().phase()).isEqualTo(after);
  }

  private static <T> T read(String spec, String status, Class<T> type) {
    String flow = spec.startsWith("{") ? spec : "{" + spec + "}";
    return Serialization.unmarshal("metadata: {name: w, generation: 5}\nspec: " + flow + "\nstatus: " + status + "\n", type);
  }
}
