package dev.keyferry.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.IdentitySpec.RoleLink;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which identity and which endpoints follow from a store. */
class StoreIdentityTest {

  private static final String ROLES = "arn:aws:iam::123456789012:role/";

  /** Nothing is looked up where the store is at hand. */
  private static final class Nothing implements StoreLookup {
    @Override
    public Optional<SecretStore> secretStore(String namespace, String name) {
      return Optional.empty();
    }

    @Override
    public Optional<ClusterSecretStore> clusterSecretStore(String name) {
      return Optional.empty();
    }

    @Override
    public List<ClusterSecretStore> clusterSecretStores() {
      return List.of();
    }

    @Override
    public Map<String, String> namespaceLabels(String namespace) {
      return Map.of();
    }
  }

  private static StoreResolution resolve(OperatorUse use, String aws) {
    SecretStore store =
        Serialization.unmarshal(
            """
            apiVersion: keyferry.dev/v1
            kind: SecretStore
            metadata: {name: aws, namespace: team-a}
            spec: {provider: {aws: {service: SecretsManager, region: eu-central-1, %s}}}
            """
                .formatted(aws),
            SecretStore.class);
    return new Stores(new Nothing(), "default", host -> true, use).resolve(store);
  }

  private static StorePlan plan(String aws) {
    return ((StoreResolution.Usable) resolve(OperatorUse.UNBOUND, aws)).plan();
  }

  @Test
  void given_additional_roles_when_resolved_then_they_come_before_the_role_and_each_has_its_own_options() {
    StorePlan plan =
        plan(
            "role: '" + ROLES + "last', externalID: last-id, sessionTags: [{key: env, value: prod}], transitiveTagKeys: [env],"
                + " additionalRoles: ['" + ROLES + "one', '" + ROLES + "two'],"
                + " additionalRoleOptions: [{role: '" + ROLES + "two', externalID: two-id, sessionTags: [{key: team, value: a}],"
                + " transitiveTagKeys: [team]}]");

    assertThat(plan.identity().chain())
        .containsExactly(
            new RoleLink(ROLES + "one", null, Map.of()),
            new RoleLink(ROLES + "two", "two-id", Map.of("team", "a"), List.of("team")),
            new RoleLink(ROLES + "last", "last-id", Map.of("env", "prod"), List.of("env")));
  }

  @Test
  void given_fips_and_dual_stack_when_resolved_then_reads_and_sts_use_them() {
    StorePlan plan = plan("useFips: true, useDualStack: true");

    assertThat(plan.kind()).isEqualTo(new EndpointKind(true, true)).isEqualTo(plan.identity().kind());
  }

  @Test
  void given_fips_beside_an_endpoint_when_resolved_then_the_store_is_invalid() {
    assertThat(resolve(OperatorUse.UNBOUND, "useFips: true, endpoint: 'https://vpce.example'")).isInstanceOf(StoreResolution.Invalid.class);
  }

  @Test
  void given_the_operators_identity_is_denied_when_a_store_names_no_auth_then_it_is_invalid() {
    assertThat(resolve(new OperatorUse(false, List.of()), "role: '" + ROLES + "one'")).isInstanceOf(StoreResolution.Invalid.class);
  }

  @Test
  void given_the_operators_identity_is_denied_when_a_store_has_a_service_account_then_it_may_assume_any_role() {
    assertThat(
            resolve(
                new OperatorUse(false, List.of(ROLES + "none")), "role: '" + ROLES + "one', auth: {jwt: {serviceAccountRef: {name: app}}}"))
        .isInstanceOf(StoreResolution.Usable.class);
  }

  @Test
  void given_allowed_roles_when_an_additional_role_is_not_among_them_then_the_store_is_invalid() {
    OperatorUse use = new OperatorUse(true, List.of(ROLES + "{namespace}-*"));

    assertThat(resolve(use, "role: '" + ROLES + "team-a-reader'")).isInstanceOf(StoreResolution.Usable.class);
    assertThat(resolve(use, "role: '" + ROLES + "team-a-reader', additionalRoles: ['" + ROLES + "hub']"))
        .isInstanceOfSatisfying(StoreResolution.Invalid.class, invalid -> assertThat(invalid.message()).contains(ROLES + "hub"));
  }
}
