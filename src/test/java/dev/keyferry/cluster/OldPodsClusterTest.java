package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** With Kubernetes' own controllers: pods that no controller replaces, and evictions under the right that is granted apart. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OldPodsClusterTest {

  private static final String RIGHT = "deploy/eviction.yaml";
  private static final String EVICT = "keyferry.dev/restart-strategy";

  private final Cluster cluster;
  private Rig rig;

  OldPodsClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    cluster.withControllers();
    rig = Rig.start(cluster);
    cluster.kubectl("apply", "-f", RIGHT).orFail();
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "-f", RIGHT, "--ignore-not-found");
    cluster.kubectl("delete", "deployments,statefulsets,daemonsets,pdb", "--all", "-n", rig.namespace);
    rig.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ondelete | replicas: 2\\n  updateStrategy: {type: OnDelete} | False/AwaitingPodDeletion",
        "partition | replicas: 2\\n  updateStrategy: {rollingUpdate: {partition: 1}} | False/Partial"
      })
  void given_a_stateful_set_that_keeps_pods_when_the_version_moves_then_it_says_so_and_deletes_none(String name, String spec, String condition) {
    Workload user = running("StatefulSet", name, spec);
    Set<String> before = pods(name);

    rotate(name);

    user.awaitRolls(1);
    soon().untilAsserted(() -> assertThat(condition(name)).isEqualTo(condition));
    assertThat(pods(name)).containsAnyElementsOf(before);
    assertThat(evictions(user)).isZero();
    soon().untilAsserted(() -> assertThat(rig.events(name)).anyMatch(event -> event.startsWith("Warning StalePodsLeft")));
  }

  @Test
  void given_a_deployment_that_recreates_when_the_version_moves_then_the_outage_is_told() {
    Workload user = running("Deployment", "recreate", "replicas: 2\n  strategy: {type: Recreate}");

    rotate("recreate");

    user.awaitRolls(1);
    soon().untilAsserted(() -> assertThat(rig.events("recreate")).anyMatch(event -> event.startsWith("Warning FullOutageRestart")));
    soon().untilAsserted(() -> assertThat(condition("recreate")).isEqualTo("True/UpToDate"));
  }

  @ParameterizedTest
  @CsvSource({"StatefulSet, 2", "DaemonSet, 1"})
  void given_on_delete_and_evictions_when_the_version_moves_then_every_pod_is_replaced_and_the_template_stays(String kind, int pods) {
    String name = "evicted-" + kind.toLowerCase(Locale.ROOT);
    Workload user = running(kind, name, (kind.equals("DaemonSet") ? "" : "replicas: 2\n  ") + "updateStrategy: {type: OnDelete}");
    evict(user);
    Set<String> before = pods(name);

    rotate(name);

    awaitVerified(user);
    soon().untilAsserted(() -> assertThat(pods(name)).hasSize(pods).doesNotContainAnyElementsOf(before));
    assertThat(evictions(user)).isEqualTo(pods);
    assertThat(user.tokens()).isNull();
    soon().untilAsserted(() -> assertThat(condition(name)).isEqualTo("True/UpToDate"));
  }

  @Test
  void given_what_another_kind_operates_when_evictions_are_asked_for_then_its_template_is_left_to_that() {
    Workload user = running("Deployment", "operated", "replicas: 2");
    rig.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: operator}\n");
    String uid = rig.field("configmap/operator", "{.metadata.uid}");
    user.merge(
        ("{\"metadata\":{\"ownerReferences\":[{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"name\":\"operator\",\"uid\":\"%s\","
                + "\"controller\":true}]}}")
            .formatted(uid));
    evict(user);
    Set<String> before = pods("operated");

    rotate("operated");

    awaitVerified(user);
    soon().untilAsserted(() -> assertThat(pods("operated")).hasSize(2).doesNotContainAnyElementsOf(before));
    assertThat(user.tokens()).isNull();
  }

  @Test
  void given_a_budget_that_lets_none_go_when_the_operator_is_killed_and_the_budget_goes_then_each_pod_goes_once() {
    Workload user = running("StatefulSet", "guarded", "replicas: 2");
    evict(user);
    rig.apply(
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: guarded}
        spec: {minAvailable: 2, selector: {matchLabels: {app: guarded}}}
        """);
    soon().untilAsserted(() -> assertThat(rig.field("pdb/guarded", "{.status.expectedPods}")).isEqualTo("2"));
    Set<String> before = pods("guarded");

    rotate("guarded");

    soon().untilAsserted(() -> assertThat(condition("guarded")).isEqualTo("False/BlockedByDisruptionBudget"));
    assertThat(pods("guarded")).isEqualTo(before);
    rig.operator.kill9();
    cluster.kubectl("delete", "pdb", "guarded", "-n", rig.namespace).orFail();
    rig.startOperator();

    awaitVerified(user);
    assertThat(pods("guarded")).hasSize(2).doesNotContainAnyElementsOf(before);
    assertThat(evictions(user)).isEqualTo(2);
  }

  @Test
  void given_no_right_to_evict_when_the_version_moves_then_it_says_which_and_goes_on_once_it_is_granted() {
    Workload user = running("StatefulSet", "denied", "replicas: 1");
    evict(user);
    Set<String> before = pods("denied");
    cluster.kubectl("delete", "-f", RIGHT).orFail();
    try {
      rotate("denied");
      soon().untilAsserted(() -> assertThat(condition("denied")).isEqualTo("False/EvictionForbidden"));
      soon().untilAsserted(() -> assertThat(rig.events("denied")).anyMatch(event -> event.contains("create on pods/eviction")));
      assertThat(pods("denied")).isEqualTo(before);
    } finally {
      cluster.kubectl("apply", "-f", RIGHT).orFail();
    }
    awaitVerified(user);
    assertThat(pods("denied")).doesNotContainAnyElementsOf(before);
  }

  @Test
  void given_a_marker_that_was_taken_back_midway_when_evictions_are_asked_for_then_the_old_pods_go_and_the_marker_stays_away() {
    cluster.kubectl("label", "node", "node", "test/reverted=yes").orFail();
    Workload user = running("Deployment", "reverted", "replicas: 2", "nodeSelector: {test/reverted: \"yes\"}");
    Set<String> before = pods("reverted");
    cluster.kubectl("label", "node", "node", "test/reverted-").orFail();
    rotate("reverted");
    user.awaitRolls(1);
    user.merge("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"keyferry.dev/restart-tokens\":null}}}}}");
    soon().untilAsserted(() -> assertThat(condition("reverted")).isEqualTo("False/RestartMarkerReverted"));
    soon().untilAsserted(() -> assertThat(rig.events("reverted")).anyMatch(event -> event.contains(EVICT + ": evict")));
    cluster.kubectl("label", "node", "node", "test/reverted=yes").orFail();

    evict(user);

    awaitVerified(user);
    soon().untilAsserted(() -> assertThat(pods("reverted")).hasSize(2).doesNotContainAnyElementsOf(before));
    assertThat(user.tokens()).isNull();
    assertThat(user.rolls()).isEqualTo(1);
  }

  private Workload running(String kind, String name, String spec, String... pod) {
    rig.aws.createSecret("old/" + name, "{\"password\":\"first\"}");
    rig.extract(name, "old/" + name);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
    String pods = envFrom(name) + (pod.length == 0 ? "" : "\n" + pod[0]);
    Workload user = Workload.apply(rig, kind, name, "true", pods, spec.replace("\\n", "\n")).awaitAdopted(name);
    int count = spec.contains("replicas: 2") ? 2 : 1;
    soon()
        .untilAsserted(
            () -> assertThat(podsOf(name)).hasSize(count).allSatisfy(it -> assertThat(it.getStatus().getPhase()).isEqualTo("Running")));
    return user;
  }

  private static void evict(Workload user) {
    user.merge("{\"metadata\":{\"annotations\":{\"%s\":\"evict\"}}}".formatted(EVICT));
  }

  private void rotate(String name) {
    rig.aws.rotate("old/" + name, "{\"password\":\"second\"}");
  }

  private static void awaitVerified(Workload user) {
    soon()
        .untilAsserted(
            () -> {
              Map<String, String> annotations = user.get().getMetadata().getAnnotations();
              assertThat(annotations.get("keyferry.dev/restart-verified"))
                  .as("verified restart of " + user.name())
                  .isNotNull()
                  .isEqualTo(annotations.get("keyferry.dev/restarted-at").split(",")[0]);
            });
  }

  private long evictions(Workload user) {
    return cluster
        .audit()
        .since(user.mark())
        .byOperator()
        .in(rig.namespace)
        .verb("create")
        .that(event -> event.uri().endsWith("/eviction") && event.name().startsWith(user.name()) && event.code() == 201)
        .count();
  }

  private String condition(String externalSecret) {
    return Conditions.find(rig.status(externalSecret).conditions(), "WorkloadsUpToDate").map(c -> c.status() + "/" + c.reason()).orElse("");
  }

  private List<Pod> podsOf(String name) {
    return cluster.adminClient().pods().inNamespace(rig.namespace).withLabel("app", name).list().getItems().stream()
        .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
        .toList();
  }

  private Set<String> pods(String name) {
    return podsOf(name).stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
  }
}
