package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static dev.keyferry.cluster.Workload.envFrom;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.config.Setting;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Bugs that others had, with Kubernetes' own controllers: each test names whose. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PeerBugClusterTest {

  private static final int BUDGET = 3;

  private final Cluster cluster;
  private Rig rig;

  PeerBugClusterTest(Cluster cluster) {
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
                    .set(Setting.RESTART_DEBOUNCE, "3s")
                    .set(Setting.RESTART_DEBOUNCE_MAX, "3s")
                    .set(Setting.RESTART_BUDGET, Integer.toString(BUDGET)));
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "deployments,cronjobs,jobs", "--all", "-n", rig.namespace);
    rig.close();
  }

  /** Vault Secrets Operator 1228: both wrote the same time to the template, and the second was lost. */
  @Test
  void given_two_secrets_that_rotate_in_the_same_second_when_seen_then_one_rollout_serves_both() {
    synced("same-one");
    synced("same-two");
    Workload user =
        workload(
            "same",
            "containers: [{name: app, image: none.test/app, envFrom: [{secretRef: {name: same-one}}, {secretRef: {name: same-two}}]}]");
    user.awaitAdopted("same-one").awaitAdopted("same-two");
    Map<String, String> before = Workload.parsed(user.observed());

    rotate("same-one");
    rotate("same-two");

    user.awaitRolls(1);
    rig.awaitReads("test/same-two", 2);
    assertThat(user.rolls()).isEqualTo(1);
    assertThat(Workload.parsed(user.tokens()))
        .containsOnlyKeys(before.keySet())
        .doesNotContainEntry("same-one", before.get("same-one"))
        .doesNotContainEntry("same-two", before.get("same-two"));
  }

  /** Stakater Reloader 1183: two writers fought over a Secret, and one workload had 80,000 ReplicaSets. */
  @Test
  void given_a_secret_that_never_rests_when_operated_then_its_workload_restarts_within_the_budget_and_that_is_said() {
    Workload user = running("flapping");
    int[] rotations = {0};
    soon().until(() -> {
      rig.aws.rotate("test/flapping", json("number " + rotations[0]++));
      return condition("flapping").equals("False/RestartBudgetExceeded");
    });
    rig.awaitReads("test/flapping", 3);
    assertThat(user.rolls()).isEqualTo(BUDGET);
    soon()
        .untilAsserted(
            () -> assertThat(rig.events("flapping")).anyMatch(event -> event.startsWith("Warning SecretRestartBudgetExceeded")));
  }

  /** Vault Secrets Operator 1124: it wrote its annotation again each time that something took it away, for ever. */
  @Test
  void given_an_annotation_that_is_always_taken_back_midway_when_operated_then_it_is_not_fought_and_that_is_said() {
    synced("stripped");
    Workload user = workload("stripped", "true", envFrom("stripped"), "replicas: 2\n  minReadySeconds: 4").awaitAdopted("stripped");
    rolledOut("stripped");
    rotate("stripped");
    soon().until(() -> {
      user.merge("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":null}}}}");
      return condition("stripped").equals("False/RestartMarkerReverted");
    });
    rig.awaitReads("test/stripped", 3);
    assertThat(user.rolls()).isEqualTo(1);
    assertThat(user.tokens()).isNull();
  }

  /** Stakater Reloader 543: it ran CronJobs at once, and deleted Jobs to make them again. */
  @Test
  void given_a_job_and_a_cron_job_when_their_secret_rotates_then_they_are_left_alone() {
    Workload user = running("batch");
    long mark = cluster.audit().mark();
    rig.apply(
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly, annotations: {keyferry.dev/restart-on-change: "true"}}
        spec:
          schedule: "0 0 1 1 *"
          jobTemplate: {spec: {template: {spec: {restartPolicy: Never, %1$s}}}}
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: once, annotations: {keyferry.dev/restart-on-change: "true"}}
        spec: {template: {spec: {restartPolicy: Never, %1$s}}}
        """
            .formatted(envFrom("batch")));
    String job = rig.field("job/once", "{.metadata.uid}");

    rotate("batch");

    user.awaitRolls(1);
    rig.awaitReads("test/batch", 2);
    assertThat(cluster.audit().since(mark).byOperator().that(event -> event.group().equals("batch")).summary()).isEmpty();
    assertThat(rig.field("jobs", "{.items[*].metadata.uid}")).isEqualTo(job);
  }

  /** Vault Secrets Operator swallowed a conflict on its status, and restarted again. */
  @Test
  void given_statuses_that_somebody_writes_all_the_time_when_rotated_then_one_rollout() throws InterruptedException {
    Workload user = running("contested");
    AtomicBoolean done = new AtomicBoolean();
    Thread other = Thread.startVirtualThread(() -> {
      for (int i = 0; !done.get(); i++) {
        writeStatus("contested", "round " + i);
        user.merge("{\"metadata\":{\"labels\":{\"round\":\"%d\"}}}".formatted(i));
      }
    });
    rotate("contested");
    user.awaitRolls(1);
    soon().untilAsserted(() -> assertThat(condition("contested")).isEqualTo("True/UpToDate"));
    done.set(true);
    other.join();
    rig.awaitReads("test/contested", 2);
    assertThat(user.rolls()).isEqualTo(1);
  }

  /** Reloader 755 and 1214: restarts outside of the window, or never. */
  @Test
  void given_a_closed_window_when_rotated_then_deferred_and_restarted_once_the_longest_wait_is_over() {
    Workload user = running("window");
    String opens = DateTimeFormatter.ofPattern("HH:mm").format(Instant.now().plus(6, ChronoUnit.HOURS).atZone(ZoneOffset.UTC));
    String closes = DateTimeFormatter.ofPattern("HH:mm").format(Instant.now().plus(7, ChronoUnit.HOURS).atZone(ZoneOffset.UTC));
    user.merge(
        """
        {"metadata": {"annotations": {"keyferry.dev/restart-window": "%s-%s UTC", "keyferry.dev/restart-max-defer": "15s"}}}
        """
            .formatted(opens, closes));
    rotate("window");
    soon().untilAsserted(() -> assertThat(condition("window")).isEqualTo("False/OutsideWindow"));
    assertThat(user.rolls()).isZero();
    user.awaitRolls(1);
  }

  /** A rotation that failed leaves its pending version behind, which must block nothing. */
  @Test
  void given_a_stale_pending_version_when_rotated_then_one_rollout() {
    Workload user = running("pending");
    rig.aws.putPending("test/pending", json("never finished"));
    rotate("pending");
    user.awaitRolls(1);
    rig.awaitReads("test/pending", 2);
    assertThat(user.rolls()).isEqualTo(1);
    assertThat(rig.value("pending", "password")).isEqualTo("second");
  }

  /** Flux strips what kubectl's managers wrote (flux2 2526); Argo CD applies on the client or the server, at times with no annotations. */
  @Test
  void given_manifests_that_are_applied_again_and_again_when_rotated_then_one_rollout_and_the_marker_stays() {
    synced("git");
    Map<String, List<String>> tools =
        Map.of(
            "git-client", List.of("apply"),
            "git-empty", List.of("apply"),
            "git-argo", List.of("apply", "--server-side", "--force-conflicts", "--field-manager=argocd-controller"),
            "git-flux", List.of("apply", "--server-side", "--force-conflicts", "--field-manager=kustomize-controller"));
    long mark = cluster.audit().mark();
    tools.forEach(this::deliver);
    List<Workload> users = tools.keySet().stream().map(name -> new Workload(rig, "Deployment", name, mark).awaitAdopted("git")).toList();
    rotate("git");
    users.forEach(user -> user.awaitRolls(1));
    for (int round = 0; round < 3; round++) {
      tools.forEach(this::deliver);
    }
    rig.awaitReads("test/git", 2);
    assertThat(users).allSatisfy(user -> assertThat(user.tokens()).isNotNull().isEqualTo(user.observed()));
    assertThat(users).allSatisfy(user -> assertThat(user.rolls()).isEqualTo(1));
  }

  /** Argo CD with Replace drops all that is not in Git: nothing is known any more, and nothing restarts for it. */
  @Test
  void given_a_manifest_that_replaces_the_workload_when_seen_then_it_is_adopted_again_without_a_restart() {
    synced("replaced");
    Workload user = new Workload(rig, "Deployment", "replaced", cluster.audit().mark());
    manifest("replaced", "replaced", "", List.of("create", "-f", "-"));
    user.awaitAdopted("replaced");
    rotate("replaced");
    user.awaitRolls(1);
    manifest("replaced", "replaced", "", List.of("replace", "-f", "-"));
    user.awaitAdopted("replaced");
    rig.awaitReads("test/replaced", 2);
    assertThat(user.rolls()).isEqualTo(1);
    rig.aws.rotate("test/replaced", json("third"));
    user.awaitRolls(2);
  }

  /** A condition that outlives the last workload that it tells of is never true again. */
  @Test
  void given_the_last_workload_of_a_secret_when_it_goes_then_the_condition_goes_too() {
    running("left");
    soon().untilAsserted(() -> assertThat(condition("left")).isEqualTo("True/UpToDate"));
    cluster.kubectl("delete", "deployment", "left", "-n", rig.namespace).orFail();
    soon().untilAsserted(() -> assertThat(condition("left")).isEmpty());
    assertThat(rig.ready("left")).isEqualTo("True/SecretSynced");
  }

  /** A workload that runs with a Secret, all of one name. */
  private Workload running(String name) {
    synced(name);
    Workload user = workload(name, envFrom(name)).awaitAdopted(name);
    rolledOut(name);
    return user;
  }

  private void synced(String name) {
    rig.aws.createSecret("test/" + name, json("first"));
    rig.ask(name, "refreshInterval: 1s", "dataFrom: [{extract: {key: test/%s}}]".formatted(name));
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
  }

  private Workload workload(String name, String pod) {
    return workload(name, "true", pod, "replicas: 2");
  }

  private Workload workload(String name, String optIn, String pod, String more) {
    return Workload.apply(rig, "Deployment", name, optIn, pod, more);
  }

  private void rotate(String name) {
    rig.aws.rotate("test/" + name, json("second"));
  }

  private void rolledOut(String name) {
    cluster.kubectl("rollout", "status", "deployment/" + name, "-n", rig.namespace, "--timeout=60s").orFail();
  }

  private String condition(String externalSecret) {
    ExternalSecretStatus status = rig.status(externalSecret);
    return Conditions.find(status.conditions(), "WorkloadsUpToDate").map(found -> found.status() + "/" + found.reason()).orElse("");
  }

  private void deliver(String name, List<String> tool) {
    List<String> arguments = new ArrayList<>(tool);
    arguments.addAll(List.of("-f", "-"));
    manifest(name, "git", name.equals("git-empty") ? "annotations: {}, " : "", arguments);
  }

  private void manifest(String name, String secret, String annotations, List<String> arguments) {
    String manifest =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s, annotations: {keyferry.dev/restart-on-change: "true"}}
        spec:
          replicas: 1
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {%3$slabels: {app: %1$s}}
            spec: {terminationGracePeriodSeconds: 0, %2$s}
        """
            .formatted(name, envFrom(secret), annotations);
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("-n", rig.namespace));
    String[] words = all.toArray(String[]::new);
    // Where a controller writes between a tool's look and its write, the tool is run again.
    soon()
        .until(() -> cluster.kubectlWithInput(manifest, words), outcome -> !outcome.errors().contains("the object has been modified"))
        .orFail();
  }

  private void writeStatus(String name, String message) {
    ExternalSecret body = new ExternalSecret();
    body.setMetadata(new ObjectMetaBuilder().withNamespace(rig.namespace).withName(name).build());
    StatusCondition condition = new StatusCondition("Foreign", "True", "Foreign", message, null, Instant.EPOCH);
    body.setStatus(new ExternalSecretStatus(null, List.of(condition), List.of(), null, null));
    PatchContext apply =
        new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager("foreign").withForce(true).build();
    cluster.adminClient().resource(body).subresource("status").patch(apply, body);
  }

  private static String json(String password) {
    return "{\"password\":\"%s\"}".formatted(password);
  }
}
