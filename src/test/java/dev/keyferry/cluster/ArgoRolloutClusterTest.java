package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Argo's Rollouts under the shipped role: the kind is Argo's, and what Argo's controller would do, the tests do. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArgoRolloutClusterTest {

  private static final String CRD = "src/test/resources/dev/keyferry/restart/rollout-crd.yaml";
  private static final String ON = "keyferry.dev/restart-on-change: \"true\"";

  private final Cluster cluster;
  private Rig rig;

  ArgoRolloutClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    cluster.kubectl("apply", "--server-side", "-f", CRD).orFail();
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd/rollouts.argoproj.io").orFail();
    rig = Rig.start(cluster);
  }

  @AfterAll
  void stop() {
    rig.close();
    cluster.kubectl("delete", "crd", "rollouts.argoproj.io").orFail();
  }

  @Test
  void given_a_rollout_when_the_version_moves_then_its_pods_are_restarted_once_by_one_patch_and_verified() {
    secret("own");
    long mark = cluster.audit().mark();
    rollout("own", ON, template("own"));
    awaitObserved("rollout", "own");
    pod("own");
    argoIsDone("own");

    rig.aws.rotate("argo/own", "{\"password\":\"second\"}");

    soon().untilAsserted(() -> assertThat(rig.field("rollout/own", "{.spec.restartAt}")).isNotEmpty());
    GenericKubernetesResource restarted = get("own");
    Map<String, String> annotations = restarted.getMetadata().getAnnotations();
    assertThat(annotations.get("keyferry.dev/restart-tokens")).isEqualTo(annotations.get("keyferry.dev/observed-tokens"));
    assertThat(rig.field("rollout/own", "{.spec.template.metadata.annotations}")).isEmpty();
    assertThat(rig.field("rollout/own", "{.spec.strategy}")).contains("setWeight");
    Instant restartAt = Instant.parse(rig.field("rollout/own", "{.spec.restartAt}"));
    assertThat(restartAt).isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now().plusSeconds(5));
    soon().untilAsserted(() -> assertThat(condition("own")).isEqualTo("False/Restarting"));

    rig.operator.kill9();
    rig.startOperator();
    cluster.kubectl("delete", "pod", "own-1", "-n", rig.namespace, "--force", "--grace-period=0").orFail();
    soon().until(() -> Instant.now().isAfter(restartAt));
    pod("own");
    argoIsDone("own");

    soon().untilAsserted(() -> assertThat(annotation("own", "restart-verified")).isEqualTo(annotation("own", "restarted-at")));
    soon().untilAsserted(() -> assertThat(condition("own")).isEqualTo("True/UpToDate"));
    assertThat(rig.field("rollout/own", "{.spec.restartAt}")).isEqualTo(restartAt.toString());
    assertThat(patches(mark, "rollouts", "own", "keyferry.dev/restart-pods")).isEqualTo(1);
    soon().untilAsserted(() -> assertThat(rig.events("own")).anyMatch(event -> event.contains("SecretRestartComplete")));
  }

  @Test
  void given_a_rollout_with_a_deployments_template_when_the_version_moves_then_that_template_is_changed_and_the_rollout_verified() {
    secret("ref");
    long mark = cluster.audit().mark();
    rig.apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: ref-base}
        spec:
          replicas: 0
          selector: {matchLabels: {app: ref}}
          %s
        """
            .formatted(template("ref")));
    rollout("ref", ON, "workloadRef: {apiVersion: apps/v1, kind: Deployment, name: ref-base}");
    awaitObserved("deployment", "ref-base");
    argoIsDone("ref");

    rig.aws.rotate("argo/ref", "{\"password\":\"second\"}");

    soon()
        .untilAsserted(
            () -> assertThat(rig.field("deployment/ref-base", "{.spec.template.metadata.annotations}")).contains("restart-tokens"));
    assertThat(rig.field("rollout/ref", "{.spec.restartAt}")).isEmpty();
    assertThat(rig.deployment("ref-base").getSpec().getReplicas()).isZero();
    assertThat(rig.deployment("ref-base").getMetadata().getAnnotations()).doesNotContainKey("keyferry.dev/restart-verified");
    argoIsDone("ref");

    soon()
        .untilAsserted(
            () -> {
              Map<String, String> records = rig.deployment("ref-base").getMetadata().getAnnotations();
              assertThat(records.get("keyferry.dev/restart-verified")).isNotNull().isEqualTo(records.get("keyferry.dev/restarted-at"));
            });
    soon().untilAsserted(() -> assertThat(condition("ref")).isEqualTo("True/UpToDate"));
    assertThat(patches(mark, "deployments", "ref-base", "keyferry.dev/restart")).isEqualTo(1);
    assertThat(patches(mark, "rollouts", "ref", "keyferry.dev/")).isZero();
  }

  @Test
  void given_a_rollout_that_waits_at_a_step_when_the_version_moves_then_it_restarts_once_it_goes_on() {
    secret("step");
    rollout("step", ON, template("step"));
    awaitObserved("rollout", "step");
    argo("step", "phase: Paused, pauseConditions: [{reason: CanaryPauseStep}], updatedReplicas: 1, availableReplicas: 2");

    rig.aws.rotate("argo/step", "{\"password\":\"second\"}");

    soon().untilAsserted(() -> assertThat(condition("step")).isEqualTo("False/Paused"));
    assertThat(rig.field("rollout/step", "{.spec.restartAt}")).isEmpty();
    argoIsDone("step");
    soon().untilAsserted(() -> assertThat(rig.field("rollout/step", "{.spec.restartAt}")).isNotEmpty());
  }

  @Test
  void given_a_rollout_that_does_not_ask_for_it_when_the_version_moves_then_it_is_left_alone() {
    secret("silent");
    long mark = cluster.audit().mark();
    rollout("silent", "a: b", template("silent"));
    rollout("loud", ON, template("silent"));
    awaitObserved("rollout", "loud");
    argoIsDone("silent");

    rig.aws.rotate("argo/silent", "{\"password\":\"second\"}");

    soon().untilAsserted(() -> assertThat(rig.field("rollout/loud", "{.spec.restartAt}")).isNotEmpty());
    assertThat(patches(mark, "rollouts", "silent", "keyferry.dev/")).isZero();
  }

  private void secret(String name) {
    rig.aws.createSecret("argo/" + name, "{\"password\":\"first\"}");
    rig.extract(name, "argo/" + name);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
  }

  private static String template(String name) {
    return """
        template:
            metadata: {labels: {app: %1$s}}
            spec: {containers: [{name: app, image: none.test/app, envFrom: [{secretRef: {name: %1$s}}]}]}
        """
        .formatted(name);
  }

  private void rollout(String name, String annotations, String more) {
    rig.apply(
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: %1$s, annotations: {%2$s}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: %1$s}}
          strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
          %3$s
        """
            .formatted(name, annotations, more));
  }

  /** Argo has done all that is asked of it. */
  private void argoIsDone(String name) {
    argo(name, "phase: Healthy, updatedReplicas: 2, availableReplicas: 2");
  }

  private void argo(String name, String status) {
    String restarted = rig.field("rollout/" + name, "{.spec.restartAt}");
    String behind = rig.field("rollout/" + name, "{.spec.workloadRef.name}");
    String seen = behind.isEmpty() ? "" : ", workloadObservedGeneration: \"" + rig.field("deployment/" + behind, "{.metadata.generation}") + "\"";
    cluster
        .applyStatus(
            rig.namespace,
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: %s}
            status: {observedGeneration: "%s", %s%s%s}
            """
                .formatted(
                    name,
                    rig.field("rollout/" + name, "{.metadata.generation}"),
                    status,
                    restarted.isEmpty() ? "" : ", restartedAt: \"" + restarted + "\"",
                    seen))
        .orFail();
  }

  private void pod(String name) {
    rig.apply(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: %1$s-1, labels: {app: %1$s}}
        spec: {containers: [{name: app, image: none.test/app}]}
        """
            .formatted(name));
  }

  private void awaitObserved(String kind, String name) {
    soon()
        .untilAsserted(
            () -> assertThat(rig.field(kind + "/" + name, "{.metadata.annotations}")).contains("keyferry.dev/observed-tokens"));
  }

  private GenericKubernetesResource get(String name) {
    return cluster.adminClient().genericKubernetesResources("argoproj.io/v1alpha1", "Rollout").inNamespace(rig.namespace).withName(name).get();
  }

  private String annotation(String name, String key) {
    return get(name).getMetadata().getAnnotations().get("keyferry.dev/" + key);
  }

  private String condition(String externalSecret) {
    return Conditions.find(rig.status(externalSecret).conditions(), "WorkloadsUpToDate").map(c -> c.status() + "/" + c.reason()).orElse("");
  }

  private int patches(long mark, String plural, String name, String manager) {
    return cluster
        .audit()
        .since(mark)
        .byOperator()
        .in(rig.namespace)
        .verb("patch")
        .on(plural)
        .that(event -> event.name().equals(name) && event.uri().matches(".*fieldManager=" + manager.replace("/", "(/|%2F)") + "(&.*)?$"))
        .count();
  }
}
