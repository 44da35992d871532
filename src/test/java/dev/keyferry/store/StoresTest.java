package dev.keyferry.store;

import static dev.keyferry.store.StoreFixtures.aws;
import static dev.keyferry.store.StoreFixtures.clusterStore;
import static dev.keyferry.store.StoreFixtures.defaultStore;
import static dev.keyferry.store.StoreFixtures.endpoint;
import static dev.keyferry.store.StoreFixtures.keys;
import static dev.keyferry.store.StoreFixtures.named;
import static dev.keyferry.store.StoreFixtures.regex;
import static dev.keyferry.store.StoreFixtures.secretStore;
import static dev.keyferry.store.StoreFixtures.serviceAccount;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.AwsSpec;
import dev.keyferry.api.v1.SessionTag;
import dev.keyferry.api.v1.StoreCondition;
import dev.keyferry.api.v1.StoreRef;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.SourceService;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoresTest {

  private final StoreFixtures cluster = new StoreFixtures();

  @Test
  void given_a_ref_without_kind_when_resolved_then_it_means_a_secret_store_of_the_same_namespace() {
    cluster.secretStores.add(secretStore("shop", "aws", aws(null)));
    cluster.secretStores.add(secretStore("other", "elsewhere", aws(null)));

    assertThat(plan(resolve("shop", "aws", null)).store()).isEqualTo("SecretStore shop/aws");
    assertThat(resolve("shop", "elsewhere", null))
        .isEqualTo(new StoreResolution.Missing("SecretStore shop/elsewhere does not exist"));
  }

  @Test
  void given_a_ref_to_a_cluster_store_when_resolved_then_it_is_found_or_named_as_missing() {
    cluster.clusterStores.add(clusterStore("aws", aws(null)));

    assertThat(plan(resolve("shop", "aws", "ClusterSecretStore")).store()).isEqualTo("ClusterSecretStore aws");
    assertThat(resolve("shop", "gone", "ClusterSecretStore"))
        .isEqualTo(new StoreResolution.Missing("ClusterSecretStore gone does not exist"));
  }

  @Test
  void given_an_unknown_kind_when_resolved_then_it_is_invalid() {
    assertThat(resolve("shop", "aws", "Vault"))
        .isInstanceOfSatisfying(StoreResolution.Invalid.class, invalid -> assertThat(invalid.message()).contains("kind", "\"Vault\""));
  }

  @Test
  void given_an_unknown_service_when_resolved_then_it_is_invalid() {
    cluster.secretStores.add(secretStore("shop", "aws", new AwsSpec("S3", "eu-central-1", null, null, null, null, null)));

    assertThat(resolve("shop", "aws", null))
        .isInstanceOfSatisfying(StoreResolution.Invalid.class, invalid -> assertThat(invalid.message()).contains("service", "\"S3\""));
  }

  @Test
  void given_a_store_when_resolved_then_service_region_role_and_tags_are_taken_over() {
    AwsSpec spec =
        new AwsSpec(
            "ParameterStore",
            "us-east-1",
            "arn:aws:iam::1:role/r",
            "ext",
            List.of(new SessionTag("team", "a"), new SessionTag("app", "b")),
            null,
            null);
    cluster.secretStores.add(secretStore("shop", "aws", spec));

    StorePlan plan = plan(resolve("shop", "aws", null));

    assertThat(plan.service()).isEqualTo(SourceService.PARAMETER_STORE);
    assertThat(plan.region()).isEqualTo("us-east-1");
    assertThat(plan.identity())
        .isEqualTo(
            new IdentitySpec(
                new IdentitySpec.OperatorBase(),
                List.of(new IdentitySpec.RoleLink("arn:aws:iam::1:role/r", "ext", Map.of("app", "b", "team", "a"))),
                "us-east-1",
                "shop@aws"));
  }

  @Test
  void given_no_ref_when_one_default_admits_the_namespace_then_it_is_used() {
    cluster.clusterStores.add(defaultStore("for-shop", named("shop")));
    cluster.clusterStores.add(defaultStore("for-others", named("others")));
    cluster.clusterStores.add(clusterStore("no-default", aws(null)));

    assertThat(plan(cluster.stores().resolve("shop", null)).store()).isEqualTo("ClusterSecretStore for-shop");
  }

  @Test
  void given_no_ref_when_no_default_admits_the_namespace_then_the_store_is_missing() {
    cluster.clusterStores.add(defaultStore("for-others", named("others")));

    assertThat(cluster.stores().resolve("shop", null)).isInstanceOf(StoreResolution.Missing.class);
  }

  @Test
  void given_no_ref_when_the_default_has_a_bad_regular_expression_then_that_is_said() {
    cluster.clusterStores.add(defaultStore("broken", regex("(")));

    assertThat(cluster.stores().resolve("shop", null))
        .isInstanceOfSatisfying(
            StoreResolution.Invalid.class,
            invalid -> assertThat(invalid.message()).contains("default store", "ClusterSecretStore broken", "\"(\" is not a regular expression"));
  }

  @Test
  void given_allowed_keys_when_resolved_then_those_of_the_admitting_conditions_hold() {
    cluster.clusterStores.add(
        clusterStore(
            "aws",
            aws(null),
            new StoreCondition(List.of("shop"), null, null, List.of("shop/")),
            new StoreCondition(List.of("billing"), null, null, List.of("billing/"))));

    assertThat(plan(resolve("shop", "aws", "ClusterSecretStore")).allowedKeys().prefixes()).containsExactly("shop/");
    assertThat(plan(resolve("billing", "aws", "ClusterSecretStore")).allowedKeys().prefixes()).containsExactly("billing/");
  }

  @Test
  void given_no_ref_when_two_defaults_admit_the_namespace_then_both_are_named() {
    cluster.clusterStores.add(defaultStore("b", named("shop")));
    cluster.clusterStores.add(defaultStore("a", named("shop")));

    assertThat(cluster.stores().resolve("shop", null))
        .isInstanceOfSatisfying(StoreResolution.Invalid.class, invalid -> assertThat(invalid.message()).endsWith("shop: a, b"));
  }

  @Test
  void given_a_namespace_that_is_not_admitted_when_resolved_then_it_is_refused() {
    cluster.clusterStores.add(clusterStore("aws", aws(null), named("others"), regex("team-.*")));

    assertThat(resolve("shop", "aws", "ClusterSecretStore")).isInstanceOf(StoreResolution.NotAdmitted.class);
    assertThat(resolve("team-a", "aws", "ClusterSecretStore")).isInstanceOf(StoreResolution.Usable.class);
  }

  @Test
  void given_a_bad_regex_when_resolved_then_the_store_is_invalid_for_all() {
    cluster.clusterStores.add(clusterStore("aws", aws(null), named("shop"), regex("(")));

    assertThat(resolve("shop", "aws", "ClusterSecretStore"))
        .isInstanceOfSatisfying(StoreResolution.Invalid.class, invalid -> assertThat(invalid.message()).contains("\"(\""));
  }

  @Test
  void given_a_cluster_store_whose_auth_names_no_namespace_when_resolved_then_the_identity_is_of_the_asking_namespace() {
    cluster.clusterStores.add(clusterStore("aws", aws(serviceAccount(null))));

    IdentitySpec identity = plan(resolve("shop", "aws", "ClusterSecretStore")).identity();

    assertThat(identity.base()).isEqualTo(new IdentitySpec.ServiceAccountBase("shop", "reader"));
    assertThat(identity.sessionName()).isEqualTo("shop@cluster.aws");
  }

  @Test
  void given_a_cluster_store_whose_auth_names_no_namespace_when_resolved_alone_then_there_is_no_verdict() {
    assertThat(cluster.stores().resolve(clusterStore("aws", aws(keys(null))), null)).isInstanceOf(StoreResolution.Referent.class);
  }

  @Test
  void given_a_cluster_store_whose_auth_names_a_namespace_when_resolved_then_all_share_one_identity() {
    cluster.clusterStores.add(clusterStore("aws", aws(keys("vault"))));

    IdentitySpec shop = plan(resolve("shop", "aws", "ClusterSecretStore")).identity();

    assertThat(shop.base())
        .isEqualTo(
            new IdentitySpec.StaticKeysBase(
                new IdentitySpec.KeyRef("vault", "aws", "id"), new IdentitySpec.KeyRef("vault", "aws", "key"), null));
    assertThat(shop).isEqualTo(plan(resolve("bank", "aws", "ClusterSecretStore")).identity());
    assertThat(shop.sessionName()).isEqualTo("cluster=aws");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "other"})
  void given_a_secret_store_whose_auth_names_a_namespace_when_resolved_then_it_is_refused(String namespace) {
    assertThat(cluster.stores().resolve(secretStore("shop", "aws", aws(serviceAccount(namespace)))))
        .isInstanceOf(StoreResolution.Invalid.class);
    assertThat(cluster.stores().resolve(secretStore("shop", "aws", aws(keys(namespace))))).isInstanceOf(StoreResolution.Invalid.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://secretsmanager.eu-central-1.amazonaws.com",
        "https://evil.example",
        "https://secretsmanager.amazonaws.com@evil.example",
        "https://evil.example/secretsmanager.amazonaws.com",
        "https://evil.example?x=.amazonaws.com",
        "https://evil.example#.amazonaws.com",
        "secretsmanager.eu-central-1.amazonaws.com",
        "https:///amazonaws.com",
        "https://169.254.169.254",
        "file:///etc/passwd",
        "not a uri",
        ""
      })
  void given_a_secret_store_with_a_foreign_endpoint_when_resolved_then_it_is_refused(String endpoint) {
    assertThat(cluster.stores().resolve(secretStore("shop", "aws", endpoint(endpoint)))).isInstanceOf(StoreResolution.Invalid.class);
  }

  @Test
  void given_a_secret_store_with_an_allowed_endpoint_when_resolved_then_it_is_used() {
    String vpc = "https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com";

    assertThat(plan(cluster.stores().resolve(secretStore("shop", "aws", endpoint(vpc)))).endpoint()).isEqualTo(vpc);
  }

  @Test
  void given_a_cluster_store_with_any_endpoint_when_resolved_then_it_is_used() {
    cluster.clusterStores.add(clusterStore("aws", endpoint("http://localhost:4566")));

    assertThat(plan(resolve("shop", "aws", "ClusterSecretStore")).endpoint()).isEqualTo("http://localhost:4566");
  }

  @Test
  void given_any_namespace_and_store_when_resolved_then_the_session_name_begins_with_its_namespace_and_is_legal() {
    Random random = new Random(17);
    for (int i = 0; i < 5_000; i++) {
      String namespace = name(random, 63);
      String store = name(random, 253);

      String session = plan(cluster.stores().resolve(secretStore(namespace, store, aws(null)))).identity().sessionName();

      assertThat(session).startsWith(namespace + "@").matches("[\\w+=,.@-]{2,64}");
    }
  }

  @Test
  void given_any_cluster_store_when_resolved_then_its_session_name_is_no_namespace_s() {
    Random random = new Random(18);
    for (int i = 0; i < 2_000; i++) {
      StoreResolution resolution = cluster.stores().resolve(clusterStore(name(random, 253), aws(null)), name(random, 63));

      assertThat(plan(resolution).identity().sessionName()).startsWith("cluster=").matches("[\\w+=,.@-]{2,64}").doesNotContain("@");
    }
  }

  private StoreResolution resolve(String namespace, String name, String kind) {
    return cluster.stores().resolve(namespace, new StoreRef(name, kind));
  }

  private static StorePlan plan(StoreResolution resolution) {
    assertThat(resolution).isInstanceOf(StoreResolution.Usable.class);
    return ((StoreResolution.Usable) resolution).plan();
  }

  /* A name that Kubernetes accepts: for a namespace a label, for a store a subdomain. */
  private static String name(Random random, int longest) {
    String inner = longest > 63 ? "abcz019-." : "abcz019-";
    int length = 1 + random.nextInt(longest);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      boolean edge = i == 0 || i == length - 1;
      text.append(edge ? 'a' : inner.charAt(random.nextInt(inner.length())));
    }
    return text.toString();
  }
}
