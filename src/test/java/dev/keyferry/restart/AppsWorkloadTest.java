package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.LeanJson;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AppsWorkloadTest {

  /** One with every sort of volume and of environment, a sidecar, and fields that no version of Kubernetes has yet. */
  @Test
  void given_a_whole_deployment_when_read_then_all_that_matters_is_seen_and_nothing_else() throws IOException {
    WorkloadView expected =
        new WorkloadView(
            new WorkloadKey(WorkloadKind.DEPLOYMENT, "prod", "shop"),
            "5b1f0a52-8b6c-4d8e-9f2e-0f7c1a3f6d11",
            new OptIn.Referenced(),
            Set.of("env", "env-from", "init-env", "projection", "sidecar-env", "volume", "volume-sub"),
            new TokenMap(Map.of("env", "t2")),
            new TokenMap(Map.of("env", "t1")),
            History.NONE.restarted(Instant.parse("2026-02-01T10:00:00Z")),
            new Rollout(Rollout.Phase.STUCK, Rollout.Style.ROLLING),
            Wishes.NONE.with("5", null),
            4,
            false,
            false,
            new LabelSelectorBuilder()
                .addToMatchExpressions(new LabelSelectorRequirement("tier", "In", List.of("web", "api")))
                .addToMatchLabels("app", "shop")
                .build(),
            new Traits(Method.TEMPLATE, Duration.ofMinutes(15), 0, "Shop main"));

    assertThat(Workloads.view(deployment())).isEqualTo(expected);
    assertThat(Workloads.view(Workloads.strip(deployment()))).isEqualTo(expected);
  }

  @Test
  void given_a_whole_deployment_when_its_volumes_are_reloaded_then_what_kubelet_does_not_renew_is_referenced() throws IOException {
    assertThat(References.of(deployment().getSpec().template(), "volumes"))
        .containsExactly("env", "env-from", "init-env", "projection", "sidecar-env", "volume-sub");
  }

  /** The client's own model of a pod template is the authority on where Secrets are named. */
  @Test
  void given_a_whole_deployment_when_read_with_the_clients_model_then_the_references_are_the_same() throws IOException {
    PodTemplateSpec whole = Serialization.unmarshal(json(), Deployment.class).getSpec().getTemplate();

    assertThat(References.of(deployment().getSpec().template())).isEqualTo(secrets(whole));
  }

  @Test
  void given_a_whole_deployment_when_read_then_what_is_large_in_its_metadata_is_left_out() throws IOException {
    assertThat(deployment().getMetadata().getManagedFields()).isEmpty();
    assertThat(deployment().getMetadata().getLabels()).isEmpty();
    assertThat(deployment().getMetadata().getResourceVersion()).isEqualTo("812345");
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of(AppsWorkload.Deployment.class, Deployment.class),
        Arguments.of(AppsWorkload.StatefulSet.class, StatefulSet.class),
        Arguments.of(AppsWorkload.DaemonSet.class, DaemonSet.class),
        Arguments.of(WorkloadPod.class, Pod.class));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void given_a_kind_when_asked_for_then_it_is_where_the_clients_own_is(Class<?> own, Class<?> theirs) {
    assertThat(HasMetadata.getApiVersion(own)).isEqualTo(HasMetadata.getApiVersion(theirs));
    assertThat(HasMetadata.getKind(own)).isEqualTo(HasMetadata.getKind(theirs));
    assertThat(HasMetadata.getPlural(own)).isEqualTo(HasMetadata.getPlural(theirs));
  }

  @Test
  void given_a_pod_when_read_then_its_phase_and_conditions_are_there() {
    WorkloadPod pod =
        Serialization.unmarshal(
            """
            metadata: {name: p, labels: {a: b}, annotations: {c: d}}
            spec: {nodeName: n, containers: [{name: c}]}
            status: {phase: Running, hostIP: 1.2.3.4, conditions: [{type: Ready, status: "True", reason: r}], future: 1}
            """,
            WorkloadPod.class);

    assertThat(pod.getStatus()).isEqualTo(new WorkloadPod.Status("Running", List.of(new WorkloadPod.Condition("Ready", "True"))));
    assertThat(pod.getMetadata().getAnnotations()).isEqualTo(Map.of("c", "d"));
  }

  private static Set<String> secrets(PodTemplateSpec template) {
    var spec = template.getSpec();
    return Stream.of(
            Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .flatMap(container -> container.getEnv().stream())
                .filter(env -> env.getValueFrom() != null && env.getValueFrom().getSecretKeyRef() != null)
                .map(env -> env.getValueFrom().getSecretKeyRef().getName()),
            Stream.concat(spec.getInitContainers().stream(), spec.getContainers().stream())
                .flatMap(container -> container.getEnvFrom().stream())
                .filter(source -> source.getSecretRef() != null)
                .map(source -> source.getSecretRef().getName()),
            spec.getVolumes().stream().filter(volume -> volume.getSecret() != null).map(volume -> volume.getSecret().getSecretName()),
            spec.getVolumes().stream()
                .filter(volume -> volume.getProjected() != null)
                .flatMap(volume -> volume.getProjected().getSources().stream())
                .filter(source -> source.getSecret() != null)
                .map(source -> source.getSecret().getName()))
        .flatMap(names -> names)
        .collect(Collectors.toSet());
  }

  private static AppsWorkload.Deployment deployment() throws IOException {
    return LeanJson.serialization().unmarshal(json(), AppsWorkload.Deployment.class);
  }

  private static String json() throws IOException {
    try (var stream = AppsWorkloadTest.class.getResourceAsStream("deployment.json")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
