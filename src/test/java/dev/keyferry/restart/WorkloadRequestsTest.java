package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.keyferry.kube.RequestPermits;
import dev.keyferry.testkit.EmbeddedKubernetes;
import dev.keyferry.testkit.MutableClock;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkloadRequestsTest {

  private static final TokenMap TOKENS = new TokenMap(Map.of("db", "t2"));

  private static final History ROLLED = History.NONE.restarted(Instant.parse("2026-01-01T00:00:00.5Z"));

  private final MutableClock clock = MutableClock.atNewYear();
  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start(clock);
  private final WorkloadRequests requests = new WorkloadRequests(kubernetes.client(), new RequestPermits(1));

  @AfterEach
  void stop() {
    kubernetes.close();
  }

  @Test
  void given_a_workload_when_rolled_then_one_write_says_what_for_and_when() {
    WorkloadView view = create("web");
    long writes = kubernetes.writes();

    requests.roll(view, TOKENS, ROLLED);

    WorkloadView now = Views.of(get("web"));
    assertThat(kubernetes.writes()).isEqualTo(writes + 1);
    assertThat(now.template()).isEqualTo(TOKENS);
    assertThat(now.observed()).isEqualTo(TOKENS);
    assertThat(now.history()).isEqualTo(ROLLED);
  }

  @Test
  void given_a_workload_when_rolled_and_observed_in_turns_then_neither_drops_what_the_other_wrote() {
    WorkloadView view = create("web");

    requests.roll(view, TOKENS, ROLLED);
    requests.observe(view, TOKENS, ROLLED.complete());
    requests.roll(view, new TokenMap(Map.of("db", "t3")), ROLLED.complete().restarted(Instant.parse("2026-01-01T00:30:00Z")));

    WorkloadView now = Views.of(get("web"));
    assertThat(now.observed().tokens()).isEqualTo(Map.of("db", "t3"));
    assertThat(now.history().restarts()).hasSize(2);
    assertThat(now.history().verified()).isEqualTo(Instant.parse("2026-01-01T00:00:00Z"));
    assertThat(now.history().unverified()).isTrue();
  }

  @Test
  void given_a_workload_when_rolled_and_observed_then_the_managers_own_our_annotations_alone() {
    WorkloadView view = create("web");

    requests.roll(view, TOKENS, ROLLED);
    requests.observe(view, TOKENS, ROLLED.complete());

    assertThat(owned("web", WorkloadRequests.RESTART_MANAGER))
        .contains("\"f:spec\":{\"f:template\":{\"f:metadata\":{\"f:annotations\":{\"f:keyferry.dev/restart-tokens\":{}}}}}")
        .doesNotContain("restart-verified", "f:labels", "f:replicas");
    assertThat(owned("web", WorkloadRequests.OBSERVED_MANAGER))
        .contains("f:keyferry.dev/observed-tokens", "f:keyferry.dev/restart-verified")
        .doesNotContain("f:spec", "restarted-at");
  }

  @Test
  void given_a_workload_when_rolled_then_what_others_wrote_stays() {
    WorkloadView view = create("web");

    requests.roll(view, TOKENS, ROLLED);

    Deployment now = get("web");
    assertThat(now.getSpec().getTemplate().getMetadata().getAnnotations())
        .containsOnly(Map.entry("other", "x"), Map.entry("keyferry.dev/restart-tokens", "{\"db\":\"t2\"}"));
    assertThat(now.getSpec().getTemplate().getSpec().getContainers()).hasSize(1);
    assertThat(now.getSpec().getReplicas()).isEqualTo(3);
  }

  @Test
  void given_evictions_when_recorded_then_the_pod_template_keeps_what_an_older_restart_wrote() {
    WorkloadView view = create("web");
    requests.roll(view, TOKENS, ROLLED);

    requests.roll(view.by(new Method.Evict(Instant.parse("2026-01-01T00:30:03Z"))), new TokenMap(Map.of("db", "t3")), ROLLED);

    Deployment now = get("web");
    assertThat(now.getSpec().getTemplate().getMetadata().getAnnotations()).containsEntry("keyferry.dev/restart-tokens", "{\"db\":\"t2\"}");
    assertThat(now.getMetadata().getAnnotations())
        .containsEntry("keyferry.dev/restart-tokens", "{\"db\":\"t3\"}")
        .containsEntry("keyferry.dev/observed-tokens", "{\"db\":\"t3\"}")
        .containsEntry("keyferry.dev/evict-before", "2026-01-01T00:30:03Z");
  }

  @Test
  void given_a_write_when_done_then_the_new_version_is_told() {
    WorkloadView view = create("web");

    assertThat(requests.observe(view, TOKENS, ROLLED.complete())).isEqualTo(get("web").getMetadata().getResourceVersion());
  }

  @Test
  void given_another_workload_of_that_name_when_rolled_then_refused_and_unchanged() {
    create("web");
    WorkloadView before = new WorkloadView(
        new WorkloadKey(WorkloadKind.DEPLOYMENT, "default", "web"),
        "00000000-0000-0000-0000-000000000000", new OptIn.Referenced(), java.util.Set.of(), TOKENS, TOKENS, History.NONE, Rollout.UNSEEN, Wishes.NONE, 1, false, false, null);

    KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, () -> requests.roll(before, TOKENS, ROLLED));

    assertThat(refused.getCode()).isIn(409, 422);
    assertThat(get("web").getSpec().getTemplate().getMetadata().getAnnotations()).containsOnlyKeys("other");
  }

  @Test
  void given_no_workload_any_more_when_rolled_then_none_is_created() {
    WorkloadView view = create("web");
    kubernetes.client().apps().deployments().inNamespace("default").withName("web").delete();

    KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, () -> requests.roll(view, TOKENS, ROLLED));

    assertThat(refused.getCode()).isIn(404, 409);
    assertThat(get("web")).isNull();
  }

  @Test
  void given_pods_when_listed_then_those_of_the_selector_that_run() {
    WorkloadView view = create("web");
    pod("web-1", "web", "Running");
    clock.advance(Duration.ofSeconds(60));
    pod("web-2", "web", "Pending");
    pod("evicted", "web", "Failed");
    pod("done", "web", "Succeeded");
    pod("other", "other", "Running");

    List<PodView> pods = requests.pods(view, _ -> true);

    assertThat(pods).extracting(PodView::created).containsExactlyInAnyOrder(Instant.parse("2026-01-01T00:00:00Z"), Instant.parse("2026-01-01T00:01:00Z"));
  }

  private void pod(String name, String app, String phase) {
    kubernetes.client().resource(new PodBuilder().withNewMetadata().withNamespace("default").withName(name).addToLabels("app", app)
        .endMetadata().withNewStatus().withPhase(phase).endStatus().build()).create();
    kubernetes.client().pods().inNamespace("default").withName(name).editStatus(
        pod -> new PodBuilder(pod).withNewStatus().withPhase(phase).endStatus().build());
  }

  private WorkloadView create(String name) {
    String yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s, namespace: default}
        spec:
          replicas: 3
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}, annotations: {other: x}}
            spec: {containers: [{name: c, image: i}]}
        """
            .formatted(name);
    return Views.of(kubernetes.client().resource(Serialization.unmarshal(yaml, Deployment.class)).create());
  }

  private Deployment get(String name) {
    return kubernetes.client().apps().deployments().inNamespace("default").withName(name).get();
  }

  private String owned(String name, String manager) {
    return get(name).getMetadata().getManagedFields().stream()
        .filter(entry -> manager.equals(entry.getManager()))
        .map(ManagedFieldsEntry::getFieldsV1)
        .map(Serialization::asJson)
        .findFirst()
        .orElseThrow();
  }
}
