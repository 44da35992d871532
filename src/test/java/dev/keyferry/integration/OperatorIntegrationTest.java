package dev.keyferry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.bootstrap.OperatorRuntime;
import dev.keyferry.config.ConfigParser;
import dev.keyferry.config.ParsedConfig;
import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.testkit.EmbeddedKubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The main path, with leader election, in one process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorIntegrationTest {

  private static final String NAMESPACE = "shop";

  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start();
  private final AwsEmulator aws = AwsEmulator.start();
  private final KubernetesClient client = kubernetes.client();
  private OperatorRuntime operator;

  @BeforeAll
  void start() throws Exception {
    client.resource(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build()).create();
    client
        .resource(
            """
            apiVersion: %s
            kind: ClusterSecretStore
            metadata: {name: aws}
            spec: {provider: {aws: {service: SecretsManager, region: %s}}}
            """
                .formatted(ApiGroup.API_VERSION, aws.region()))
        .create();
    Map<String, String> environment =
        Map.of(
            "AWS_ENDPOINT_URL", aws.endpoint().toString(),
            "AWS_ACCESS_KEY_ID", aws.accessKeyId(),
            "AWS_SECRET_ACCESS_KEY", aws.secretAccessKey(),
            "KEYFERRY_HTTP_PORT", "0");
    ParsedConfig parsed = ConfigParser.parse(new String[0], environment, _ -> Optional.empty());
    assertThat(parsed).isInstanceOf(ParsedConfig.Configured.class);
    operator =
        new OperatorRuntime(
            ((ParsedConfig.Configured) parsed).config(), environment::get, kubernetes.newClient("keyferry"), "test", "test", () -> {});
    operator.start();
  }

  @AfterAll
  void stop() {
    operator.close();
    client.close();
    kubernetes.close();
    aws.close();
  }

  @Test
  void given_a_source_when_it_rotates_then_its_target_follows() {
    aws.createSecret("prod/db", "{\"password\":\"first\"}");
    apply("db", "prod/db");
    soon().untilAsserted(() -> assertThat(value("db", "password")).isEqualTo("first"));
    aws.rotate("prod/db", "{\"password\":\"second\"}");
    soon().untilAsserted(() -> assertThat(value("db", "password")).isEqualTo("second"));
  }

  @Test
  void given_a_source_that_is_not_there_when_synced_then_the_condition_says_so_and_it_syncs_once_it_is_there() {
    apply("late", "prod/late");
    soon().untilAsserted(() -> assertThat(reason("late")).isEqualTo("SourceNotFound"));
    aws.createSecret("prod/late", "{\"password\":\"there\"}");
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(value("late", "password")).isEqualTo("there"));
  }

  @Test
  void given_a_running_leader_when_asked_for_health_and_metrics_then_it_answers() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    soon().untilAsserted(() -> assertThat(get("/metrics").body()).contains("keyferry_leader 1.0"));
  }

  private void apply(String name, String key) {
    client
        .resource(
            """
            apiVersion: %s
            kind: ExternalSecret
            metadata: {name: %s, namespace: %s}
            spec:
              secretStoreRef: {name: aws, kind: ClusterSecretStore}
              refreshInterval: 1s
              dataFrom: [{extract: {key: %s}}]
            """
                .formatted(ApiGroup.API_VERSION, name, NAMESPACE, key))
        .create();
  }

  private String value(String secret, String key) {
    Secret found = client.secrets().inNamespace(NAMESPACE).withName(secret).get();
    return found == null ? null : new String(Base64.getDecoder().decode(found.getData().get(key)), StandardCharsets.UTF_8);
  }

  private String reason(String name) {
    ExternalSecret found = client.resources(ExternalSecret.class).inNamespace(NAMESPACE).withName(name).get();
    return found.getStatus() == null ? null : found.getStatus().conditions().getFirst().reason();
  }

  private HttpResponse<String> get(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + operator.httpPort() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100));
  }
}
