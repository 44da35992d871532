package dev.keyferry.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.AwsSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionTagsTest {

  private static final String ROLE = "role: 'arn:aws:iam::123456789012:role/app', sessionTags: [{key: a, value: b}]";

  private final StoreFixtures cluster = new StoreFixtures();

  private static AwsSpec aws(String more) {
    return Serialization.unmarshal("---\n{service: SecretsManager, region: eu-central-1, " + more + "}", AwsSpec.class);
  }

  private StoreResolution throughCluster(String more, String namespace) {
    return cluster.stores().resolve(StoreFixtures.clusterStore("aws", aws(more)), namespace);
  }

  private static Map<String, String> tags(StoreResolution resolution) {
    return ((StoreResolution.Usable) resolution).plan().identity().chain().getLast().sessionTags();
  }

  @Test
  void given_no_policy_when_resolved_then_the_written_tags_hold() {
    assertThat(tags(throughCluster(ROLE, "shop"))).isEqualTo(Map.of("a", "b"));
    assertThat(tags(throughCluster(ROLE + ", sessionTagsPolicy: None", "shop"))).isEqualTo(Map.of("a", "b"));
  }

  @Test
  void given_simple_when_resolved_then_the_tags_name_who_reads_in_place_of_the_written_ones() {
    assertThat(tags(throughCluster(ROLE + ", sessionTagsPolicy: Simple", "shop")))
        .isEqualTo(Map.of("esoNamespace", "shop", "esoStoreName", "aws", "esoStoreKind", "ClusterSecretStore"));
    assertThat(tags(cluster.stores().resolve(StoreFixtures.secretStore("shop", "own", aws(ROLE + ", sessionTagsPolicy: Simple")))))
        .isEqualTo(Map.of("esoNamespace", "shop", "esoStoreName", "own", "esoStoreKind", "SecretStore"));
  }

  @Test
  void given_custom_when_resolved_then_further_tags_are_added_and_reserved_ones_are_not_overwritten() {
    String more = ", sessionTagsPolicy: Custom, customSessionTags: {team: payments, esoNamespace: forged}";

    assertThat(tags(throughCluster(ROLE + more, "shop")))
        .isEqualTo(
            Map.of("esoNamespace", "shop", "esoStoreName", "aws", "esoStoreKind", "ClusterSecretStore", "team", "payments"));
  }

  @Test
  void given_tags_that_name_the_namespace_when_the_store_alone_is_resolved_then_its_identity_is_referent() {
    assertThat(throughCluster(ROLE + ", sessionTagsPolicy: Simple", null)).isInstanceOf(StoreResolution.Referent.class);
    assertThat(throughCluster(ROLE, null)).isInstanceOf(StoreResolution.Usable.class);
  }

  @Test
  void given_two_namespaces_when_resolved_then_their_identities_differ() {
    assertThat(((StoreResolution.Usable) throughCluster(ROLE + ", sessionTagsPolicy: Simple", "a")).plan().identity())
        .isNotEqualTo(((StoreResolution.Usable) throughCluster(ROLE + ", sessionTagsPolicy: Simple", "b")).plan().identity());
  }

  @Test
  void given_an_unknown_policy_when_resolved_then_it_is_invalid() {
    assertThat(throughCluster(ROLE + ", sessionTagsPolicy: Loose", "shop"))
        .isInstanceOfSatisfying(StoreResolution.Invalid.class, invalid -> assertThat(invalid.message()).contains("\"Loose\""));
  }
}
