package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.api.v1.StoreStatus;
import dev.keyferry.emulator.Keys;
import dev.keyferry.emulator.Trust;
import dev.keyferry.status.Conditions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Which store an ExternalSecret gets and whom it reads as, under the shipped role. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreClusterTest {

  private final Cluster cluster;
  private Rig rig;

  StoreClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster);
    rig.aws.createSecret("app", "{\"a\":\"1\"}");
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  /** Applies an ExternalSecret with that name into a namespace; an empty reference is left out. */
  private void ask(String namespace, String name, String storeRef) {
    String reference = storeRef.isEmpty() ? "" : "secretStoreRef: {" + storeRef + "}";
    cluster
        .apply(
            namespace,
            """
            apiVersion: keyferry.dev/v1
            kind: ExternalSecret
            metadata: {name: %s}
            spec:
              %s
              refreshInterval: 2s
              dataFrom: [{extract: {key: app}}]
            """
                .formatted(name, reference))
        .orFail();
  }

  private String ready(String namespace, String name) {
    var status = cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespace).withName(name).require().getStatus();
    return status == null ? "" : ready(status.conditions());
  }

  private static String ready(List<StatusCondition> conditions) {
    return Conditions.find(conditions, Conditions.READY).map(ready -> ready.status() + "/" + ready.reason()).orElse("");
  }

  private void awaitReady(String namespace, String name, String expected) {
    soon().untilAsserted(() -> assertThat(ready(namespace, name)).isEqualTo(expected));
  }

  private void clusterStore(String name, String annotations, String conditions) {
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ClusterSecretStore
        metadata: {name: %s, annotations: {%s}}
        spec:
          provider: {aws: {service: SecretsManager, region: %s}}
          conditions: [%s]
        """
            .formatted(name, annotations, Rig.REGION, conditions));
  }

  /** Applies a SecretStore whose {@code provider.aws} goes on with that text. */
  private void store(String name, String more) {
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: SecretStore
        metadata: {name: %s}
        spec: {provider: {aws: {service: SecretsManager, region: %s%s}}}
        """
            .formatted(name, Rig.REGION, more));
  }

  private void keys(String name, Keys keys, String secret) {
    cluster.kubectl("delete", "secret", name, "-n", rig.namespace, "--ignore-not-found").orFail();
    rig.applySecret(name, Map.of("id", keys.accessKeyId(), "secret", secret));
  }

  private static String auth(String secret) {
    return ", auth: {secretRef: {accessKeyIDSecretRef: {name: %s, key: id}, secretAccessKeySecretRef: {name: %s, key: secret}}}"
        .formatted(secret, secret);
  }

  private StoreStatus storeStatus(String name) {
    return cluster.adminClient().resources(SecretStore.class).inNamespace(rig.namespace).withName(name).require().getStatus();
  }

  private void awaitStore(String name, String expected) {
    soon()
        .untilAsserted(
            () -> {
              StoreStatus status = storeStatus(name);
              assertThat(status == null ? "" : ready(status.conditions())).isEqualTo(expected);
            });
  }

  private String storeMessage(String name) {
    return Conditions.find(storeStatus(name).conditions(), Conditions.READY).orElseThrow().message();
  }

  private void label(String namespace, String label) {
    cluster.kubectl("label", "namespace", namespace, label).orFail();
  }

  @Test
  void given_no_cluster_store_when_it_appears_then_the_secret_is_synced() {
    String store = rig.namespace + "-late";
    ask(rig.namespace, "late", "name: %s, kind: ClusterSecretStore".formatted(store));
    rig.awaitReady("late", "False/StoreNotFound");
    assertThat(rig.message("late")).isEqualTo("ClusterSecretStore " + store + " does not exist");
    clusterStore(store, "", "");
    rig.awaitSynced("late");
    cluster.kubectl("delete", "clustersecretstore", store).orFail();
    rig.awaitReady("late", "False/StoreNotFound");
    assertThat(rig.value("late", "a")).isEqualTo("1");
    soon().untilAsserted(() -> assertThat(rig.events("late")).anyMatch(event -> event.startsWith("Warning StoreNotFound: ")));
  }

  @Test
  void given_no_store_when_it_appears_then_the_secret_is_synced() {
    ask(rig.namespace, "late-local", "name: late-local");
    rig.awaitReady("late-local", "False/StoreNotFound");
    assertThat(rig.message("late-local")).contains("SecretStore " + rig.namespace + "/late-local");
    store("late-local", "");
    rig.awaitSynced("late-local");
  }

  @Test
  void given_a_store_for_other_namespaces_when_it_admits_ours_then_the_secret_is_synced() {
    String store = rig.namespace + "-listed";
    clusterStore(store, "", "{namespaces: [somewhere-else]}");
    ask(rig.namespace, "listed", "name: %s, kind: ClusterSecretStore".formatted(store));
    rig.awaitReady("listed", "False/StoreNotAdmitted");
    assertThat(rig.message("listed")).contains(store, rig.namespace);
    clusterStore(store, "", "{namespaces: [somewhere-else, %s]}".formatted(rig.namespace));
    rig.awaitSynced("listed");
    cluster.kubectl("delete", "clustersecretstore", store).orFail();
  }

  @Test
  void given_a_store_for_labelled_namespaces_when_the_label_comes_and_goes_then_so_does_the_admission() {
    String store = rig.namespace + "-labelled";
    String namespace = cluster.newNamespace("labelled");
    clusterStore(store, "", "{namespaceSelector: {matchLabels: {team: shop}}}");
    ask(namespace, "labelled", "name: %s, kind: ClusterSecretStore".formatted(store));
    awaitReady(namespace, "labelled", "False/StoreNotAdmitted");
    label(namespace, "team=shop");
    awaitReady(namespace, "labelled", "True/SecretSynced");
    label(namespace, "team-");
    awaitReady(namespace, "labelled", "False/StoreNotAdmitted");
    assertThat(cluster.adminClient().secrets().inNamespace(namespace).withName("labelled").get()).isNotNull();
    cluster.kubectl("delete", "clustersecretstore", store).orFail();
  }

  @Test
  void given_a_regular_expression_when_it_matches_only_a_part_of_the_name_then_the_namespace_is_not_admitted() {
    String store = rig.namespace + "-regex";
    String whole = cluster.newNamespace("regex");
    String longer = cluster.newNamespace("not-regex");
    clusterStore(store, "", "{namespaceRegexes: ['regex-[0-9]+']}");
    ask(whole, "es", "name: %s, kind: ClusterSecretStore".formatted(store));
    ask(longer, "es", "name: %s, kind: ClusterSecretStore".formatted(store));
    awaitReady(whole, "es", "True/SecretSynced");
    awaitReady(longer, "es", "False/StoreNotAdmitted");
    cluster.kubectl("delete", "clustersecretstore", store).orFail();
  }

  @Test
  void given_a_regular_expression_that_is_none_when_used_then_the_store_says_so() {
    String store = rig.namespace + "-bad-regex";
    clusterStore(store, "", "{namespaceRegexes: ['team-(']}");
    ask(rig.namespace, "bad-regex", "name: %s, kind: ClusterSecretStore".formatted(store));
    rig.awaitReady("bad-regex", "False/StoreInvalid");
    assertThat(rig.message("bad-regex")).contains("namespaceRegexes", "team-(");
    soon().untilAsserted(() -> assertThat(clusterStoreReady(store)).isEqualTo("False/StoreInvalid"));
    cluster.kubectl("delete", "clustersecretstore", store).orFail();
  }

  private String clusterStoreReady(String name) {
    StoreStatus status = cluster.adminClient().resources(ClusterSecretStore.class).withName(name).require().getStatus();
    return status == null ? "" : ready(status.conditions());
  }

  @Test
  void given_no_reference_when_there_is_one_default_then_it_is_used_and_two_are_refused() {
    String here = "{namespaces: [%s]}".formatted(rig.namespace);
    String first = rig.namespace + "-default-1";
    String second = rig.namespace + "-default-2";
    String mark = "keyferry.dev/default-store: 'true'";
    ask(rig.namespace, "unnamed", "");
    rig.awaitReady("unnamed", "False/StoreNotFound");
    assertThat(rig.message("unnamed")).contains("keyferry.dev/default-store", rig.namespace);
    clusterStore(first, mark, here);
    rig.awaitSynced("unnamed");
    clusterStore(second, mark, here);
    rig.awaitReady("unnamed", "False/StoreInvalid");
    assertThat(rig.message("unnamed")).contains(first + ", " + second);
    clusterStore(first, "", here);
    rig.awaitSynced("unnamed");
    cluster.kubectl("delete", "clustersecretstore", first, second).orFail();
    rig.awaitReady("unnamed", "False/StoreNotFound");
  }

  @Test
  void given_the_operators_own_identity_when_checked_then_the_store_says_who_it_is() {
    soon().untilAsserted(() -> assertThat(clusterStoreReady(rig.store())).isEqualTo("True/IdentityVerified"));
    StoreStatus status = cluster.adminClient().resources(ClusterSecretStore.class).withName(rig.store()).require().getStatus();
    assertThat(status.identity()).isEqualTo("arn:aws:iam::123456789012:user/tester");
    assertThat(status.observedGeneration()).isEqualTo(1);
  }

  @Test
  void given_static_keys_when_read_then_it_is_their_user_who_reads() {
    Keys user = rig.aws.addUser("static-user");
    keys("keys", user, user.secretAccessKey());
    store("static", auth("keys"));
    awaitStore("static", "True/IdentityVerified");
    assertThat(storeStatus("static").identity()).isEqualTo("arn:aws:iam::123456789012:user/static-user");
    ask(rig.namespace, "static", "name: static");
    rig.awaitSynced("static");
    assertThat(rig.aws.calls())
        .anyMatch(call -> call.operation().endsWith("GetSecretValue") && call.principal().endsWith(":user/static-user"));
  }

  @Test
  void given_wrong_keys_when_corrected_then_store_and_external_secret_recover_by_themselves() {
    Keys user = rig.aws.addUser("mistaken");
    keys("wrong", user, "not-the-key-of-that-user-at-all-0123456789");
    store("wrong-keys", auth("wrong"));
    ask(rig.namespace, "wrong-keys", "name: wrong-keys");
    awaitStore("wrong-keys", "False/CredentialsInvalid");
    rig.awaitReady("wrong-keys", "False/CredentialsInvalid");
    assertThat(storeMessage("wrong-keys")).contains("secret access key").doesNotContain("not-the-key");
    assertThat(rig.message("wrong-keys")).contains("secret access key").doesNotContain("not-the-key");
    keys("wrong", user, user.secretAccessKey());
    rig.awaitSynced("wrong-keys");
    awaitStore("wrong-keys", "True/IdentityVerified");
  }

  @Test
  void given_missing_keys_when_they_appear_then_store_and_external_secret_recover_by_themselves() {
    store("no-keys", auth("absent"));
    ask(rig.namespace, "no-keys", "name: no-keys");
    awaitStore("no-keys", "False/CredentialsInvalid");
    rig.awaitReady("no-keys", "False/CredentialsInvalid");
    assertThat(rig.message("no-keys")).contains("Secret " + rig.namespace + "/absent");
    Keys user = rig.aws.addUser("belated");
    rig.applySecret("absent", Map.of("id", user.accessKeyId(), "secret", user.secretAccessKey()));
    rig.awaitSynced("no-keys");
    awaitStore("no-keys", "True/IdentityVerified");
  }

  @Test
  void given_a_role_with_external_id_and_tags_when_read_then_the_session_names_the_store() {
    String role = rig.aws.addRole("reader", Trust.externalId("ticket-7"));
    store("role", ", role: '%s', externalID: ticket-7, sessionTags: [{key: team, value: shop}]".formatted(role));
    ask(rig.namespace, "role", "name: role");
    awaitStore("role", "True/IdentityVerified");
    assertThat(storeStatus("role").identity())
        .isEqualTo("arn:aws:sts::123456789012:assumed-role/reader/" + rig.namespace + "@role");
    rig.awaitSynced("role");
  }

  @Test
  void given_a_wrong_external_id_when_assumed_then_store_and_external_secret_name_the_role() {
    String role = rig.aws.addRole("strict", Trust.externalId("ticket-8"));
    store("role-wrong", ", role: '%s', externalID: ticket-9".formatted(role));
    ask(rig.namespace, "role-wrong", "name: role-wrong");
    awaitStore("role-wrong", "False/CredentialsInvalid");
    rig.awaitReady("role-wrong", "False/CredentialsInvalid");
    assertThat(storeMessage("role-wrong")).contains("sts:AssumeRole", role);
    assertThat(rig.message("role-wrong")).contains("sts:AssumeRole", role);
  }

  @Test
  void given_session_tags_that_the_caller_may_not_set_when_assumed_then_the_missing_action_is_named() {
    String role = rig.aws.addRole("tagged", Trust.account());
    Keys user = rig.aws.addUser("tagless");
    rig.aws.deny("tagless", "sts:TagSession", "*");
    keys("tagless", user, user.secretAccessKey());
    store("tagged", ", role: '%s', sessionTags: [{key: team, value: shop}]%s".formatted(role, auth("tagless")));
    awaitStore("tagged", "False/CredentialsInvalid");
    assertThat(storeMessage("tagged")).contains("sts:TagSession");
    store("untagged", ", role: '%s'%s".formatted(role, auth("tagless")));
    awaitStore("untagged", "True/IdentityVerified");
  }

  @Test
  void given_an_endpoint_on_a_namespaced_store_when_not_allowed_then_it_is_refused_and_nobody_calls_it() {
    store("elsewhere", ", endpoint: 'https://evil.example.test'");
    ask(rig.namespace, "elsewhere", "name: elsewhere");
    awaitStore("elsewhere", "False/StoreInvalid");
    rig.awaitReady("elsewhere", "False/StoreInvalid");
    assertThat(rig.message("elsewhere")).contains("provider.aws.endpoint", "--allowed-endpoints");
  }
}
