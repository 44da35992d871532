package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.config.Setting;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With Kubernetes' own controllers: rollouts that fail, for as long as they do, and what becomes of the others. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailedRolloutClusterTest {

  private static final String QUICK = "replicas: 1\n  minReadySeconds: 4\n  progressDeadlineSeconds: 6";

  private final Cluster cluster;
  private Rig rig;

  FailedRolloutClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    cluster.withControllers();
    rig =
        Rig.start(
            cluster,
            setup -> setup.set(Setting.RESTART_CANARY, "true").set(Setting.RESTART_TIMEOUT, "8s"));
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "deployments,statefulsets", "--all", "-n", rig.namespace);
    rig.close();
  }

  @Test
  void given_pods_that_crash_when_their_time_is_over_then_the_wave_halts_says_so_and_goes_on_once_they_run() {
    secret("crash");
    List<Workload> users =
        IntStream.range(0, 3).mapToObj(i -> deployment("crash-" + i, "crash", QUICK)).toList();
    users.forEach(user -> user.awaitAdopted("crash"));
    users.forEach(user -> rolledOut(user.name()));

    rig.aws.rotate("failed/crash", json("second"));

    soon()
        .untilAsserted(
            () -> {
              ready("crash-", "False");
              assertThat(condition("crash")).isEqualTo("False/RolloutFailed");
            });
    Workload canary = users.stream().filter(user -> user.rolls() > 0).findFirst().orElseThrow();
    assertThat(rig.field("deployment/" + canary.name(), "{.status.conditions[?(@.type=='Progressing')].reason}"))
        .isEqualTo("ProgressDeadlineExceeded");
    assertThat(rig.events(canary.name())).anyMatch(event -> event.startsWith("Warning SecretRolloutFailed"));
    List<Workload> others = users.stream().filter(user -> user != canary).toList();
    soon()
        .untilAsserted(
            () -> assertThat(others).allSatisfy(it -> assertThat(rig.events(it.name())).anyMatch(event -> event.contains("SecretRestartHalted"))));
    rig.operator.kill9();
    rig.startOperator();
    soon().untilAsserted(() -> assertThat(condition("crash")).isEqualTo("False/RolloutFailed"));
    rig.awaitReads("failed/crash", 3);
    assertThat(others).allSatisfy(it -> assertThat(it.rolls()).isZero());
    assertThat(canary.rolls()).isEqualTo(1);

    ready("crash-", "True");

    soon().untilAsserted(() -> assertThat(users).allSatisfy(FailedRolloutClusterTest::verified));
    assertThat(users).allSatisfy(it -> assertThat(it.rolls()).isEqualTo(1));
    soon().untilAsserted(() -> assertThat(condition("crash")).isEqualTo("True/UpToDate"));
  }

  @Test
  void given_pods_that_no_node_takes_when_the_version_moves_again_then_the_failed_rollout_gives_way_to_the_next() {
    cluster.kubectl("label", "node", "node", "test/stalled=yes").orFail();
    secret("stalled");
    Workload user =
        Workload.apply(rig, "Deployment", "stalled", "true", envFrom("stalled") + "\nnodeSelector: {test/stalled: \"yes\"}", QUICK)
            .awaitAdopted("stalled");
    rolledOut("stalled");
    cluster.kubectl("label", "node", "node", "test/stalled-").orFail();

    rig.aws.rotate("failed/stalled", json("second"));
    soon().untilAsserted(() -> assertThat(condition("stalled")).isEqualTo("False/RolloutFailed"));
    assertThat(podsOf("stalled")).anyMatch(pod -> pod.getStatus().getPhase().equals("Pending"));
    assertThat(podsOf("stalled")).anyMatch(pod -> pod.getStatus().getPhase().equals("Running"));

    rig.aws.rotate("failed/stalled", json("third"));
    user.awaitRolls(2);
    cluster.kubectl("label", "node", "node", "test/stalled=yes").orFail();
    soon().untilAsserted(() -> verified(user));
    assertThat(user.rolls()).isEqualTo(2);
  }

  @Test
  void given_a_stateful_set_that_does_not_come_on_when_the_time_is_over_then_failed_and_verified_once_it_does() {
    cluster.kubectl("label", "node", "node", "test/set=yes").orFail();
    secret("set");
    Workload user =
        Workload.apply(rig, "StatefulSet", "set", "true", envFrom("set") + "\nnodeSelector: {test/set: \"yes\"}", "replicas: 1").awaitAdopted("set");
    soon().untilAsserted(() -> assertThat(podsOf("set")).singleElement().satisfies(pod -> assertThat(pod.getStatus().getPhase()).isEqualTo("Running")));
    cluster.kubectl("label", "node", "node", "test/set-").orFail();

    rig.aws.rotate("failed/set", json("second"));
    soon().untilAsserted(() -> assertThat(condition("set")).isEqualTo("False/RolloutFailed"));

    cluster.kubectl("label", "node", "node", "test/set=yes").orFail();
    soon().untilAsserted(() -> verified(user));
    assertThat(user.rolls()).isEqualTo(1);
  }

  /** The old secret may be why pods do not serve any more: that is no rollout to wait for. */
  @Test
  void given_pods_that_broke_when_the_version_moves_then_they_are_restarted_without_waiting_for_them() {
    secret("broken");
    Workload user = deployment("broken", "broken", "replicas: 1").awaitAdopted("broken");
    rolledOut("broken");
    setReady(podsOf("broken").getFirst(), "False");
    soon().untilAsserted(() -> assertThat(rig.field("deployment/broken", "{.status.unavailableReplicas}")).isEqualTo("1"));

    rig.aws.rotate("failed/broken", json("second"));

    soon().untilAsserted(() -> verified(user));
    assertThat(user.rolls()).isEqualTo(1);
  }

  private Workload deployment(String name, String secret, String spec) {
    return Workload.apply(rig, "Deployment", name, "true", envFrom(secret), spec);
  }

  private void secret(String name) {
    rig.aws.createSecret("failed/" + name, json("first"));
    rig.extract(name, "failed/" + name);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
  }

  private void rolledOut(String name) {
    cluster.kubectl("rollout", "status", "deployment/" + name, "-n", rig.namespace, "--timeout=60s").orFail();
  }

  private static void verified(Workload user) {
    Map<String, String> annotations = user.get().getMetadata().getAnnotations();
    assertThat(annotations.get("keyferry.dev/restart-verified"))
        .as("verified restart of " + user.name())
        .isNotNull()
        .isEqualTo(annotations.get("keyferry.dev/restarted-at").split(",")[0]);
  }

  /** Says of the pods that a restart made whether they serve, as their kubelet would. */
  private void ready(String prefix, String status) {
    cluster.adminClient().pods().inNamespace(rig.namespace).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getName().startsWith(prefix))
        .filter(pod -> pod.getMetadata().getAnnotations() != null)
        .filter(pod -> pod.getMetadata().getAnnotations().containsKey("keyferry.dev/restart-tokens"))
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .filter(pod -> pod.getStatus().getConditions().stream().anyMatch(c -> c.getType().equals("Ready") && !c.getStatus().equals(status)))
        .forEach(pod -> setReady(pod, status));
  }

  private void setReady(Pod pod, String status) {
    cluster
        .adminClient()
        .pods()
        .inNamespace(rig.namespace)
        .withName(pod.getMetadata().getName())
        .editStatus(
            found ->
                new PodBuilder(found)
                    .editStatus()
                    .editMatchingCondition(c -> "Ready".equals(c.getType()))
                    .withStatus(status)
                    .withLastTransitionTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
                    .endCondition()
                    .endStatus()
                    .build());
  }

  private List<Pod> podsOf(String name) {
    return cluster.adminClient().pods().inNamespace(rig.namespace).withLabel("app", name).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  private String condition(String externalSecret) {
    return Conditions.find(rig.status(externalSecret).conditions(), "WorkloadsUpToDate").map(c -> c.status() + "/" + c.reason()).orElse("");
  }

  private static String json(String password) {
    return "{\"password\":\"%s\"}".formatted(password);
  }
}
