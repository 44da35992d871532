package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With Kubernetes' own controllers: what a restart does to pods, and where the age of pods makes one needless. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolloutClusterTest {

  private final Cluster cluster;
  private Rig rig;

  RolloutClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    cluster.withControllers();
    rig = Rig.start(cluster);
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "deployments,statefulsets,daemonsets", "--all", "-n", rig.namespace);
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Deployment", "StatefulSet", "DaemonSet"})
  void given_a_workload_when_the_version_moves_then_every_pod_is_replaced_once(String kind) {
    String name = kind.toLowerCase(Locale.ROOT);
    Workload user = running(kind, name);
    Set<String> before = pods(name);
    rig.aws.rotate("test/" + name, json("second"));
    user.awaitRolls(1);
    soon().untilAsserted(() -> assertThat(pods(name)).hasSameSizeAs(before).doesNotContainAnyElementsOf(before));
    Set<String> after = pods(name);
    rig.awaitReads("test/" + name, 2);
    assertThat(user.rolls()).isEqualTo(1);
    assertThat(pods(name)).isEqualTo(after);
  }

  @Test
  void given_pods_that_are_all_newer_than_the_change_when_compared_then_it_is_recorded_and_nothing_rolls() {
    Workload user = running("Deployment", "fresh");
    String before = user.observed();
    user.merge("{\"spec\":{\"paused\":true}}");
    rig.aws.rotate("test/fresh", json("second"));
    soon().untilAsserted(() -> assertThat(rig.value("fresh", "password")).isEqualTo("second"));
    Instant changed = untilPodsCountAsNewer();
    cluster.kubectl("delete", "pods", "-l", "app=fresh", "-n", rig.namespace, "--grace-period=0", "--force").orFail();
    soon()
        .untilAsserted(() -> assertThat(podsOf("fresh")).hasSize(2).allSatisfy(pod -> assertThat(created(pod)).isAfter(changed.plusSeconds(2))));
    user.merge("{\"spec\":{\"paused\":false}}");
    soon().untilAsserted(() -> assertThat(user.observed()).isNotEqualTo(before));
    rig.awaitReads("test/fresh", 2);
    assertThat(user.rolls()).isZero();
    assertThat(events("fresh")).contains("SecretRestartNotNeeded");
  }

  /** {@code rollout undo} brings back the old revision's annotations too, so that the pods themselves must tell. */
  @Test
  void given_a_rollout_that_was_undone_when_its_pods_are_fresh_then_it_does_not_roll_again() {
    Workload user = running("Deployment", "undone");
    rig.aws.rotate("test/undone", json("second"));
    user.awaitRolls(1);
    String rolled = user.observed();
    rolledOut("undone");
    untilPodsCountAsNewer();
    cluster.kubectl("rollout", "undo", "deployment/undone", "-n", rig.namespace).orFail();
    soon().untilAsserted(() -> assertThat(user.observed()).isEqualTo(rolled));
    rolledOut("undone");
    rig.awaitReads("test/undone", 2);
    assertThat(user.rolls()).isEqualTo(1);
    assertThat(user.tokens()).isNull();
  }

  @Test
  void given_a_secret_that_appears_after_its_pods_when_synced_then_there_is_one_revision() {
    Workload user = Workload.apply(rig, "Deployment", "together", "true", envFrom("together"));
    rig.aws.createSecret("test/together", json("first"));
    rig.extract("together", "test/together");
    user.awaitAdopted("together");
    rolledOut("together");
    rig.awaitReads("test/together", 2);
    assertThat(user.rolls()).isZero();
    assertThat(user.get().getMetadata().getAnnotations()).containsEntry("deployment.kubernetes.io/revision", "1");
  }

  /** Waits until pods made from then on are newer than what has changed by now for certain: times are whole seconds. Returns when it began. */
  private static Instant untilPodsCountAsNewer() {
    Instant changed = Instant.now();
    soon().until(() -> Instant.now().isAfter(changed.plus(Duration.ofSeconds(4))));
    return changed;
  }

  /** A workload that runs with a Secret, all of one name. */
  private Workload running(String kind, String name) {
    rig.aws.createSecret("test/" + name, json("first"));
    rig.extract(name, "test/" + name);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
    Workload user = Workload.apply(rig, kind, name, "true", envFrom(name)).awaitAdopted(name);
    soon().untilAsserted(() -> assertThat(podsOf(name)).isNotEmpty().allSatisfy(RolloutClusterTest::running));
    soon().untilAsserted(() -> assertThat(podsOf(name)).hasSize(kind.equals("DaemonSet") ? 1 : 2));
    return user;
  }

  private static void running(Pod pod) {
    assertThat(pod.getStatus().getPhase()).isEqualTo("Running");
  }

  private void rolledOut(String name) {
    cluster.kubectl("rollout", "status", "deployment/" + name, "-n", rig.namespace, "--timeout=60s").orFail();
  }

  private List<Pod> podsOf(String name) {
    return cluster.adminClient().pods().inNamespace(rig.namespace).withLabel("app", name).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  private Set<String> pods(String name) {
    return podsOf(name).stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
  }

  private static Instant created(Pod pod) {
    return Instant.parse(pod.getMetadata().getCreationTimestamp());
  }

  private String events(String workload) {
    return cluster.kubectl("get", "events", "-n", rig.namespace, "--field-selector", "involvedObject.name=" + workload).orFail();
  }

  private static String json(String password) {
    return "{\"password\":\"%s\"}".formatted(password);
  }
}
