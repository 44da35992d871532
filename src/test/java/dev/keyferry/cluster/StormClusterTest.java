package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.config.Setting;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * 500 workloads on one Secret, with Kubernetes' own controllers. Stakater Reloader rolls all of them at once (its issue 220), and what was
 * under way when it dies is lost (814).
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StormClusterTest {

  private static final int USERS = 500;
  private static final int BOUND = 20;
  private static final int MORE_HEAP = 12 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  private final Cluster cluster;
  private Rig rig;

  StormClusterTest(Cluster cluster) {
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
                    .set(Setting.RESTART_CANARY, "true")
                    .set(Setting.RESTART_IN_FLIGHT, "40")
                    .set(Setting.RESTART_IN_FLIGHT_NAMESPACE, "30")
                    .set(Setting.RESTART_IN_FLIGHT_SECRET, Integer.toString(BOUND)));
    rig.aws.createSecret("storm/db", "{\"password\":\"first\"}");
    rig.extract("storm", "storm/db");
    rig.awaitSynced("storm");
    createUsers();
    patiently().until(() -> users().stream().filter(StormClusterTest::adopted).count() == USERS);
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "--raw", "/apis/apps/v1/namespaces/%s/deployments".formatted(rig.namespace)).orFail();
    rig.close();
  }

  @Test
  void given_500_workloads_when_their_secret_moves_and_the_operator_is_killed_three_times_then_each_rolls_once_within_the_bound() {
    long mark = cluster.audit().mark();
    Instant began = Instant.now();
    try (RolloutRecord record = new RolloutRecord(rig)) {
      long heap = rig.operator.liveHeapKibibytes();
      long resident = rig.operator.residentMebibytes();
      rig.aws.rotate("storm/db", "{\"password\":\"second\"}");
      for (int kill = 1; kill <= 3; kill++) {
        int far = kill * USERS / 5;
        patiently().until(() -> record.complete() >= far);
        rig.operator.kill9();
        rig.startOperator();
      }
      patiently().until(() -> record.complete() == USERS);
      rolledOnce(mark, record);
      memoryIsFlat(heap, resident, Duration.between(began, Instant.now()));
    }
  }

  private void memoryIsFlat(long heap, long resident, Duration took) {
    long heapAfter = rig.operator.liveHeapKibibytes();
    System.out.printf(
        "500 workloads rolled in %d s; live heap %d KiB before and %d KiB after; resident %d MiB before and %d MiB after%n",
        took.toSeconds(), heap, heapAfter, resident, rig.operator.residentMebibytes());
    assertThat(heap).isPositive();
    assertThat(heapAfter - heap).as("KiB more on the heap").isLessThan(MORE_HEAP);
  }

  private void rolledOnce(long mark, RolloutRecord record) {
    patiently().untilAsserted(() -> assertThat(condition()).isEqualTo("True/UpToDate"));
    assertThat(record.begun()).hasSize(USERS).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(record.most()).isBetween(2, BOUND);
    assertThat(record.mostBeforeFirst()).isEqualTo(1);
    AuditEvents patches = cluster.audit().since(mark).byOperator().in(rig.namespace).verb("patch").on("deployments");
    assertThat(rolls(patches)).hasSize(USERS);
    assertThat(rolls(patches.that(event -> event.code() == 200))).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(mostUnverified(patches)).isBetween(2, BOUND);
    assertThat(replicaSets()).hasSize(USERS).allSatisfy((_, sets) -> assertThat(sets).isEqualTo(2));
  }

  private static Map<String, Long> rolls(AuditEvents patches) {
    return patches.events().stream()
        .filter(StormClusterTest::roll)
        .collect(Collectors.groupingBy(AuditEvent::name, Collectors.counting()));
  }

  private static boolean roll(AuditEvent event) {
    return event.uri().contains("fieldManager=keyferry.dev/restart");
  }

  /**
   * The most that were rolled and not seen complete, by the operator's own requests. One that a kill cut off may have been stored or not: such
   * a roll is asked for again where it was not, and such a verification is not where it was.
   */
  private static int mostUnverified(AuditEvents patches) {
    Set<String> rolling = new HashSet<>();
    int most = 0;
    for (AuditEvent event : patches.events().stream().sorted((one, other) -> one.received().compareTo(other.received())).toList()) {
      if (!roll(event) && event.code() != 409) {
        rolling.remove(event.name());
      } else if (roll(event) && event.code() == 200) {
        rolling.add(event.name());
      }
      most = Math.max(most, rolling.size());
    }
    return most;
  }

  private Map<String, Long> replicaSets() {
    return cluster.adminClient().apps().replicaSets().inNamespace(rig.namespace).list().getItems().stream()
        .map(set -> set.getMetadata().getLabels().get("app"))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private String condition() {
    return Conditions.find(rig.status("storm").conditions(), "WorkloadsUpToDate").map(c -> c.status() + "/" + c.reason()).orElse("");
  }

  private List<Deployment> users() {
    return cluster.adminClient().apps().deployments().inNamespace(rig.namespace).list().getItems();
  }

  private static boolean adopted(Deployment user) {
    Integer available = user.getStatus().getAvailableReplicas();
    return available != null && available == 1 && user.getMetadata().getAnnotations().containsKey("keyferry.dev/observed-tokens");
  }

  private void createUsers() {
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<Deployment> users = IntStream.range(0, USERS).mapToObj(this::user).toList();
      var made = users.stream().map(user -> threads.submit(() -> cluster.adminClient().resource(user).create())).toList();
      made.forEach(each -> assertThat(each).succeedsWithin(Duration.ofMinutes(3)));
    }
  }

  private Deployment user(int number) {
    return Serialization.unmarshal(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: user-%1$03d, namespace: %2$s, annotations: {keyferry.dev/restart-on-change: "true"}}
        spec:
          replicas: 1
          selector: {matchLabels: {app: user-%1$03d}}
          template:
            metadata: {labels: {app: user-%1$03d}}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: app, image: none.test/app, envFrom: [{secretRef: {name: storm}}]}]
        """
            .formatted(number, rig.namespace),
        Deployment.class);
  }

  private static ConditionFactory patiently() {
    return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500));
  }
}
