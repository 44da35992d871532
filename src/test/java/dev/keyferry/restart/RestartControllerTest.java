package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.kube.Marks;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.TargetRecord;
import dev.keyferry.testkit.ApiCall;
import dev.keyferry.testkit.EmbeddedKubernetes;
import dev.keyferry.testkit.MutableClock;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RestartControllerTest implements RestartListener {

  private static final String NS = "default";

  private final MutableClock clock = MutableClock.atNewYear();
  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start(clock);
  private final KubernetesClient client = kubernetes.client();
  private final List<String> results = new CopyOnWriteArrayList<>();
  private RestartSettings settings = Views.atOnce();
  private RestartController controller = controller();

  @AfterEach
  void stop() {
    controller.close();
    kubernetes.close();
  }

  @Test
  void given_a_new_workload_when_its_target_is_known_then_adopted_without_a_rollout() {
    deployment("web", 1, false);
    start();

    target("db", "t1", true);

    await().until(() -> results.contains("ADOPTED web"));
    assertThat(observed("web")).isEqualTo("{\"db\":\"t1\"}");
    assertThat(template("web")).isNull();
  }

  @Test
  void given_an_adopted_workload_when_the_token_moves_then_one_patch_of_the_template_and_one_record() {
    adopted("web");

    target("db", "t2", false);

    await().until(() -> "{\"db\":\"t2\"}".equals(observed("web")));
    assertThat(template("web")).isEqualTo("{\"db\":\"t2\"}");
    atRest();
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
    assertThat(patches(WorkloadRequests.OBSERVED_MANAGER)).hasSize(2);
    assertThat(controller.pending()).isZero();
  }

  @Test
  void given_old_pods_that_nobody_replaces_when_restarted_then_told_and_not_restarted_again() {
    adopted("web");
    pod("web-1");

    target("db", "t2", false);

    await().until(() -> results.contains("PARTIAL web"));
    again("t2", false);
    await().until(() -> results.stream().filter("PARTIAL web"::equals).count() == 2);
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
    assertThat(results).contains("stale 1").doesNotContain("VERIFIED web");
  }

  @Test
  void given_a_rollout_when_its_controller_is_done_then_verified_once_and_for_good() {
    adopted("web");
    status("web", 1);
    target("db", "t2", false);
    await().until(() -> results.contains("RESTARTED web"));
    atRest();
    assertThat(results).doesNotContain("VERIFIED web");

    status("web", 1);

    await().until(() -> results.contains("VERIFIED web"));
    assertThat(results).contains("rolled web", "in flight 1");
    assertThat(results.getLast()).isNotEqualTo("in flight 1");
    long writes = kubernetes.writes();
    again("t2", false);
    atRest();
    assertThat(kubernetes.writes()).isEqualTo(writes);
  }

  @Test
  void given_a_rollout_that_does_not_end_when_the_time_is_over_then_failed_and_still_so_after_a_new_start() {
    adopted("web");
    status("web", 1);
    target("db", "t2", false);
    await().until(() -> results.contains("RESTARTED web"));
    status("web", 0);

    clock.advance(Duration.ofMinutes(11));
    controller.addAll();

    await().until(() -> results.contains("ROLLOUT_FAILED web"));
    again("t2", false);
    await().until(() -> results.stream().filter("ROLLOUT_FAILED web"::equals).count() == 2);
  }

  @Test
  void given_a_debounce_when_two_tokens_move_then_one_restart_carries_both_when_it_is_quiet() {
    settings = Views.defaults();
    controller.close();
    controller = controller();
    deployment("web", 1, false);
    edit("web", spec -> spec.editMetadata().addToAnnotations(Marks.RESTART_ON_CHANGE, "db,api").endMetadata().build());
    start();
    target("db", "d1", true);
    target("api", "a1", true);
    await().until(() -> "{\"api\":\"a1\",\"db\":\"d1\"}".equals(observed("web")));
    target("db", "d2", false);
    clock.advance(Duration.ofSeconds(10));
    target("api", "a2", false);
    await().until(() -> results.contains("DEFERRED_DEBOUNCE web"));
    clock.advance(Duration.ofSeconds(10));
    controller.addAll();
    atRest();
    assertThat(template("web")).isNull();

    clock.advance(Duration.ofSeconds(5));
    controller.addAll();

    await().until(() -> "{\"api\":\"a2\",\"db\":\"d2\"}".equals(template("web")));
    atRest();
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
  }

  @Test
  void given_restart_now_when_asked_then_one_restart_although_nothing_moved_and_although_it_is_too_early() {
    settings = Views.defaults();
    controller.close();
    controller = controller();
    adopted("web");

    edit("web", spec -> spec.editMetadata().addToAnnotations(Marks.RESTART_NOW, "please-1").endMetadata().build());
    await().until(() -> results.contains("RESTARTED_NOW web"));
    edit("web", spec -> spec.editMetadata().addToAnnotations(Marks.RESTART_NOW, "please-2").endMetadata().build());

    await().until(() -> results.stream().filter("RESTARTED_NOW web"::equals).count() == 2);
    again("t1", true);
    atRest();
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(2);
  }

  @Test
  void given_a_canary_when_a_secret_moves_then_the_others_follow_once_it_runs_well() {
    settings = new RestartSettings(
        RestartSettings.Mode.ENFORCE, Duration.ZERO, Duration.ZERO, 10, 10, 10, Duration.ZERO, Duration.ZERO, 0, Duration.ofMinutes(10), true);
    controller.close();
    controller = controller();
    List<String> names = List.of("a", "b", "c", "d");
    names.forEach(name -> deployment(name, 1, false));
    names.forEach(name -> status(name, 1));
    start();
    target("db", "t1", true);
    names.forEach(name -> await().until(() -> results.contains("ADOPTED " + name)));
    names.forEach(name -> status(name, 1));

    target("db", "t2", false);
    await().until(() -> results.stream().filter(r -> r.startsWith("DEFERRED_CANARY")).count() == 3);
    atRest();
    String canary = names.stream().filter(name -> template(name) != null).reduce((x, y) -> x + y).orElseThrow();
    assertThat(canary).hasSize(1);

    status(canary, 1);

    names.forEach(name -> await().until(() -> template(name) != null));
  }

  @Test
  void given_an_external_secret_when_its_workloads_roll_then_its_condition_says_so_and_is_written_only_when_it_differs() {
    client.resource("""
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: db, namespace: default}
        spec: {dataFrom: [{extract: {key: prod/db}}]}
        """).create();
    adopted("web");
    status("web", 1);
    await().until(() -> "True/UpToDate".equals(condition("db")));

    target("db", "t2", false);
    await().until(() -> "False/Restarting".equals(condition("db")));
    status("web", 1);
    await().until(() -> "True/UpToDate".equals(condition("db")));

    assertThat(patches(WorkloadConditions.MANAGER)).hasSize(3);
    again("t2", false);
    atRest();
    assertThat(patches(WorkloadConditions.MANAGER)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void given_the_last_workload_of_a_secret_when_it_goes_or_opts_out_then_the_condition_goes_too(boolean goes) {
    client.resource("""
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: db, namespace: default}
        spec: {dataFrom: [{extract: {key: prod/db}}]}
        """).create();
    adopted("web");
    status("web", 1);
    await().until(() -> "True/UpToDate".equals(condition("db")));

    if (goes) {
      client.apps().deployments().inNamespace(NS).withName("web").delete();
    } else {
      edit("web", spec -> spec.editMetadata().addToAnnotations(Marks.RESTART_ON_CHANGE, "false").endMetadata().build());
    }

    await().until(() -> condition("db") == null);
  }

  @Test
  void given_a_restarted_workload_when_the_operator_starts_again_then_nothing_is_written() {
    adopted("web");
    target("db", "t2", false);
    await().until(() -> "{\"db\":\"t2\"}".equals(observed("web")));
    long writes = kubernetes.writes();

    again("t2", false);

    atRest();
    assertThat(kubernetes.writes()).isEqualTo(writes);
  }

  @Test
  void given_a_token_that_moved_while_the_operator_was_down_when_it_starts_then_one_restart() {
    adopted("web");

    again("t2", false);

    await().until(() -> "{\"db\":\"t2\"}".equals(observed("web")));
    atRest();
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
  }

  @Test
  void given_a_standby_when_the_token_moves_then_it_acts_only_once_it_leads() {
    adopted("web");
    controller.close();
    controller = controller();
    controller.startInformers();
    await().until(controller::synced);
    target("db", "t2", false);
    atRest();
    assertThat(template("web")).isNull();

    controller.start();

    await().until(() -> "{\"db\":\"t2\"}".equals(template("web")));
  }

  @Test
  void given_pods_newer_than_the_change_when_the_token_moves_then_it_is_recorded_only() {
    adopted("web");
    clock.advance(Duration.ofSeconds(10));
    pod("web-1");
    clock.advance(Duration.ofSeconds(-10));

    target("db", "t2", false);

    await().until(() -> results.contains("ALREADY_FRESH web"));
    assertThat(observed("web")).isEqualTo("{\"db\":\"t2\"}");
    assertThat(template("web")).isNull();
  }

  @Test
  void given_a_paused_deployment_when_the_token_moves_then_it_restarts_once_it_is_resumed() {
    deployment("web", 1, true);
    start();
    target("db", "t1", true);
    await().until(() -> results.contains("ADOPTED web"));
    target("db", "t2", false);
    await().until(() -> results.contains("DEFERRED_PAUSED web"));
    assertThat(controller.pending()).isOne();
    assertThat(template("web")).isNull();

    edit("web", spec -> spec.editSpec().withPaused(false).endSpec().build());

    await().until(() -> results.contains("RESTARTED web"));
    await().until(() -> controller.pending() == 0);
    assertThat(results).containsOnlyOnce("DEFERRED_PAUSED web");
  }

  @Test
  void given_no_replicas_when_the_token_moves_then_it_is_recorded_only() {
    deployment("web", 0, false);
    start();
    target("db", "t1", true);
    await().until(() -> results.contains("ADOPTED web"));

    target("db", "t2", false);

    await().until(() -> results.contains("SCALED_TO_ZERO web"));
    assertThat(observed("web")).isEqualTo("{\"db\":\"t2\"}");
    assertThat(template("web")).isNull();
  }

  @Test
  void given_a_template_that_was_reverted_when_seen_then_it_is_not_fought() {
    adopted("web");
    target("db", "t2", false);
    await().until(() -> "{\"db\":\"t2\"}".equals(observed("web")));
    long writes = kubernetes.writes();

    edit("web", spec -> spec.editSpec().editTemplate().editMetadata().removeFromAnnotations(Marks.RESTART_TOKENS).endMetadata()
        .endTemplate().endSpec().build());
    again("t2", false);

    atRest();
    assertThat(template("web")).isNull();
    assertThat(kubernetes.writes()).isEqualTo(writes + 1);
  }

  @Test
  void given_a_template_that_was_patched_but_not_recorded_when_seen_then_recorded_and_not_restarted_again() {
    adopted("web");
    controller.close();
    new WorkloadRequests(client, new RequestPermits(1)).roll(
        Views.of(get("web")), new TokenMap(Map.of("db", "t2")), History.NONE.restarted(clock.instant()));

    again("t2", false);

    await().until(() -> "{\"db\":\"t2\"}".equals(observed("web")));
    atRest();
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
  }

  @Test
  void given_an_annotation_that_is_not_understood_when_seen_often_then_told_once_and_nothing_written() {
    deployment("web", 1, false);
    edit("web", spec -> spec.editMetadata().addToAnnotations(Marks.RESTART_ON_CHANGE, "Yes!").endMetadata().build());
    start();
    long writes = kubernetes.writes();
    await().until(() -> results.contains("INVALID_ANNOTATION web"));

    edit("web", spec -> spec.editSpec().withReplicas(2).endSpec().build());

    atRest();
    assertThat(results).containsOnlyOnce("INVALID_ANNOTATION web");
    assertThat(kubernetes.writes()).isEqualTo(writes + 1);
  }

  @Test
  void given_a_workload_that_is_not_annotated_when_the_token_moves_then_nothing_is_written() {
    deployment("web", 1, false);
    edit("web", spec -> spec.editMetadata().removeFromAnnotations(Marks.RESTART_ON_CHANGE).endMetadata().build());
    start();
    long writes = kubernetes.writes();

    target("db", "t1", true);
    target("db", "t2", false);

    atRest();
    assertThat(kubernetes.writes()).isEqualTo(writes);
  }

  @Test
  void given_a_stateful_set_and_a_daemon_set_when_the_token_moves_then_they_restart() {
    client.resource(Serialization.unmarshal(yaml("StatefulSet", "store"), StatefulSet.class)).create();
    client.resource(Serialization.unmarshal(yaml("DaemonSet", "agent"), DaemonSet.class)).create();
    start();
    target("db", "t1", true);
    await().until(() -> results.containsAll(List.of("ADOPTED store", "ADOPTED agent")));

    target("db", "t2", false);

    await().until(() -> results.containsAll(List.of("RESTARTED store", "RESTARTED agent")));
  }

  @Test
  void given_a_workload_without_annotation_when_its_external_secret_says_so_then_adopted_and_later_restarted() {
    silent("web");
    start();
    target("db", "t1", false);
    atRest();
    assertThat(observed("web")).isNull();

    target("db", "t1", false, new TargetRecord.Restart(true, List.of(), null, null));
    await().until(() -> results.contains("ADOPTED web"));
    assertThat(template("web")).isNull();

    target("db", "t2", false, new TargetRecord.Restart(true, List.of(), null, null));
    await().until(() -> results.contains("RESTARTED web"));
    target("db", "t3", false, new TargetRecord.Restart(false, List.of(), null, null));
    atRest();
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
  }

  @Test
  void given_a_workload_without_annotation_when_its_namespace_says_so_then_adopted_and_later_restarted() {
    silent("web");
    start();
    target("db", "t1", false);
    controller.namespaceChanged(NS, "true");
    await().until(() -> results.contains("ADOPTED web"));

    target("db", "t2", false);
    await().until(() -> results.contains("RESTARTED web"));
    controller.namespaceChanged(NS, null);
    target("db", "t3", false);
    atRest();

    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).hasSize(1);
  }

  @Test
  void given_an_external_secret_that_names_a_workload_when_it_does_not_reference_the_secret_then_it_is_restarted_too() {
    silent("web");
    start();
    TargetRecord.Restart wish = new TargetRecord.Restart(true, List.of("Deployment/web"), null, null);
    target("other", "t1", false, wish);
    await().until(() -> results.contains("ADOPTED web"));

    target("other", "t2", false, wish);

    await().until(() -> results.contains("RESTARTED web"));
  }

  @Test
  void given_another_field_manager_when_restarted_then_the_template_is_written_under_it() {
    controller.close();
    controller = controller(new RestartController.Choices(true, "flux-client-side-apply"));
    silent("web");
    start();
    target("db", "t1", true);
    await().until(() -> results.contains("ADOPTED web"));

    target("db", "t2", false);

    await().until(() -> results.contains("RESTARTED web"));
    assertThat(patches("flux-client-side-apply")).hasSize(1);
    assertThat(patches(WorkloadRequests.RESTART_MANAGER)).isEmpty();
  }

  private void silent(String name) {
    Deployment deployment = Serialization.unmarshal(yaml("Deployment", name), Deployment.class);
    deployment.getMetadata().setAnnotations(null);
    client.resource(deployment).create();
  }

  private void target(String secret, String token, boolean initial, TargetRecord.Restart wish) {
    TargetRecord record = new TargetRecord(secret, "u", token, initial, clock.instant().toString(), "", Map.of(), null, wish, false);
    controller.targetChanged(NS, secret, Map.of(secret, record), false);
  }

  private RestartController controller() {
    return controller(RestartController.Choices.DEFAULT);
  }

  private RestartController controller(RestartController.Choices choices) {
    return new RestartController(client, new RequestPermits(8), settings, choices, clock, new Random(1), this, List.of());
  }

  private void start() {
    controller.startInformers();
    await().until(controller::synced);
    controller.start();
  }

  /** A new operator, which knows the targets before it looks at workloads. */
  private void again(String token, boolean initial) {
    controller.close();
    controller = controller();
    target("db", token, initial);
    start();
  }

  private void adopted(String name) {
    deployment(name, 1, false);
    start();
    target("db", "t1", true);
    await().until(() -> results.contains("ADOPTED " + name));
  }

  private void target(String secret, String token, boolean initial) {
    TargetRecord record = new TargetRecord(secret, "u", token, initial, clock.instant().toString(), "", Map.of());
    controller.targetChanged(NS, secret, Map.of(secret, record), false);
  }

  /** No request for a quarter of a second. */
  private void atRest() {
    AtomicInteger before = new AtomicInteger(-1);
    await().pollInterval(Duration.ofMillis(250)).until(() -> kubernetes.requests().size() == before.getAndSet(kubernetes.requests().size()));
  }

  private List<ApiCall> patches(String manager) {
    return kubernetes.requests(call -> manager.equals(call.fieldManager()));
  }

  private void deployment(String name, int replicas, boolean paused) {
    Deployment deployment = Serialization.unmarshal(yaml("Deployment", name), Deployment.class);
    deployment.getSpec().setReplicas(replicas);
    deployment.getSpec().setPaused(paused);
    client.resource(deployment).create();
  }

  private static String yaml(String kind, String name) {
    return """
        apiVersion: apps/v1
        kind: %s
        metadata: {name: %s, namespace: default, annotations: {keyferry.dev/restart-on-change: "true"}}
        spec:
          selector: {matchLabels: {app: %s}}
          template:
            metadata: {labels: {app: %s}}
            spec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: db}}]}]}
        """
        .formatted(kind, name, name, name);
  }

  private void pod(String name) {
    client.resource(new PodBuilder().withNewMetadata().withNamespace(NS).withName(name).addToLabels("app", "web").endMetadata().build())
        .create();
  }

  private void edit(String name, Function<DeploymentBuilder, Deployment> change) {
    client.apps().deployments().inNamespace(NS).withName(name).edit(found -> change.apply(new DeploymentBuilder(found)));
  }

  private String condition(String name) {
    ExternalSecret found = client.resources(ExternalSecret.class).inNamespace(NS).withName(name).get();
    return found.getStatus() == null
        ? null
        : found.getStatus().conditions().stream().map(c -> c.status() + "/" + c.reason()).findFirst().orElse(null);
  }

  /** What its controller would say of all that is asked of it now. */
  private void status(String name, int available) {
    client.apps().deployments().inNamespace(NS).withName(name).editStatus(found -> new DeploymentBuilder(found).withNewStatus()
        .withObservedGeneration(found.getMetadata().getGeneration()).withReplicas(1).withUpdatedReplicas(1).withAvailableReplicas(available).endStatus().build());
  }

  private Deployment get(String name) {
    return client.apps().deployments().inNamespace(NS).withName(name).get();
  }

  private String observed(String name) {
    return get(name).getMetadata().getAnnotations().get(Marks.OBSERVED_TOKENS);
  }

  private String template(String name) {
    var annotations = get(name).getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(Marks.RESTART_TOKENS);
  }

  @Override
  public void restart(WorkloadRef workload, Result result, String message) {
    results.add(result + " " + workload.name());
  }

  @Override
  public void pending(int pending) {
    results.add("pending " + pending);
  }

  @Override
  public void inFlight(int inFlight) {
    results.add("in flight " + inFlight);
  }

  @Override
  public void stalePods(int pods) {
    results.add("stale " + pods);
  }

  @Override
  public void rolled(WorkloadRef workload, Duration sinceChange) {
    results.add("rolled " + workload.name());
  }

  @Override
  public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {
    results.add(reason + " " + name);
  }
}
