package dev.keyferry.store;

import dev.keyferry.api.v1.AuthSpec;
import dev.keyferry.api.v1.AwsSpec;
import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ClusterSecretStoreSpec;
import dev.keyferry.api.v1.JwtAuth;
import dev.keyferry.api.v1.ProviderSpec;
import dev.keyferry.api.v1.SecretKeyRef;
import dev.keyferry.api.v1.SecretRefAuth;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.api.v1.SecretStoreSpec;
import dev.keyferry.api.v1.ServiceAccountRef;
import dev.keyferry.api.v1.StoreCondition;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores and namespaces in memory. */
final class StoreFixtures implements StoreLookup {

  final List<SecretStore> secretStores = new ArrayList<>();
  final List<ClusterSecretStore> clusterStores = new ArrayList<>();
  final Map<String, Map<String, String>> namespaces = new HashMap<>();

  static AwsSpec aws(@Nullable AuthSpec auth) {
    return new AwsSpec("SecretsManager", "eu-central-1", null, null, null, auth, null);
  }

  static AwsSpec endpoint(String endpoint) {
    return new AwsSpec("SecretsManager", "eu-central-1", null, null, null, null, endpoint);
  }

  static AuthSpec serviceAccount(@Nullable String namespace) {
    return new AuthSpec(null, new JwtAuth(new ServiceAccountRef("reader", namespace)));
  }

  static AuthSpec keys(@Nullable String namespace) {
    return new AuthSpec(
        new SecretRefAuth(new SecretKeyRef("aws", namespace, "id"), new SecretKeyRef("aws", namespace, "key"), null), null);
  }

  static SecretStore secretStore(String namespace, String name, AwsSpec aws) {
    SecretStore store = new SecretStore();
    store.setMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
    store.setSpec(new SecretStoreSpec(new ProviderSpec(aws)));
    return store;
  }

  static ClusterSecretStore clusterStore(String name, AwsSpec aws, StoreCondition... conditions) {
    ClusterSecretStore store = new ClusterSecretStore();
    store.setMetadata(new ObjectMetaBuilder().withName(name).build());
    store.setSpec(new ClusterSecretStoreSpec(new ProviderSpec(aws), List.of(conditions)));
    return store;
  }

  static ClusterSecretStore defaultStore(String name, StoreCondition... conditions) {
    ClusterSecretStore store = clusterStore(name, aws(null), conditions);
    store.getMetadata().setAnnotations(Map.of("keyferry.dev/default-store", "true"));
    return store;
  }

  static StoreCondition named(String... namespaces) {
    return new StoreCondition(List.of(namespaces), null, null);
  }

  static StoreCondition regex(String regex) {
    return new StoreCondition(null, null, List.of(regex));
  }

  Stores stores() {
    return new Stores(this, "keyferry.dev/default-store", host -> host.endsWith(".amazonaws.com"));
  }

  @Override
  public Optional<SecretStore> secretStore(String namespace, String name) {
    return secretStores.stream()
        .filter(store -> store.getMetadata().getNamespace().equals(namespace) && store.getMetadata().getName().equals(name))
        .findFirst();
  }

  @Override
  public Optional<ClusterSecretStore> clusterSecretStore(String name) {
    return clusterStores.stream().filter(store -> store.getMetadata().getName().equals(name)).findFirst();
  }

  @Override
  public List<ClusterSecretStore> clusterSecretStores() {
    return clusterStores;
  }

  @Override
  public Map<String, String> namespaceLabels(String namespace) {
    return namespaces.getOrDefault(namespace, Map.of());
  }
}
