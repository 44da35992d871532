package dev.keyferry.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.bootstrap.OperatorRuntime;
import dev.keyferry.config.ConfigParser;
import dev.keyferry.config.ParsedConfig;
import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.testkit.EmbeddedKubernetes;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Parameter Store, searches and prefixes all the way into a Secret, and who reads them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServicesIntegrationTest {

  private static final String NAMESPACE = "shop";

  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start();
  private final AwsEmulator aws = AwsEmulator.start();
  private final KubernetesClient client = kubernetes.client();
  private OperatorRuntime operator;

  @BeforeAll
  void start() throws Exception {
    client.resource(new NamespaceBuilder().withNewMetadata().withName(NAMESPACE).endMetadata().build()).create();
    store("secrets", "service: SecretsManager");
    store("prefixed", "service: SecretsManager, prefix: prod/");
    store("parameters", "service: ParameterStore");
    Map<String, String> environment =
        Map.of(
            "AWS_ENDPOINT_URL", aws.endpoint().toString(),
            "AWS_ACCESS_KEY_ID", aws.accessKeyId(),
            "AWS_SECRET_ACCESS_KEY", aws.secretAccessKey(),
            "KEYFERRY_HTTP_PORT", "0",
            "KEYFERRY_LEADER_ELECTION", "false",
            "KEYFERRY_ALLOWED_ROLES", "arn:aws:iam::*:role/{namespace}-*");
    var parsed = (ParsedConfig.Configured) ConfigParser.parse(new String[0], environment, _ -> Optional.empty());
    operator = new OperatorRuntime(parsed.config(), environment::get, kubernetes.newClient("keyferry"), "test", "test", () -> {});
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
  void given_parameters_of_every_type_when_synced_then_their_values_versions_and_labels_arrive() {
    aws.putParameter("/svc/plain", "one");
    aws.putParameter("/svc/plain", "two");
    aws.labelParameter("/svc/plain", 1, "blue");
    aws.putSecureParameter("/svc/secure", "{\"password\":\"s3\"}");
    aws.putListParameter("/svc/list", "a", "b");

    apply(
        "params",
        "parameters",
        """
        data:
        - {secretKey: plain, remoteRef: {key: /svc/plain}}
        - {secretKey: first, remoteRef: {key: /svc/plain, version: "1"}}
        - {secretKey: blue, remoteRef: {key: /svc/plain, version: blue}}
        - {secretKey: secure, remoteRef: {key: /svc/secure, property: password}}
        - {secretKey: list, remoteRef: {key: /svc/list}}
        """);

    soon()
        .untilAsserted(
            () ->
                assertThat(data("params"))
                    .isEqualTo(Map.of("plain", "two", "first", "one", "blue", "one", "secure", "s3", "list", "a,b")));
    aws.putParameter("/svc/plain", "three");
    aws.labelParameter("/svc/plain", 2, "blue");
    soon()
        .untilAsserted(() -> assertThat(data("params")).containsEntry("plain", "three").containsEntry("blue", "two").containsEntry("first", "one"));
  }

  @Test
  void given_a_search_when_secrets_come_and_change_then_the_target_follows() {
    aws.createSecret("find/a", "1");
    aws.createSecret("find/b", "2");
    aws.createSecret("find/skipped", "x");
    apply("found", "secrets", "dataFrom: [{find: {path: find/, name: {regexp: '^find/.$'}}}]");
    soon().untilAsserted(() -> assertThat(data("found")).isEqualTo(Map.of("find_a", "1", "find_b", "2")));

    aws.createSecret("find/c", "3");
    aws.rotate("find/a", "11");

    soon().untilAsserted(() -> assertThat(data("found")).isEqualTo(Map.of("find_a", "11", "find_b", "2", "find_c", "3")));
  }

  @Test
  void given_a_search_by_tags_when_synced_then_foreign_secrets_stay_out() {
    aws.createSecret("tagged/right", "1");
    aws.createSecret("tagged/crossed", "2");
    aws.secrets().tag("tagged/right", Map.of("team", "red", "env", "blue"));
    aws.secrets().tag("tagged/crossed", Map.of("team", "blue", "env", "red"));

    apply("tagged", "secrets", "dataFrom: [{find: {tags: {team: red, env: blue}}}]");

    soon().untilAsserted(() -> assertThat(data("tagged")).isEqualTo(Map.of("tagged_right", "1")));
  }

  @Test
  void given_a_search_of_parameters_when_synced_then_they_are_decrypted() {
    aws.putSecureParameter("/hier/db/password", "p");
    aws.putParameter("/hier/db/user", "u");

    apply("hier", "parameters", "dataFrom: [{find: {path: /hier}}]");

    soon().untilAsserted(() -> assertThat(data("hier")).isEqualTo(Map.of("_hier_db_password", "p", "_hier_db_user", "u")));
  }

  @Test
  void given_a_search_that_finds_nothing_when_synced_then_the_condition_says_so() {
    apply("nothing", "secrets", "dataFrom: [{find: {name: {regexp: nothing-is-named-so}}}]");

    soon().untilAsserted(() -> assertThat(reason("nothing")).isEqualTo("SourceNotFound"));
    assertThat(data("nothing")).isEmpty();
  }

  @Test
  void given_a_store_with_a_prefix_when_synced_then_it_stands_before_keys_and_bounds_searches() {
    aws.createSecret("prod/pfx/a", "{\"k\":\"1\"}");
    aws.createSecret("test/pfx/a", "{\"k\":\"2\"}");

    apply("prefixed", "prefixed", "data: [{secretKey: k, remoteRef: {key: pfx/a, property: k}}], dataFrom: [{find: {name: {regexp: pfx/}}}]");

    soon().untilAsserted(() -> assertThat(data("prefixed")).isEqualTo(Map.of("k", "1", "prod_pfx_a", "{\"k\":\"1\"}")));
  }

  @Test
  void given_static_keys_when_they_are_rotated_then_refreshes_and_owners_go_over_to_the_new_ones() {
    aws.createSecret("keys/db", "{\"k\":\"v\"}");
    var old = aws.addUser("old");
    var next = aws.addUser("next");
    keys(old.accessKeyId(), old.secretAccessKey());
    client
        .resource(
            """
            apiVersion: keyferry.dev/v1
            kind: SecretStore
            metadata: {name: own-keys, namespace: %s}
            spec:
              provider:
                aws:
                  service: SecretsManager
                  region: %s
                  auth: {secretRef: {accessKeyIDSecretRef: {name: keys, key: id}, secretAccessKeySecretRef: {name: keys, key: secret}}}
            """
                .formatted(NAMESPACE, aws.region()))
        .create();
    apply("own-keys", "own-keys, kind: SecretStore", "dataFrom: [{extract: {key: keys/db}}]");
    soon().untilAsserted(() -> assertThat(data("own-keys")).isEqualTo(Map.of("k", "v")));

    keys(next.accessKeyId(), next.secretAccessKey());
    aws.revoke(old.accessKeyId());

    soon().untilAsserted(() -> assertThat(aws.calls()).anyMatch(call -> call.principal().endsWith("user/next")));
    soon().untilAsserted(() -> assertThat(reason("own-keys")).isEqualTo("SecretSynced"));
  }

  @Test
  void given_allowed_roles_when_a_namespaced_store_names_another_then_it_is_refused() {
    client
        .resource(
            """
            apiVersion: keyferry.dev/v1
            kind: SecretStore
            metadata: {name: greedy, namespace: %s}
            spec: {provider: {aws: {service: SecretsManager, region: %s, role: "arn:aws:iam::%s:role/admin"}}}
            """
                .formatted(NAMESPACE, aws.region(), aws.accountId()))
        .create();
    apply("greedy", "greedy, kind: SecretStore", "dataFrom: [{extract: {key: any}}]");

    soon().untilAsserted(() -> assertThat(reason("greedy")).isEqualTo("StoreInvalid"));
  }

  private void store(String name, String aws) {
    client
        .resource(
            """
            apiVersion: keyferry.dev/v1
            kind: ClusterSecretStore
            metadata: {name: %s}
            spec: {provider: {aws: {%s, region: %s}}}
            """
                .formatted(name, aws, this.aws.region()))
        .create();
  }

  private void keys(String id, String secret) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("keys")
                .withNamespace(NAMESPACE)
                .endMetadata()
                .addToData("id", Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.UTF_8)))
                .addToData("secret", Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)))
                .build())
        .forceConflicts()
        .serverSideApply();
  }

  private void apply(String name, String store, String spec) {
    String kind = store.contains("kind:") ? store : store + ", kind: ClusterSecretStore";
    String inline = spec.contains("\n") ? spec.indent(2) : "  " + spec.replace("], dataFrom", "]\n  dataFrom") + "\n";
    client
        .resource(
            """
            apiVersion: keyferry.dev/v1
            kind: ExternalSecret
            metadata: {name: %s, namespace: %s}
            spec:
              secretStoreRef: {name: %s}
              refreshInterval: 1s
            """
                    .formatted(name, NAMESPACE, kind)
                + inline)
        .create();
  }

  private Map<String, String> data(String secret) {
    Secret found = client.secrets().inNamespace(NAMESPACE).withName(secret).get();
    Map<String, String> data = new TreeMap<>();
    if (found != null && found.getData() != null) {
      found.getData().forEach((key, value) -> data.put(key, new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8)));
    }
    return data;
  }

  private String reason(String name) {
    ExternalSecret found = client.resources(ExternalSecret.class).inNamespace(NAMESPACE).withName(name).get();
    return found.getStatus() == null ? null : found.getStatus().conditions().getFirst().reason();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(100));
  }
}
