package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.AppsWorkload.Deployment;
import dev.keyferry.restart.Rollout.Phase;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgoRolloutsTest {

  private static final String OWN =
      """
      apiVersion: argoproj.io/v1alpha1
      kind: Rollout
      metadata:
        name: web
        namespace: shop
        uid: u1
        resourceVersion: "7"
        generation: 5
        annotations:
          keyferry.dev/restart-on-change: "true"
          keyferry.dev/restart-tokens: '{"db":"t2"}'
          other: kept-by-others
      spec:
        replicas: 3
        restartAt: "2026-03-01T10:00:03Z"
        progressDeadlineSeconds: 1200
        strategy: {canary: {steps: [{setWeight: 20}, {pause: {}}]}}
        selector: {matchLabels: {app: web}}
        template:
          metadata: {annotations: {keyferry.dev/restart-tokens: '{"db":"t1"}'}}
          spec: {containers: [{name: c, image: i, env: [{name: PLAIN, value: v}], envFrom: [{secretRef: {name: db}}]}]}
      status:
        observedGeneration: "5"
        phase: Healthy
        restartedAt: "2026-03-01T10:00:03Z"
        updatedReplicas: 3
        availableReplicas: 3
        canary: {weights: {}}
      """;

  private static final String BEHIND =
      """
      apiVersion: argoproj.io/v1alpha1
      kind: Rollout
      metadata: {name: web, namespace: shop, uid: u1, generation: 5, annotations: {%s}}
      spec: {replicas: 3, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: base}}
      status: {observedGeneration: "5", workloadObservedGeneration: "%s", phase: Healthy, updatedReplicas: 3, availableReplicas: 3}
      """;

  private static final String BASE =
      """
      metadata:
        name: base
        namespace: shop
        uid: u2
        resourceVersion: "9"
        generation: 4
        annotations: {%s, keyferry.dev/observed-tokens: '{"db":"t2"}', keyferry.dev/restarted-at: "2026-03-01T10:00:00Z"}
      spec:
        replicas: 0
        selector: {matchLabels: {app: base}}
        template:
          metadata: {labels: {app: base}, annotations: {keyferry.dev/restart-tokens: '{"db":"t2"}'}}
          spec: {containers: [{name: c, image: i, envFrom: [{secretRef: {name: db}}]}]}
      """;

  @Test
  void given_a_rollout_when_stripped_then_decisions_see_the_same_and_no_more_is_kept() {
    ArgoRollout kept = ArgoRollouts.strip(rollout(OWN));

    assertThat(ArgoRollouts.view(kept)).isEqualTo(ArgoRollouts.view(rollout(OWN)));
    assertThat(Serialization.asJson(kept))
        .contains("\"resourceVersion\":\"7\"")
        .doesNotContain("PLAIN", "image", "kept-by-others", "canary");
  }

  @Test
  void given_a_rollout_when_read_then_its_metadata_has_the_tokens_and_its_pods_are_restarted() {
    WorkloadView view = ArgoRollouts.view(rollout(OWN));

    assertThat(view.key()).isEqualTo(new WorkloadKey(WorkloadKind.ROLLOUT, "shop", "web"));
    assertThat(view.ref().apiVersion()).isEqualTo("argoproj.io/v1alpha1");
    assertThat(view.references()).containsExactly("db");
    assertThat(view.template().tokens()).isEqualTo(Map.of("db", "t2"));
    assertThat(view.traits().method()).isEqualTo(new Method.RestartAt(Instant.parse("2026-03-01T10:00:03Z")));
    assertThat(view.traits().deadline()).isEqualTo(Duration.ofMinutes(20));
    assertThat(view.replicas()).isEqualTo(3);
    assertThat(view.rollout().phase()).isEqualTo(Phase.COMPLETE);
  }

  @Test
  void given_a_rollout_that_asks_for_a_rollout_when_read_then_its_pod_template_has_the_tokens() {
    WorkloadView view = ArgoRollouts.view(rollout(OWN.replace("  other:", "  keyferry.dev/restart-strategy: rollout\n    other:")));

    assertThat(view.traits().method()).isEqualTo(Method.TEMPLATE);
    assertThat(view.template().tokens()).isEqualTo(Map.of("db", "t1"));
  }

  @Test
  void given_a_rollout_with_anothers_template_when_read_then_that_deployment_has_the_records() {
    WorkloadView view = behind("keyferry.dev/restart-on-change: \"true\"", "a: b", "4");

    assertThat(view.traits().method()).isEqualTo(new Method.Behind("base", "u2"));
    assertThat(view.optIn()).isEqualTo(new OptIn.Referenced());
    assertThat(view.references()).containsExactly("db");
    assertThat(view.template().tokens()).isEqualTo(Map.of("db", "t2"));
    assertThat(view.observed().tokens()).isEqualTo(Map.of("db", "t2"));
    assertThat(view.history().unverified()).isTrue();
    assertThat(view.replicas()).isEqualTo(3);
    assertThat(view.selector().getMatchLabels()).isEqualTo(Map.of("app", "base"));
  }

  @ParameterizedTest
  @CsvSource({"4, COMPLETE", "3, PROGRESSING"})
  void given_a_rollout_with_anothers_template_when_it_has_not_seen_the_last_one_then_it_is_under_way(String seen, Phase phase) {
    assertThat(behind("a: b", "a: b", seen).rollout().phase()).isEqualTo(phase);
  }

  @Test
  void given_the_annotation_on_the_deployment_behind_when_read_then_the_rollout_restarts() {
    assertThat(behind("a: b", "keyferry.dev/restart-on-change: \"true\"", "4").optIn()).isEqualTo(new OptIn.Referenced());
    assertThat(behind("keyferry.dev/restart-on-change: \"false\"", "keyferry.dev/restart-on-change: \"true\"", "4").optIn())
        .isEqualTo(new OptIn.Off());
  }

  @Test
  void given_evictions_when_another_has_the_template_then_that_deployment_has_no_part_in_it() {
    WorkloadView view = behind("keyferry.dev/restart-on-change: \"true\", keyferry.dev/restart-strategy: evict", "a: b", "4");

    assertThat(view.traits().evicts()).isTrue();
    assertThat(view.traits().pods()).isEqualTo(3);
    assertThat(view.history()).isEqualTo(History.NONE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | {} | UNSEEN",
        "{} | {observedGeneration: '4', phase: Healthy, updatedReplicas: 1, availableReplicas: 1} | PROGRESSING",
        "{} | {observedGeneration: '5', phase: Healthy, updatedReplicas: 1, availableReplicas: 1} | COMPLETE",
        "{} | {observedGeneration: 76c4d8, updatedReplicas: 1, availableReplicas: 1} | COMPLETE",
        "{replicas: 2} | {observedGeneration: '5', phase: Healthy, updatedReplicas: 2, availableReplicas: 1} | PROGRESSING",
        "{replicas: 2} | {observedGeneration: '5', phase: Progressing, updatedReplicas: 1, availableReplicas: 2} | PROGRESSING",
        "{} | {observedGeneration: '5', phase: Degraded, updatedReplicas: 1, availableReplicas: 0} | STUCK",
        "{} | {observedGeneration: '5', phase: Progressing, availableReplicas: 0, conditions: [{type: Progressing, reason: ProgressDeadlineExceeded}]} | STUCK",
        "{restartAt: '2026-03-01T10:00:03Z'} | {observedGeneration: '5', phase: Healthy, updatedReplicas: 1, availableReplicas: 1} | PROGRESSING",
        "{restartAt: '2026-03-01T10:00:03Z'} | {observedGeneration: '5', phase: Healthy, restartedAt: '2026-03-01T09:00:00Z', updatedReplicas: 1, availableReplicas: 1} | PROGRESSING",
        "{restartAt: '2026-03-01T10:00:03Z'} | {observedGeneration: '5', phase: Healthy, restartedAt: '2026-03-01T10:00:03Z', updatedReplicas: 1, availableReplicas: 1} | COMPLETE",
        "{restartAt: '2026-03-01T10:00:03Z'} | {observedGeneration: '5', phase: Degraded, updatedReplicas: 1, availableReplicas: 0} | STUCK",
        "{replicas: 5} | {observedGeneration: '5', phase: Paused, pauseConditions: [{reason: CanaryPauseStep}], updatedReplicas: 1, availableReplicas: 5} | COMPLETE",
      })
  void given_a_status_when_read_then_its_phase(String spec, String status, Phase phase) {
    assertThat(ArgoStatus.of(rollout("metadata: {name: w, generation: 5}\nspec: " + spec + "\nstatus: " + status), null).phase()).isEqualTo(phase);
  }

  @ParameterizedTest
  @ValueSource(strings = {"spec: {paused: true}", "status: {abort: true}", "status: {pauseConditions: [{reason: CanaryPauseStep}]}"})
  void given_a_rollout_that_a_person_has_to_go_on_with_when_read_then_it_is_held(String held) {
    assertThat(ArgoStatus.held(rollout("metadata: {name: w}\n" + held))).isTrue();
    assertThat(ArgoStatus.held(rollout("metadata: {name: w}\nstatus: {abort: false, pauseConditions: []}"))).isFalse();
  }

  @Test
  void given_fields_of_other_types_than_expected_when_read_then_they_count_as_missing() {
    WorkloadView view =
        ArgoRollouts.view(rollout("metadata: {name: w, namespace: n, uid: u}\nspec: {template: 3, selector: [x], restartAt: 7, replicas: a}\nstatus: none"));

    assertThat(view.references()).isEmpty();
    assertThat(view.selector()).isNull();
    assertThat(view.replicas()).isEqualTo(1);
    assertThat(view.rollout().phase()).isEqualTo(Phase.UNSEEN);
  }

  @Test
  void given_one_field_of_another_type_than_expected_when_read_then_all_others_count() {
    WorkloadView view = ArgoRollouts.view(rollout(OWN.replace("replicas: 3", "replicas: {a: b}").replace("phase: Healthy", "phase: [x]")));

    assertThat(view.replicas()).isEqualTo(1);
    assertThat(view.references()).containsExactly("db");
    assertThat(view.selector().getMatchLabels()).isEqualTo(Map.of("app", "web"));
    assertThat(view.traits().deadline()).isEqualTo(Duration.ofMinutes(20));
    assertThat(view.rollout().phase()).isEqualTo(Phase.COMPLETE);
  }

  private static WorkloadView behind(String own, String base, String seen) {
    ArgoRollout rollout = rollout(BEHIND.formatted(own, seen));
    Deployment deployment = Serialization.unmarshal(BASE.formatted(base), Deployment.class);
    WorkloadView view = ArgoRollouts.view(rollout, deployment);
    assertThat(ArgoRollouts.view(ArgoRollouts.strip(rollout), deployment)).isEqualTo(view);
    return view;
  }

  private static ArgoRollout rollout(String yaml) {
    return Serialization.unmarshal(yaml, ArgoRollout.class);
  }
}
