package dev.keyferry.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keyferry.config.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The operator's pod, as the chart and {@code deploy/} make it. */
class DeploymentTest {

  static List<Arguments> both() {
    return List.of(Arguments.argumentSet("chart", Chart.render()), Arguments.argumentSet("deploy", Chart.deployed()));
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_environment_when_rendered_then_it_names_every_setting_and_no_other(Manifests manifests) {
    assertThat(env(manifests).keySet().stream().filter(name -> name.startsWith("KEYFERRY_")))
        .containsExactlyInAnyOrderElementsOf(Arrays.stream(Setting.values()).map(Setting::environmentName).toList());
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_environment_when_rendered_then_it_holds_the_operators_own_defaults(Manifests manifests) {
    Map<String, String> env = env(manifests);
    assertThat(Stream.of(Setting.values()).filter(s -> s != Setting.NAMESPACE))
        .allSatisfy(s -> assertThat(env).containsEntry(s.environmentName(), s.defaultText()));
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_environment_when_rendered_then_the_nodes_role_is_out_of_reach(Manifests manifests) {
    assertThat(env(manifests)).containsEntry("AWS_EC2_METADATA_DISABLED", "true");
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_container_when_rendered_then_it_is_restricted(Manifests manifests) {
    String restricted =
        """
        allowPrivilegeEscalation: false
        capabilities: {drop: [ALL]}
        readOnlyRootFilesystem: true
        runAsNonRoot: true
        seccompProfile: {type: RuntimeDefault}
        """;
    assertThat(manifests.container().path("securityContext")).isEqualTo(Manifests.parse(restricted).objects().getFirst());
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_pod_when_rendered_then_service_links_cannot_shadow_settings(Manifests manifests) {
    assertThat(pod(manifests).path("enableServiceLinks").asText()).isEqualTo("false");
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_container_when_rendered_then_memory_is_limited_and_cpu_is_not(Manifests manifests) {
    JsonNode limits = manifests.container().at("/resources/limits");
    assertThat(limits.toString()).isEqualTo("{\"memory\":\"512Mi\"}");
  }

  @Test
  void given_chart_and_deploy_when_compared_then_their_pods_are_the_same() {
    assertThat(pod(Chart.render())).isEqualTo(pod(Chart.deployed()));
  }

  @Test
  void given_chart_and_deploy_when_compared_then_names_and_replicas_are_the_same() {
    JsonNode chart = Chart.render().only("Deployment");
    JsonNode deploy = Chart.deployed().only("Deployment");
    assertThat(chart.at("/metadata/name")).isEqualTo(deploy.at("/metadata/name"));
    assertThat(chart.at("/spec/replicas")).isEqualTo(deploy.at("/spec/replicas"));
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_metrics_service_when_rendered_then_it_selects_the_pod(Manifests manifests) {
    JsonNode labels = manifests.only("Deployment").at("/spec/template/metadata/labels");
    assertThat(manifests.only("Service").at("/spec/selector").properties())
        .isNotEmpty()
        .allSatisfy(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
  }

  @ParameterizedTest
  @MethodSource("both")
  void given_the_probes_when_rendered_then_they_ask_the_named_port(Manifests manifests) {
    JsonNode container = manifests.container();
    assertThat(container.at("/ports/0/name").asText()).isEqualTo("http");
    assertThat(container.at("/livenessProbe/httpGet").toString()).isEqualTo("{\"path\":\"/healthz\",\"port\":\"http\"}");
    assertThat(container.at("/readinessProbe/httpGet").toString()).isEqualTo("{\"path\":\"/readyz\",\"port\":\"http\"}");
  }

  @Test
  void given_deploy_when_applied_then_its_namespace_enforces_restricted_pods() {
    assertThat(Chart.deployed().only("Namespace").at("/metadata/labels/pod-security.kubernetes.io~1enforce").asText())
        .isEqualTo("restricted");
  }

  private static JsonNode pod(Manifests manifests) {
    return manifests.only("Deployment").at("/spec/template/spec");
  }

  private static Map<String, String> env(Manifests manifests) {
    Map<String, String> env = new TreeMap<>();
    manifests.container().path("env").forEach(e -> env.put(e.path("name").asText(), e.path("value").asText()));
    return env;
  }
}
