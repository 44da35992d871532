package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What one tenant may read reaches no other, whatever is cached. That nothing was ever written into the other's namespace is shown by the
 * audit log, after its ExternalSecrets have been judged and the first one's have been read again.
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantIsolationClusterTest {

  private static final String STORE = "{name: aws, kind: SecretStore}";
  private static final int SECRETS = 10;

  private final Cluster cluster;
  private WebIdentities identities;
  private Tenant allowed;
  private Tenant denied;
  private String prefix;
  private long mark;

  TenantIsolationClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    identities = WebIdentities.start(cluster);
  }

  @AfterAll
  void stop() {
    identities.close();
  }

  @BeforeEach
  void twoTenants() {
    mark = cluster.audit().mark();
    allowed = identities.tenantWithRole("allowed");
    denied = identities.tenantWithRole("denied");
    prefix = "of-" + allowed.namespace() + "/";
    identities.aws.deny(denied.namespace(), "secretsmanager:GetSecretValue", prefix + "*");
  }

  @Test
  void given_a_value_that_one_tenant_has_when_another_without_the_right_asks_for_it_then_it_is_denied_before_and_after_a_rotation() {
    identities.aws.createSecret(prefix + "db", "{\"password\":\"first\"}");
    allowed.extract("db", "aws", prefix + "db");
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("first"));

    denied.extract("db", "aws", prefix + "db");
    soon().untilAsserted(() -> assertThat(denied.ready("db")).startsWith("False/AccessDenied: ").contains("/" + denied.namespace() + "@aws"));
    identities.aws.rotate(prefix + "db", "{\"password\":\"second\"}");
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("second"));

    assertThat(denied.ready("db")).startsWith("False/AccessDenied: ");
    nothingWasEverWritten();
  }

  @Test
  void given_two_tenants_that_ask_at_the_same_time_when_one_is_denied_then_it_gets_none_of_the_others_values() {
    List<String> documents = new ArrayList<>();
    for (int number = 0; number < SECRETS; number++) {
      identities.aws.createSecret(prefix + number, "{\"number\":\"" + number + "\"}");
      documents.add(denied.externalSecret("es-" + number, STORE, prefix + number));
      documents.add(allowed.externalSecret("es-" + number, STORE, prefix + number));
    }
    cluster.kubectlWithInput(String.join("---\n", documents), "apply", "--server-side", "-f", "-").orFail();

    soon().untilAsserted(() -> assertThat(allowed.secrets()).hasSize(SECRETS));
    IntStream.range(0, SECRETS)
        .forEach(number -> soon().untilAsserted(() -> assertThat(denied.ready("es-" + number)).startsWith("False/AccessDenied: ")));
    nothingWasEverWritten();
  }

  @Test
  void given_another_tenants_role_in_its_own_annotation_when_a_tenant_asks_then_sts_refuses_and_no_cache_answers() {
    identities.aws.createSecret(prefix + "db", "{\"password\":\"first\"}");
    allowed.extract("db", "aws", prefix + "db");
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("first"));

    denied.serviceAccount("thief", "arn:aws:iam::123456789012:role/" + allowed.namespace());
    denied.store("stolen", "thief");
    denied.extract("db", "stolen", prefix + "db");

    soon().untilAsserted(() -> assertThat(denied.ready("db")).startsWith("False/CredentialsInvalid: ").contains("trust policy"));
    nothingWasEverWritten();
  }

  @Test
  void given_another_tenants_access_key_id_without_its_secret_when_a_tenant_asks_then_the_signature_is_refused_and_no_cache_answers() {
    var keys = identities.aws.addUser("user-of-" + allowed.namespace());
    identities.aws.createSecret(prefix + "db", "{\"password\":\"first\"}");
    storeWithKeys(allowed, keys.accessKeyId(), keys.secretAccessKey());
    allowed.extract("db", "keys", prefix + "db");
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("first"));

    storeWithKeys(denied, keys.accessKeyId(), "a/guess/of/the/secret/access/key/of/others");
    denied.extract("db", "keys", prefix + "db");

    soon().untilAsserted(() -> assertThat(denied.ready("db")).startsWith("False/CredentialsInvalid: "));
    nothingWasEverWritten();
  }

  @Test
  void given_one_store_and_one_full_arn_when_each_reads_by_its_own_role_then_the_denied_one_gets_nothing_that_is_cached() {
    String store = clusterStore("auth: {jwt: {serviceAccountRef: {name: app}}}", "");
    String arn = identities.aws.createSecret(prefix + "db", "{\"password\":\"first\"}");
    allowed.extractThroughCluster("db", store, arn);
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("first"));

    denied.extractThroughCluster("db", store, arn);
    denied.extractThroughCluster("by-name", store, prefix + "db");

    soon().untilAsserted(() -> assertThat(denied.ready("db")).startsWith("False/AccessDenied: "));
    soon().untilAsserted(() -> assertThat(denied.ready("by-name")).startsWith("False/AccessDenied: "));
    nothingWasEverWritten();
  }

  @Test
  void given_a_right_that_is_taken_away_when_the_other_tenant_still_reads_then_its_new_values_stay_with_it() {
    identities.aws.clearPolicies(denied.namespace());
    identities.aws.createSecret(prefix + "db", "{\"password\":\"first\"}");
    allowed.extract("db", "aws", prefix + "db");
    denied.extract("db", "aws", prefix + "db");
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(denied.value("db", "password")).isEqualTo("first"));

    identities.aws.deny(denied.namespace(), "secretsmanager:GetSecretValue", prefix + "*");
    identities.aws.rotate(prefix + "db", "{\"password\":\"second\"}");
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("second"));

    soon().untilAsserted(() -> assertThat(denied.ready("db")).startsWith("False/AccessDenied: "));
    assertThat(denied.value("db", "password")).isEqualTo("first");
  }

  @Test
  void given_one_search_when_each_makes_it_by_its_own_role_then_the_denied_one_learns_no_names() {
    String store = clusterStore("auth: {jwt: {serviceAccountRef: {name: app}}}", "");
    identities.aws.deny(denied.namespace(), "secretsmanager:ListSecrets", "*");
    identities.aws.createSecret(prefix + "db", "first");
    find(allowed, store);
    soon().untilAsserted(() -> assertThat(allowed.secrets()).contains("found"));

    find(denied, store);

    soon().untilAsserted(() -> assertThat(denied.ready("found")).startsWith("False/AccessDenied: ").doesNotContain(prefix + "db"));
    nothingWasEverWritten();
  }

  @Test
  void given_one_identity_for_all_when_the_store_allows_keys_by_namespace_then_no_way_of_writing_a_key_evades_it() {
    String store =
        clusterStore(
            "",
            "conditions: [{namespaces: [%s]}, {namespaces: [%s], allowedKeys: [%smine]}]"
                .formatted(allowed.namespace(), denied.namespace(), prefix));
    String arn = identities.aws.createSecret(prefix + "db", "{\"password\":\"first\"}");
    String near = identities.aws.createSecret(prefix + "mine-not", "{\"password\":\"near\"}");
    allowed.extractThroughCluster("db", store, prefix + "db");
    allowed.extractThroughCluster("near", store, near);
    soon().untilAsserted(() -> assertThat(allowed.value("db", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(allowed.value("near", "password")).isEqualTo("near"));

    List<String> keys = List.of(prefix + "db", arn, arn.substring(0, arn.length() - 7), near, near.substring(0, near.length() - 7));
    for (int number = 0; number < keys.size(); number++) {
      denied.extractThroughCluster("es-" + number, store, keys.get(number));
    }
    find(denied, store);

    IntStream.range(0, keys.size())
        .forEach(number -> soon().untilAsserted(() -> assertThat(denied.ready("es-" + number)).startsWith("False/KeyNotAllowed: ")));
    soon().untilAsserted(() -> assertThat(denied.ready("found")).startsWith("False/KeyNotAllowed: "));
    nothingWasEverWritten();

    identities.aws.createSecret(prefix + "mine/db", "{\"password\":\"own\"}");
    denied.extractThroughCluster("own", store, prefix + "mine/db");
    soon().untilAsserted(() -> assertThat(denied.value("own", "password")).isEqualTo("own"));
  }

  private String clusterStore(String auth, String spec) {
    String name = "shared-" + denied.namespace();
    cluster
        .kubectlWithInput(
            """
            apiVersion: keyferry.dev/v1
            kind: ClusterSecretStore
            metadata: {name: %s}
            spec:
              provider:
                aws:
                  service: SecretsManager
                  region: %s
                  %s
              %s
            """
                .formatted(name, Rig.REGION, auth, spec),
            "apply",
            "-f",
            "-")
        .orFail();
    return name;
  }

  private void find(Tenant tenant, String store) {
    tenant.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: found}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          refreshInterval: 2s
          dataFrom: [{find: {path: "%s"}}]
        """
            .formatted(store, prefix));
  }

  private static void storeWithKeys(Tenant tenant, String accessKeyId, String secretAccessKey) {
    tenant.apply(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: aws-keys}
        stringData: {id: "%s", secret: "%s"}
        """
            .formatted(accessKeyId, secretAccessKey));
    tenant.storeWith(
        "keys", "auth: {secretRef: {accessKeyIDSecretRef: {name: aws-keys, key: id}, secretAccessKeySecretRef: {name: aws-keys, key: secret}}}");
  }

  private void nothingWasEverWritten() {
    AuditEvents writes = cluster.audit().since(mark).byOperator().writes().on("secrets");
    assertThat(writes.in(allowed.namespace()).count()).isPositive();
    assertThat(writes.in(denied.namespace()).summary()).isEmpty();
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
  }
}
