package dev.keyferry.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keyferry.api.v1.AwsSpec;
import dev.keyferry.api.v1.ClusterSecretStoreSpec;
import dev.keyferry.api.v1.ExternalSecretSpec;
import dev.keyferry.api.v1.SecretStoreSpec;
import dev.keyferry.kube.Marks;
import dev.keyferry.render.RenderItem;
import dev.keyferry.render.RenderResult;
import dev.keyferry.render.Renderer;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The manifests that a newcomer begins with. */
class ExamplesTest {

  private static final Path EXAMPLES = Chart.DEPLOY.resolve("examples");
  private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Manifests examples = Manifests.kustomization(EXAMPLES);

  @Test
  void given_the_external_secret_when_followed_then_its_store_is_among_the_examples() {
    assertThat(externalSecret().secretStoreRef().kindOrDefault()).isEqualTo("ClusterSecretStore");
    assertThat(Manifests.name(examples.only("ClusterSecretStore"))).isEqualTo(externalSecret().secretStoreRef().name());
  }

  @Test
  void given_the_external_secret_when_read_then_its_key_is_one_that_the_policy_allows() {
    String policy = text("iam-policy.json");
    assertThat(externalSecret().dataFrom()).singleElement().satisfies(d -> assertThat(d.extract().key()).startsWith("prod/"));
    assertThat(policy).contains(":secret:prod/*");
  }

  @Test
  void given_the_deployment_when_read_then_it_restarts_on_change_of_the_secret_it_uses() {
    JsonNode deployment = examples.only("Deployment");
    assertThat(deployment.at("/metadata/annotations").path(Marks.RESTART_ON_CHANGE).asText()).isEqualTo("true");
    assertThat(examples.container().at("/envFrom/0/secretRef/name").asText()).isEqualTo(Manifests.name(examples.only("ExternalSecret")));
  }

  @Test
  void given_the_main_store_when_read_then_it_reads_as_the_operator() {
    AwsSpec aws = treeTo(examples.only("ClusterSecretStore"), ClusterSecretStoreSpec.class).provider().aws();
    assertThat(aws.auth()).isNull();
    assertThat(aws.role()).isNull();
  }

  @Test
  void given_the_tenants_store_when_read_then_its_service_account_names_a_role() {
    Manifests tenant = Manifests.read(EXAMPLES.resolve("store-irsa.yaml"));
    AwsSpec aws = treeTo(tenant.only("SecretStore"), SecretStoreSpec.class).provider().aws();
    JsonNode account = tenant.named("ServiceAccount", aws.auth().jwt().serviceAccountRef().name());
    assertThat(account.at("/metadata/annotations/eks.amazonaws.com~1role-arn").asText()).startsWith("arn:aws:iam::");
  }

  @Test
  void given_the_other_accounts_store_when_read_then_it_is_within_the_api() {
    JsonNode store = Manifests.read(EXAMPLES.resolve("store-irsa.yaml")).only("ClusterSecretStore");
    assertThat(treeTo(store, ClusterSecretStoreSpec.class).provider().aws().role()).startsWith("arn:aws:iam::");
  }

  @Test
  void given_a_databases_secret_when_rendered_then_the_connection_string_has_all_that_it_names() {
    Manifests rds = Manifests.read(EXAMPLES.resolve("rds.yaml"));
    ExternalSecretSpec spec = treeTo(rds.only("ExternalSecret"), ExternalSecretSpec.class);
    SourceRef ref = new SourceRef(SourceService.SECRETS_MANAGER, spec.dataFrom().getFirst().extract().key(), VersionSelector.CURRENT);
    String json =
        "{\"engine\":\"postgres\",\"host\":\"db.example\",\"port\":5432,\"dbname\":\"orders\",\"username\":\"app\",\"password\":\"p w#1\"}";
    Fetched.Found found = new Fetched.Found(ref, new Revision("arn", "v1"), Payload.ofText(json), List.of(), null);
    var rendered = (RenderResult.Rendered) Renderer.render(List.of(new RenderItem.Extract(ref, null)), Map.of(ref, found));

    Map<String, String> environment = new LinkedHashMap<>();
    for (JsonNode variable : rds.only("Deployment").at("/spec/template/spec/containers/0/env")) {
      JsonNode from = variable.at("/valueFrom/secretKeyRef");
      String value = variable.path("value").asText();
      if (!from.isMissingNode()) {
        assertThat(from.path("name").asText()).isEqualTo(Manifests.name(rds.only("ExternalSecret")));
        value = new String(rendered.secret().data().get(from.path("key").asText()), StandardCharsets.UTF_8);
      }
      for (Map.Entry<String, String> earlier : environment.entrySet()) {
        value = value.replace("$(" + earlier.getKey() + ")", earlier.getValue());
      }
      environment.put(variable.path("name").asText(), value);
    }

    assertThat(ref.key()).startsWith("rds!");
    assertThat(environment.get("DATABASE_DSN")).isEqualTo("host='db.example' port='5432' dbname='orders' user='app' password='p w#1'");
  }

  @Test
  void given_the_trust_policy_when_read_then_it_binds_subject_and_audience() throws IOException {
    JsonNode equals = JSON.readTree(text("trust-policy.json")).at("/Statement/0/Condition/StringEquals");
    assertThat(equals.properties().stream().map(e -> e.getKey().replaceFirst(".*:", "") + " " + e.getValue().asText()))
        .containsExactlyInAnyOrder("sub system:serviceaccount:keyferry-system:keyferry", "aud sts.amazonaws.com");
  }

  @Test
  void given_the_iam_policy_when_read_then_only_rights_that_cannot_be_narrowed_are_open() throws IOException {
    List<String> open =
        JSON.readTree(text("iam-policy.json")).path("Statement").valueStream()
            .filter(s -> s.path("Resource").asText().equals("*"))
            .map(s -> s.path("Action").asText())
            .toList();
    assertThat(open).containsExactly("secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets");
  }

  @Test
  void given_the_argo_cd_values_when_rendered_then_the_chart_takes_them() {
    JsonNode values = Manifests.read(EXAMPLES.resolve("argocd/application.yaml")).only("Application").at("/spec/source/helm/valuesObject");
    assertThat(Chart.render(values.toString()).ofKind("Deployment")).hasSize(1);
  }

  @Test
  void given_the_flux_values_when_rendered_then_the_chart_takes_them() {
    JsonNode values = Manifests.read(EXAMPLES.resolve("flux/helmrelease.yaml")).only("HelmRelease").at("/spec/values");
    assertThat(Chart.render(values.toString()).ofKind("Deployment")).hasSize(1);
  }

  private ExternalSecretSpec externalSecret() {
    return treeTo(examples.only("ExternalSecret"), ExternalSecretSpec.class);
  }

  private static <T> T treeTo(JsonNode object, Class<T> spec) {
    return JSON.convertValue(object.path("spec"), spec);
  }

  private static String text(String file) {
    return Manifests.readText(EXAMPLES.resolve(file));
  }
}
