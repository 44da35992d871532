package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.emulator.Assumption;
import dev.keyferry.emulator.AwsCall;
import dev.keyferry.emulator.TokenIssuer;
import dev.keyferry.emulator.Trust;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** From a ServiceAccount to AWS: the operator asks for its token under the shipped role, and STS verifies it by the API server's keys. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdentityClusterTest {

  private static final String VERIFIED = "True/IdentityVerified: reads SecretsManager in eu-central-1 as arn:aws:sts::123456789012:assumed-role/";
  private static final String INVALID = "False/CredentialsInvalid: ";

  private final Cluster cluster;
  private WebIdentities identities;

  IdentityClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    identities = WebIdentities.start(cluster);
    identities.aws.createSecret("shared/db", "{\"password\":\"first\"}");
  }

  @AfterAll
  void stop() {
    identities.close();
  }

  @Test
  void given_a_service_account_with_a_role_when_a_store_names_it_then_that_role_reads() {
    Tenant team = identities.tenantWithRole("irsa");
    team.extract("db", "aws", "shared/db");
    String session = team.namespace() + "/" + team.namespace() + "@aws";

    soon().untilAsserted(() -> assertThat(team.value("db", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(team.storeReady("aws")).isEqualTo(VERIFIED + session));
    assertThat(sessions(team.namespace())).extracting(Assumption::subject).containsExactly(subject(team, "app"));
    assertThat(readers()).contains("arn:aws:sts::123456789012:assumed-role/" + session);
  }

  @Test
  void given_a_role_on_top_when_read_then_the_service_accounts_role_assumes_it_with_external_id_and_tags() {
    Tenant team = identities.tenantWithRole("chain");
    identities.aws.deny(team.namespace(), "secretsmanager:*", "*");
    Trust trust = new Trust(Set.of(team.namespace()), "key-of-" + team.namespace(), null, Duration.ofHours(1));
    String reader = identities.aws.addRole(team.namespace() + "-reader", trust);
    team.store("chained", "app", "role: " + reader, "externalID: key-of-" + team.namespace(), "sessionTags: [{key: team, value: shop}]");
    team.extract("db", "chained", "shared/db");

    soon().untilAsserted(() -> assertThat(team.value("db", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(team.storeReady("chained")).startsWith(VERIFIED + team.namespace() + "-reader/"));
    assertThat(sessions(team.namespace() + "-reader")).singleElement().satisfies(session -> {
      assertThat(session.externalId()).isEqualTo("key-of-" + team.namespace());
      assertThat(session.tags()).containsEntry("team", "shop");
    });
  }

  @Test
  void given_a_trust_policy_with_another_subject_when_read_then_store_and_external_secret_say_what_to_check() {
    Tenant team = identities.tenant("subject");
    String role = identities.aws.addRole(team.namespace(), Trust.serviceAccount(team.namespace(), "other"));
    team.serviceAccount("app", role);
    team.store("aws", "app");
    team.extract("db", "aws", "shared/db");

    for (String said : List.of(eventually(() -> team.storeReady("aws")), eventually(() -> team.ready("db")))) {
      assertThat(said).startsWith(INVALID).contains(role, "trust policy", "sts:AssumeRoleWithWebIdentity", subject(team, "app"));
    }
    assertThat(team.secrets()).isEmpty();
  }

  @Test
  void given_keys_that_are_not_the_clusters_when_a_token_comes_then_sts_refuses_its_signature() {
    Tenant team = identities.tenant("signature");
    team.serviceAccount("app", identities.addRole(team, "app"));
    identities.aws.trustIssuer(cluster.issuer(), new TokenIssuer(cluster.issuer()).jwks(), ControlPlane.STS_AUDIENCE);
    try {
      team.store("aws", "app");
      assertThat(eventually(() -> team.storeReady("aws"))).startsWith(INVALID).contains("/openid/v1/jwks", team.namespace());
    } finally {
      identities.trustCluster();
    }
  }

  @Test
  void given_a_service_account_without_a_role_when_it_is_annotated_later_then_it_is_named_first_and_syncs_then() {
    Tenant team = identities.tenant("bare");
    team.serviceAccountWith("app", "");
    team.store("aws", "app");
    team.extract("db", "aws", "shared/db");
    String sentence =
        INVALID + "ServiceAccount " + team.namespace() + "/app has no annotation eks.amazonaws.com/role-arn. "
            + "Annotate it with the ARN of the role to assume.";

    soon().untilAsserted(() -> assertThat(team.storeReady("aws")).isEqualTo(sentence));
    soon().untilAsserted(() -> assertThat(team.ready("db")).isEqualTo(sentence));
    team.serviceAccount("app", identities.addRole(team, "app"));
    soon().untilAsserted(() -> assertThat(team.value("db", "password")).isEqualTo("first"));
  }

  @Test
  void given_an_audience_that_is_not_sts_when_a_token_is_asked_for_then_the_admission_policy_refuses_and_is_named() {
    Tenant team = identities.tenant("audience");
    String role = identities.addRole(team, "app");
    team.serviceAccountWith("app", "eks.amazonaws.com/role-arn: \"%s\", eks.amazonaws.com/audience: vault.test".formatted(role));
    // A policy takes hold some moments after it was applied.
    soon().until(() -> !token(team, "vault.test").succeeded());
    long mark = cluster.audit().mark();
    team.store("aws", "app");

    assertThat(eventually(() -> team.storeReady("aws")))
        .startsWith(INVALID)
        .contains("audience \"vault.test\"", team.namespace() + "/app", "keyferry-token-audiences", "eks.amazonaws.com/audience");
    assertThat(cluster.audit().since(mark).byOperator().in(team.namespace()).on("serviceaccounts/token").events())
        .isNotEmpty()
        .allSatisfy(request -> assertThat(request.code()).isEqualTo(403));
    assertThat(token(team, "sts.amazonaws.com").succeeded()).isTrue();
  }

  @Test
  void given_a_cluster_store_whose_service_account_has_no_namespace_then_each_namespace_reads_as_its_own() {
    String store = identities.rig.namespace + "-referent";
    cluster.apply("default", referentStore(store)).orFail();
    Tenant one = identities.tenantWithRole("referent-one");
    Tenant two = identities.tenantWithRole("referent-two");
    identities.aws.createSecret("only/" + one.namespace(), "{\"of\":\"one\"}");
    identities.aws.createSecret("only/" + two.namespace(), "{\"of\":\"two\"}");
    identities.aws.deny(one.namespace(), "secretsmanager:*", "only/" + two.namespace());
    identities.aws.deny(two.namespace(), "secretsmanager:*", "only/" + one.namespace());
    for (Tenant team : List.of(one, two)) {
      team.extractThroughCluster("own", store, "only/" + team.namespace());
    }
    one.extractThroughCluster("others", store, "only/" + two.namespace());

    soon().untilAsserted(() -> assertThat(one.value("own", "of")).isEqualTo("one"));
    soon().untilAsserted(() -> assertThat(two.value("own", "of")).isEqualTo("two"));
    soon().untilAsserted(() -> assertThat(one.ready("others")).startsWith("False/AccessDenied: ").contains("/" + one.namespace() + "@cluster." + store));
    soon().untilAsserted(() -> assertThat(Tenant.clusterStoreReady(cluster, store)).startsWith("Unknown/ReferentIdentity: "));
    cluster.kubectl("delete", "clustersecretstore", store).orFail();
  }

  @Test
  void given_the_operators_web_identity_when_a_store_has_no_auth_then_it_reads_with_the_operators_role() {
    identities.rig.extract("own", "shared/db");

    soon().untilAsserted(() -> assertThat(identities.rig.value("own", "password")).isEqualTo("first"));
    soon().untilAsserted(
        () -> assertThat(Tenant.clusterStoreReady(cluster, identities.rig.store())).startsWith(VERIFIED + WebIdentities.OPERATOR_ROLE + "/"));
    assertThat(sessions(WebIdentities.OPERATOR_ROLE))
        .extracting(Assumption::subject)
        .containsExactly("system:serviceaccount:keyferry-system:keyferry");
  }

  @Test
  void given_20_external_secrets_of_one_identity_when_they_sync_and_refresh_then_sts_was_asked_once() {
    Tenant team = identities.tenantWithRole("many");
    IntStream.range(0, 20).forEach(number -> identities.aws.createSecret(team.namespace() + "/" + number, "{\"number\":\"" + number + "\"}"));
    String store = "{name: aws, kind: SecretStore}";
    team.apply(
        IntStream.range(0, 20)
            .mapToObj(number -> team.externalSecret("es-" + number, store, team.namespace() + "/" + number))
            .collect(Collectors.joining("---\n")));

    soon().untilAsserted(() -> assertThat(team.secrets()).hasSize(20));
    soon().until(() -> timesRead(team.namespace() + "/7") >= 4);
    assertThat(identities.aws.calls())
        .filteredOn(call -> call.service().equals("sts") && call.ids().stream().anyMatch(arn -> arn.endsWith("/" + team.namespace())))
        .extracting(AwsCall::operation)
        .containsExactly("AssumeRoleWithWebIdentity");
  }

  private static String referentStore(String name) {
    return """
    apiVersion: keyferry.dev/v1
    kind: ClusterSecretStore
    metadata: {name: %s}
    spec: {provider: {aws: {service: SecretsManager, region: %s, auth: {jwt: {serviceAccountRef: {name: app}}}}}}
    """
        .formatted(name, Rig.REGION);
  }

  private List<Assumption> sessions(String role) {
    return identities.aws.assumptions().stream().filter(session -> session.roleArn().endsWith(":role/" + role)).toList();
  }

  private Set<String> readers() {
    return identities.aws.calls().stream()
        .filter(call -> call.service().equals("secretsmanager"))
        .map(AwsCall::principal)
        .collect(Collectors.toSet());
  }

  private long timesRead(String id) {
    return identities.aws.calls().stream().filter(call -> call.ids().contains(id)).count();
  }

  private static String subject(Tenant team, String serviceAccount) {
    return "system:serviceaccount:" + team.namespace() + ":" + serviceAccount;
  }

  private Command.Outcome token(Tenant team, String audience) {
    return cluster.kubectl("create", "token", "app", "-n", team.namespace(), "--audience", audience, "--as", Cluster.OPERATOR);
  }

  /** What a condition says once it says that something is wrong. */
  private static String eventually(Callable<String> condition) {
    return soon().until(condition, said -> said.startsWith("False/"));
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
  }
}
