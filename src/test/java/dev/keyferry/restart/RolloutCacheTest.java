package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.TargetRecord;
import dev.keyferry.testkit.EmbeddedKubernetes;
import dev.keyferry.testkit.MutableClock;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RolloutCacheTest implements RestartListener {

  private final MutableClock clock = MutableClock.atNewYear();
  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start(clock);
  private final KubernetesClient client = kubernetes.client();
  private final List<String> results = new CopyOnWriteArrayList<>();
  private final RestartController controller =
      new RestartController(
          client, new RequestPermits(8), Views.atOnce(), RestartController.Choices.DEFAULT, clock, new Random(1), this, List.of());

  @AfterEach
  void stop() {
    controller.close();
    kubernetes.close();
  }

  @Test
  void given_no_argo_when_started_then_it_costs_one_request() {
    start();
    deployment("web", 1, "keyferry.dev/restart-on-change: \"true\"");

    target("t1", true);

    await().until(() -> results.contains("ADOPTED Deployment web"));
    assertThat(kubernetes.requests(call -> call.path().contains("argoproj.io"))).hasSize(1);
  }

  @Test
  void given_argo_that_is_installed_later_when_asked_again_then_its_rollouts_are_known() {
    start();
    install();
    rollout("web", "keyferry.dev/restart-on-change: \"true\"", "template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: db}}]}]}}");

    target("t1", true);
    controller.askForRollouts();

    await().until(() -> results.contains("ADOPTED Rollout web"));
  }

  @Test
  void given_a_rollout_when_the_token_moves_then_restarted_once() {
    install();
    rollout("web", "keyferry.dev/restart-on-change: \"true\"", "template: {spec: {containers: [{name: c, envFrom: [{secretRef: {name: db}}]}]}}");
    start();
    target("t1", true);
    await().until(() -> results.contains("ADOPTED Rollout web"));

    target("t2", false);

    await().until(() -> results.contains("RESTARTED Rollout web"));
    assertThat(kubernetes.requests(call -> WorkloadRequests.PODS_MANAGER.equals(call.fieldManager()))).hasSize(1);
    ArgoRollout now = client.resources(ArgoRollout.class).inNamespace("default").withName("web").get();
    assertThat(ArgoRollouts.view(now).traits().method()).isEqualTo(new Method.RestartAt(clock.instant().plusSeconds(3)));
  }

  @Test
  void given_a_deployment_behind_a_rollout_when_it_asks_itself_then_it_is_taken_care_of_once() {
    install();
    deployment("base", 0, "keyferry.dev/restart-on-change: \"true\"");
    rollout("web", "a: b", "workloadRef: {kind: Deployment, name: base}");
    start();
    target("t1", true);
    await().until(() -> results.contains("ADOPTED Rollout web"));

    target("t2", false);

    await().until(() -> results.contains("RESTARTED Rollout web"));
    assertThat(results).doesNotContain("SCALED_TO_ZERO Deployment base", "RESTARTED Deployment base");
    client.resources(ArgoRollout.class).inNamespace("default").withName("web").delete();
    AtomicInteger token = new AtomicInteger(3);
    await().until(() -> {
      target("t" + token.getAndIncrement(), false);
      return results.contains("SCALED_TO_ZERO Deployment base");
    });
  }

  @Test
  void given_a_deployment_behind_a_rollout_when_only_the_rollout_asks_then_its_template_is_changed() {
    install();
    deployment("base", 0, "a: b");
    rollout("web", "keyferry.dev/restart-on-change: \"true\"", "workloadRef: {kind: Deployment, name: base}");
    start();
    target("t1", true);
    await().until(() -> results.contains("ADOPTED Rollout web"));

    target("t2", false);

    await().until(() -> results.contains("RESTARTED Rollout web"));
    Deployment base = client.apps().deployments().inNamespace("default").withName("base").get();
    assertThat(base.getSpec().getTemplate().getMetadata().getAnnotations()).containsEntry("keyferry.dev/restart-tokens", "{\"db\":\"t2\"}");
  }

  private void start() {
    controller.startInformers();
    await().until(controller::synced);
    controller.start();
  }

  private void install() {
    client
        .resource(Serialization.unmarshal(getClass().getResourceAsStream("rollout-crd.yaml"), CustomResourceDefinition.class))
        .create();
  }

  private void target(String token, boolean initial) {
    TargetRecord record = new TargetRecord("db", "u", token, initial, clock.instant().toString(), "", Map.of());
    controller.targetChanged("default", "db", Map.of("db", record), false);
  }

  private void rollout(String name, String annotations, String spec) {
    String yaml =
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: %s, namespace: default, annotations: {%s}}
        spec:
          selector: {matchLabels: {app: web}}
          %s
        """
            .formatted(name, annotations, spec);
    client.resource(Serialization.unmarshal(yaml, ArgoRollout.class)).create();
  }

  private void deployment(String name, int replicas, String annotations) {
    String yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s, namespace: default, annotations: {%s}}
        spec:
          replicas: %d
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: db}}]}]}
        """
            .formatted(name, annotations, replicas);
    client.resource(Serialization.unmarshal(yaml, Deployment.class)).create();
  }

  @Override
  public void restart(WorkloadRef workload, Result result, String message) {
    results.add(result + " " + workload.kind() + " " + workload.name());
  }

  @Override
  public void pending(int pending) {}

  @Override
  public void inFlight(int inFlight) {}

  @Override
  public void stalePods(int pods) {}

  @Override
  public void rolled(WorkloadRef workload, Duration sinceChange) {}

  @Override
  public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {}
}
