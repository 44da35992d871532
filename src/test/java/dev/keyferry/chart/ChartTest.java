package dev.keyferry.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart's values do. */
class ChartTest {

  @Test
  void given_the_chart_when_linted_then_nothing_is_found() {
    LintResult result = new Helm(Chart.FOLDER).lint().strict().call();
    assertThat(result.getMessages()).filteredOn(m -> m.contains("[ERROR]") || m.contains("[WARNING]")).isEmpty();
    assertThat(result.isFailed()).isFalse();
  }

  @Test
  void given_the_same_values_when_rendered_twice_then_the_manifests_are_the_same() {
    assertThat(Chart.text("{}")).isEqualTo(Chart.text("{}"));
  }

  @Test
  void given_a_kubernetes_without_admission_policies_when_rendered_then_it_is_refused() {
    assertThatThrownBy(() -> Chart.text("{}", "v1.29.9")).hasMessageContaining("kubeVersion");
  }

  @Test
  void given_a_cloud_build_of_kubernetes_when_rendered_then_it_is_taken() {
    assertThat(Chart.text("{}", "v1.30.4-eks-a737599")).contains("kind: Deployment");
  }

  @Test
  void given_the_chart_when_rendered_then_it_has_no_hooks() {
    assertThat(Chart.text("{}")).doesNotContain("helm.sh/hook", "argocd.argoproj.io/hook");
  }

  @Test
  void given_defaults_when_rendered_then_the_crds_are_kept_at_uninstall() {
    assertThat(Chart.render().ofKind("CustomResourceDefinition"))
        .hasSizeGreaterThanOrEqualTo(3)
        .allSatisfy(crd -> assertThat(crd.at("/metadata/annotations/helm.sh~1resource-policy").asText()).isEqualTo("keep"));
  }

  @Test
  void given_the_crds_when_rendered_then_their_specs_are_those_of_the_files() {
    List<JsonNode> rendered = Chart.render().ofKind("CustomResourceDefinition");
    assertThat(rendered)
        .isNotEmpty()
        .allSatisfy(
            crd -> {
              String file = crd.at("/spec/group").asText() + "_" + crd.at("/spec/names/plural").asText() + ".yaml";
              JsonNode source = Manifests.read(Chart.FOLDER.resolve("files").resolve("crds").resolve(file)).objects().getFirst();
              assertThat(crd.path("spec")).isEqualTo(source.path("spec"));
            });
  }

  @Test
  void given_crds_that_shall_not_be_kept_when_rendered_then_nothing_keeps_them() {
    assertThat(Chart.render("crds: {keep: false}").ofKind("CustomResourceDefinition"))
        .isNotEmpty()
        .allSatisfy(crd -> assertThat(crd.at("/metadata/annotations").has("helm.sh/resource-policy")).isFalse());
  }

  @Test
  void given_annotations_for_crds_when_rendered_then_they_stand_beside_the_policy() {
    assertThat(Chart.render("crds: {annotations: {a/b: c}}").ofKind("CustomResourceDefinition"))
        .isNotEmpty()
        .allSatisfy(crd -> assertThat(crd.at("/metadata/annotations/a~1b").asText()).isEqualTo("c"))
        .allSatisfy(crd -> assertThat(crd.at("/metadata/annotations/helm.sh~1resource-policy").asText()).isEqualTo("keep"));
  }

  @Test
  void given_no_crds_when_rendered_then_there_are_none() {
    assertThat(Chart.render("crds: {enabled: false}").ofKind("CustomResourceDefinition")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bogus: 1",
        "image: {tagg: x}",
        "replicas: two",
        "replicas: -1",
        "refreshInterval: often",
        "leaderElection: {enabled: 'yes'}",
        "logLevel: loud",
        "watchNamespaces: shop",
        "watchNamespaces: [Shop]",
        "image: {digest: abc}",
        "aws: {region: nowhere}",
        "podDisruptionBudget: {maxUnavailable: all}",
        "cache: {bytes: 64MB}",
        "allowedEndpoints: ['https://vault.example/x']",
        "admissionPolicy: {audiences: []}"
      })
  void given_a_value_that_the_schema_does_not_know_when_rendered_then_it_is_refused(String values) {
    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining("values don't meet the specifications of the schema");
  }

  @Test
  void given_cache_bytes_with_a_unit_when_rendered_then_the_operator_gets_them_as_written() {
    assertThat(Chart.render("cache: {bytes: 128Mi}").container().path("env").toString())
        .contains("{\"name\":\"KEYFERRY_CACHE_BYTES\",\"value\":\"128Mi\"}");
  }

  @Test
  void given_replicas_without_leader_election_when_rendered_then_it_is_refused() {
    assertThatThrownBy(() -> Chart.render("{replicas: 2, leaderElection: {enabled: false}}"))
        .hasMessageContaining("replicas above 1 need leaderElection.enabled");
  }

  @Test
  void given_one_replica_when_rendered_then_there_is_no_disruption_budget() {
    assertThat(Chart.render().ofKind("PodDisruptionBudget")).isEmpty();
  }

  @Test
  void given_two_replicas_when_rendered_then_one_may_be_disrupted() {
    assertThat(Chart.render("replicas: 2").only("PodDisruptionBudget").at("/spec/maxUnavailable").asInt()).isEqualTo(1);
  }

  @Test
  void given_a_role_arn_when_rendered_then_the_service_account_carries_it() {
    String values = "serviceAccount: {annotations: {eks.amazonaws.com/role-arn: 'arn:aws:iam::1:role/r'}}";
    JsonNode account = Chart.render(values).only("ServiceAccount");
    assertThat(account.at("/metadata/annotations/eks.amazonaws.com~1role-arn").asText()).isEqualTo("arn:aws:iam::1:role/r");
  }

  @Test
  void given_another_release_name_when_rendered_then_the_service_account_keeps_its_name() {
    assertThat(Manifests.name(Chart.render("fullnameOverride: other").only("ServiceAccount"))).isEqualTo("keyferry");
  }

  @Test
  void given_a_digest_when_rendered_then_it_wins_over_the_tag() {
    String digest = "sha256:" + "a".repeat(64);
    assertThat(Chart.render("image: {registry: r.example, tag: x, digest: '" + digest + "'}").container().path("image").asText())
        .isEqualTo("r.example/keyferry/keyferry@" + digest);
  }

  @Test
  void given_aws_values_when_rendered_then_they_are_the_sdks_own_variables() {
    String values = "aws: {region: eu-central-1, endpointUrl: 'https://a', endpointUrlSts: 'https://b'}";
    assertThat(Chart.render(values).container().path("env").toString())
        .contains("{\"name\":\"AWS_REGION\",\"value\":\"eu-central-1\"}")
        .contains("{\"name\":\"AWS_ENDPOINT_URL\",\"value\":\"https://a\"}")
        .contains("{\"name\":\"AWS_ENDPOINT_URL_STS\",\"value\":\"https://b\"}")
        .doesNotContain("AWS_ENDPOINT_URL_SSM");
  }

  @Test
  void given_extra_environment_when_rendered_then_references_stay_whole() {
    String values = "extraEnv: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}]";
    assertThat(Chart.render(values).container().path("env").toString())
        .contains("{\"name\":\"A\",\"valueFrom\":{\"secretKeyRef\":{\"key\":\"k\",\"name\":\"s\"}}}");
  }

  @Test
  void given_watched_namespaces_when_rendered_then_the_operator_is_told() {
    assertThat(Chart.render("watchNamespaces: [shop, pay]").container().path("env").toString())
        .contains("{\"name\":\"KEYFERRY_WATCH_NAMESPACES\",\"value\":\"shop,pay\"}");
  }

  @Test
  void given_a_spread_constraint_without_selector_when_rendered_then_it_selects_the_operator() {
    String values = "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]";
    JsonNode constraint = Chart.render(values).only("Deployment").at("/spec/template/spec/topologySpreadConstraints/0");
    assertThat(constraint.at("/labelSelector/matchLabels/app.kubernetes.io~1name").asText()).isEqualTo("keyferry");
    assertThat(constraint.path("maxSkew").asInt()).isEqualTo(1);
  }

  @Test
  void given_a_network_policy_when_rendered_then_dns_aws_and_the_api_server_are_reachable() {
    JsonNode egress = Chart.render("networkPolicy: {enabled: true}").only("NetworkPolicy").at("/spec/egress");
    assertThat(egress.findValuesAsText("port")).contains("53", "443", "6443");
  }

  @ParameterizedTest
  @CsvSource({"auto, 169.254.170.23/32", "pod-identity, 169.254.170.23/32", "instance-profile, 169.254.169.254/32"})
  void given_a_network_policy_when_credentials_come_from_the_node_then_they_are_reachable(String source, String address) {
    String values = "{networkPolicy: {enabled: true}, operatorIdentity: {source: " + source + "}}";
    JsonNode egress = Chart.render(values).only("NetworkPolicy").at("/spec/egress");
    assertThat(egress.findValuesAsText("cidr")).contains(address).doesNotContain("0.0.0.0/0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"irsa", "environment"})
  void given_a_network_policy_when_credentials_come_from_elsewhere_then_the_node_is_not_reachable(String source) {
    String values = "{networkPolicy: {enabled: true}, operatorIdentity: {source: " + source + "}}";
    assertThat(Chart.render(values).only("NetworkPolicy").at("/spec/egress").findValuesAsText("cidr")).isEmpty();
  }

  @Test
  void given_rules_for_identities_when_rendered_then_the_operator_gets_them() {
    String values =
        "operatorIdentity: {source: pod-identity, namespacedStores: Deny, allowedRoles: ['arn:aws:iam::*:role/{namespace}/*', '*']}";
    JsonNode env = Chart.render(values).container().path("env");
    assertThat(env.toString())
        .contains(
            "{\"name\":\"KEYFERRY_OPERATOR_IDENTITY\",\"value\":\"pod-identity\"}",
            "{\"name\":\"KEYFERRY_NAMESPACED_STORES\",\"value\":\"Deny\"}",
            "{\"name\":\"KEYFERRY_ALLOWED_ROLES\",\"value\":\"arn:aws:iam::*:role/{namespace}/*,*\"}");
  }

  @Test
  void given_event_queues_when_rendered_then_the_operator_gets_them() {
    String values = "eventQueues: ['https://sqs.eu-west-1.amazonaws.com/111122223333/keyferry', 'http://queues:9324/q@eu-west-1']";
    assertThat(Chart.render(values).container().path("env").toString())
        .contains(
            "{\"name\":\"KEYFERRY_EVENT_QUEUES\",\"value\":"
                + "\"https://sqs.eu-west-1.amazonaws.com/111122223333/keyferry,http://queues:9324/q@eu-west-1\"}");
  }

  @Test
  void given_a_service_monitor_when_rendered_then_it_selects_the_metrics_service() {
    Manifests rendered = Chart.render("metrics: {serviceMonitor: {enabled: true, labels: {release: p}}}");
    JsonNode monitor = rendered.only("ServiceMonitor");
    JsonNode service = rendered.only("Service");
    assertThat(monitor.at("/spec/selector/matchLabels").properties())
        .isNotEmpty()
        .allSatisfy(label -> assertThat(service.at("/metadata/labels").path(label.getKey())).isEqualTo(label.getValue()));
    assertThat(monitor.at("/spec/endpoints/0/port").asText()).isEqualTo(service.at("/spec/ports/0/name").asText());
    assertThat(monitor.at("/metadata/labels/release").asText()).isEqualTo("p");
  }

  @Test
  void given_extra_objects_when_rendered_then_their_templates_are_too() {
    Manifests rendered = Chart.render("extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-x'}}]");
    assertThat(Manifests.name(rendered.only("ConfigMap"))).isEqualTo("keyferry-x");
  }

  @Test
  void given_common_labels_when_everything_is_rendered_then_every_object_carries_them() {
    Manifests rendered =
        Chart.render(
            """
            replicas: 3
            watchNamespaces: [shop]
            networkPolicy: {enabled: true}
            metrics: {serviceMonitor: {enabled: true}}
            commonLabels: {team: platform}
            """);
    assertThat(rendered.objects())
        .hasSizeGreaterThan(15)
        .allSatisfy(o -> assertThat(o.at("/metadata/labels/team").asText()).isEqualTo("platform"));
  }
}
