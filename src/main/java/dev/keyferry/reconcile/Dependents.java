package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.api.v1.StoreRef;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Wakes the ExternalSecrets that something else has changed for: a store, a namespace's labels, a target, a source. */
public final class Dependents {

  private static final String BY_STORE = "keyferry-store";
  private static final String BY_TARGET = "keyferry-target";
  private static final String BY_NAMESPACE = "keyferry-namespace";
  private static final String DEFAULT = "default";

  private final Map<String, Object> lastSeenStores = new ConcurrentHashMap<>();
  private volatile @Nullable IndexerResourceCache<ExternalSecret> cache;
  private volatile @Nullable Wakeups<ExternalSecret> wakeups;

  void over(IndexerResourceCache<ExternalSecret> primaries, Wakeups<ExternalSecret> wake) {
    primaries.addIndexer(BY_STORE, Dependents::storeKeys);
    primaries.addIndexer(BY_TARGET, object -> List.of(object.getMetadata().getNamespace() + "/" + SyncSpec.targetName(object)));
    primaries.addIndexer(BY_NAMESPACE, object -> List.of(object.getMetadata().getNamespace()));
    cache = primaries;
    wakeups = wake;
  }

  /** Every ExternalSecret that is known. */
  public List<ExternalSecret> all() {
    IndexerResourceCache<ExternalSecret> primaries = cache;
    return primaries == null ? List.of() : primaries.list().toList();
  }

  /** The ExternalSecret of that owner text, see {@link #owner}. */
  Optional<ExternalSecret> find(String owner) {
    IndexerResourceCache<ExternalSecret> primaries = cache;
    int slash = owner.indexOf('/');
    return primaries == null ? Optional.empty() : primaries.get(new ResourceID(owner.substring(slash + 1), owner.substring(0, slash)));
  }

  /** Wakes the ExternalSecrets that want that Secret as their target. */
  public void targetChanged(String namespace, String name) {
    wake(BY_TARGET, namespace + "/" + name);
  }

  /** Wakes the ExternalSecret of that owner text, see {@link #owner}. */
  public void sourceChanged(String owner) {
    Wakeups<ExternalSecret> wake = wakeups;
    if (wake != null) {
      int slash = owner.indexOf('/');
      wake.wake(owner.substring(0, slash), owner.substring(slash + 1));
    }
  }

  /** Wakes the ExternalSecrets of a namespace, whose labels have changed. */
  public void namespaceChanged(String namespace) {
    wake(BY_NAMESPACE, namespace);
  }

  void storeChanged(SecretStore store) {
    String key = key(StoreRef.SECRET_STORE, store.getMetadata().getNamespace(), store.getMetadata().getName());
    if (differs(key, List.of(store.getMetadata().getUid(), store.getSpec()))) {
      wake(BY_STORE, key);
    }
  }

  void storeChanged(ClusterSecretStore store) {
    String key = key(StoreRef.CLUSTER_SECRET_STORE, "", store.getMetadata().getName());
    Map<String, String> annotations = store.getMetadata().getAnnotations();
    if (differs(key, List.of(store.getMetadata().getUid(), store.getSpec(), annotations == null ? Map.of() : annotations))) {
      wake(BY_STORE, key);
      wake(BY_STORE, DEFAULT);
    }
  }

  void storeDeleted(SecretStore store) {
    String key = key(StoreRef.SECRET_STORE, store.getMetadata().getNamespace(), store.getMetadata().getName());
    lastSeenStores.remove(key);
    wake(BY_STORE, key);
  }

  void storeDeleted(ClusterSecretStore store) {
    String key = key(StoreRef.CLUSTER_SECRET_STORE, "", store.getMetadata().getName());
    lastSeenStores.remove(key);
    wake(BY_STORE, key);
    wake(BY_STORE, DEFAULT);
  }

  /** How the planner knows an ExternalSecret. */
  static String owner(ExternalSecret object) {
    return object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
  }

  /* A store's own status changes with every check of its identity; those wake nobody. */
  private boolean differs(String key, Object state) {
    return !Objects.equals(lastSeenStores.put(key, state), state);
  }

  private void wake(String index, String key) {
    IndexerResourceCache<ExternalSecret> primaries = cache;
    Wakeups<ExternalSecret> wake = wakeups;
    if (primaries != null && wake != null && wake.isRunning()) {
      Set<String> woken = new TreeSet<>();
      primaries.byIndex(index, key).stream().filter(object -> woken.add(owner(object))).forEach(wake::wake);
    }
  }

  private static List<String> storeKeys(ExternalSecret object) {
    StoreRef ref = object.getSpec() == null ? null : object.getSpec().secretStoreRef();
    if (ref == null) {
      return List.of(DEFAULT);
    }
    boolean cluster = StoreRef.CLUSTER_SECRET_STORE.equals(ref.kindOrDefault());
    return List.of(key(ref.kindOrDefault(), cluster ? "" : object.getMetadata().getNamespace(), ref.name()));
  }

  private static String key(String kind, String namespace, String name) {
    return kind + "/" + namespace + "/" + name;
  }
}
