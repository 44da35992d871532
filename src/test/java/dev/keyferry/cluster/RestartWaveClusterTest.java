package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.config.Setting;
import dev.keyferry.status.Conditions;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With Kubernetes' own controllers: many workloads on one Secret, one first, then a few at once, whatever becomes of the operator. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartWaveClusterTest {

  private final Cluster cluster;
  private Rig rig;

  RestartWaveClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    cluster.withControllers();
    rig =
        Rig.start(
            cluster,
            setup ->
                setup
                    .set(Setting.RESTART_DEBOUNCE, "1s")
                    .set(Setting.RESTART_IN_FLIGHT_SECRET, "2")
                    .set(Setting.RESTART_CANARY, "true"));
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "deployments", "--all", "-n", rig.namespace);
    rig.close();
  }

  @Test
  void given_six_workloads_on_a_secret_when_it_moves_and_the_operator_is_killed_midway_then_each_rolls_once_and_is_verified() {
    rig.aws.createSecret("wave/db", "{\"password\":\"first\"}");
    rig.extract("wave", "wave/db");
    soon().untilAsserted(() -> assertThat(rig.value("wave", "password")).isEqualTo("first"));
    List<Workload> users =
        IntStream.range(0, 6).mapToObj(i -> Workload.apply(rig, "Deployment", "wave-" + i, "true", envFrom("wave"))).toList();
    users.forEach(user -> user.awaitAdopted("wave"));
    users.forEach(user -> rolledOut(user.name()));

    rig.aws.rotate("wave/db", "{\"password\":\"second\"}");
    soon().until(() -> {
      assertThat(unverified(users)).isLessThanOrEqualTo(1);
      return users.stream().filter(user -> user.rolls() > 0).count() >= 1;
    });
    rig.operator.kill9();
    rig.startOperator();

    soon().until(() -> {
      assertThat(unverified(users)).isLessThanOrEqualTo(2);
      return users.stream().allMatch(user -> user.rolls() == 1) && unverified(users) == 0;
    });
    soon().untilAsserted(() -> assertThat(condition()).isEqualTo("True/UpToDate"));
    assertThat(rig.ready("wave")).isEqualTo("True/SecretSynced");
    assertThat(users).allSatisfy(user -> assertThat(user.rolls()).isEqualTo(1));
  }

  private void rolledOut(String name) {
    cluster.kubectl("rollout", "status", "deployment/" + name, "-n", rig.namespace, "--timeout=60s").orFail();
  }

  private String condition() {
    return Conditions.find(rig.status("wave").conditions(), "WorkloadsUpToDate").map(c -> c.status() + "/" + c.reason()).orElse("");
  }

  /** Workloads that were restarted and not seen complete, as their annotations say. */
  private long unverified(List<Workload> users) {
    return users.stream().filter(user -> {
      Map<String, String> annotations = user.get().getMetadata().getAnnotations();
      String restarted = annotations.get("keyferry.dev/restarted-at");
      return restarted != null && !restarted.equals(annotations.get("keyferry.dev/restart-verified"));
    }).count();
  }
}
