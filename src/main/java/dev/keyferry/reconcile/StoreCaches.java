package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.kube.OwnInformer;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.store.StoreLookup;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The stores and namespaces of the cluster, from the caches of the controllers of stores and the informer of Namespaces. */
public final class StoreCaches implements StoreLookup {

  private final OwnInformer<Namespace> namespaces;
  private volatile @Nullable IndexedResourceCache<SecretStore> secretStores;
  private volatile @Nullable IndexedResourceCache<ClusterSecretStore> clusterSecretStores;

  /** Looks namespaces up in that informer. */
  public StoreCaches(OwnInformer<Namespace> namespaces) {
    this.namespaces = namespaces;
  }

  void secretStores(IndexedResourceCache<SecretStore> cache) {
    secretStores = cache;
  }

  void clusterSecretStores(IndexedResourceCache<ClusterSecretStore> cache) {
    clusterSecretStores = cache;
  }

  @Override
  public Optional<SecretStore> secretStore(String namespace, String name) {
    IndexedResourceCache<SecretStore> cache = secretStores;
    return cache == null ? Optional.empty() : cache.get(new ResourceID(name, namespace));
  }

  @Override
  public Optional<ClusterSecretStore> clusterSecretStore(String name) {
    IndexedResourceCache<ClusterSecretStore> cache = clusterSecretStores;
    return cache == null ? Optional.empty() : cache.get(new ResourceID(name));
  }

  @Override
  public List<ClusterSecretStore> clusterSecretStores() {
    IndexedResourceCache<ClusterSecretStore> cache = clusterSecretStores;
    return cache == null ? List.of() : cache.list().toList();
  }

  /** What an event about a store is about; the store by its text, such as {@code SecretStore shop/aws}. Empty where there is none. */
  public Optional<EventRecorder.About> about(String store) {
    String[] words = store.split("[ /]");
    Optional<? extends HasMetadata> found =
        words.length == 3 ? secretStore(words[1], words[2]) : words.length == 2 ? clusterSecretStore(words[1]) : Optional.empty();
    return found.map(
        object ->
            new EventRecorder.About(
                ApiGroup.API_VERSION,
                object.getKind(),
                object.getMetadata().getNamespace(),
                object.getMetadata().getName(),
                object.getMetadata().getUid()));
  }

  @Override
  public Map<String, String> namespaceLabels(String namespace) {
    return namespaces
        .get(null, namespace)
        .map(found -> found.getMetadata().getLabels())
        .orElse(Map.of());
  }
}
