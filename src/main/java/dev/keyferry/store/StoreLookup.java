package dev.keyferry.store;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.SecretStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The stores and namespaces of the cluster, from caches; objects may not be changed. */
public interface StoreLookup {

  /** The SecretStore of that name. */
  Optional<SecretStore> secretStore(String namespace, String name);

  /** The ClusterSecretStore of that name. */
  Optional<ClusterSecretStore> clusterSecretStore(String name);

  /** Every ClusterSecretStore. */
  List<ClusterSecretStore> clusterSecretStores();

  /** The labels of a Namespace; empty where it is not known. */
  Map<String, String> namespaceLabels(String namespace);
}
