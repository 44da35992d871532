package dev.keyferry.write;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.OwnInformer;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Watches the targets: Secrets with the managed label. In memory, each value is replaced by its keyed digest. What a write of ours returned
 * counts until the informer has caught up with it, and its echo is not a change.
 */
public final class TargetInformer implements TargetCache, AutoCloseable {

  private final OwnInformer<Secret> informer;
  private final DataDigests digests;
  private final Map<String, TargetView> settled = new ConcurrentHashMap<>();
  private final Map<String, Set<String>> byWriter = new ConcurrentHashMap<>();
  private final ChangeListener changes;

  /** Told of targets that changed. */
  @FunctionalInterface
  public interface ChangeListener {

    /**
     * A target is new, another than before, or gone.
     *
     * @param target as it is; as it was last, when it is gone
     * @param gone whether it is gone
     * @param own whether this is what the operator itself wrote
     */
    void changed(TargetView target, boolean gone, boolean own);
  }

  /**
   * Prepares the watch; {@link #start} begins it.
   *
   * @param namespaces to watch; empty watches all
   */
  public TargetInformer(KubernetesClient client, Collection<String> namespaces, DataDigests digests, ChangeListener changes) {
    this.digests = digests;
    this.changes = changes;
    this.informer =
        new OwnInformer<>(client, Secret.class, Marks.MANAGED + "=true", namespaces, this::strip, this::happened);
  }

  /** Begins to watch. */
  public void start() {
    informer.start();
  }

  /** Whether every target that existed at the start is known. */
  public boolean synced() {
    return informer.synced();
  }

  /** Whether changes are heard of now. */
  public boolean watching() {
    return informer.watching();
  }

  @Override
  public Optional<TargetView> get(String namespace, String name) {
    Optional<TargetView> watched = informer.get(namespace, name).map(TargetInformer::view);
    TargetView written = settled.get(key(namespace, name));
    if (written == null || (watched.isPresent() && !older(watched.get(), written))) {
      return watched;
    }
    return Optional.of(written);
  }

  @Override
  public Collection<TargetView> writtenBy(String namespace, String externalSecret) {
    Set<String> names = byWriter.getOrDefault(key(namespace, externalSecret), Set.of());
    return names.stream().map(name -> get(namespace, name)).flatMap(Optional::stream).toList();
  }

  @Override
  public void settled(TargetView view) {
    settled.put(key(view.namespace(), view.name()), view);
    index(view);
  }

  @Override
  public void removed(String namespace, String name) {
    settled.remove(key(namespace, name));
  }

  /** Every target, in no order. */
  public List<TargetView> all() {
    return informer.list().stream().map(TargetInformer::view).toList();
  }

  @Override
  public void close() {
    informer.close();
  }

  private void happened(OwnInformer.Event<Secret> event) {
    TargetView now = view(event.object());
    String key = key(now.namespace(), now.name());
    TargetView written = settled.get(key);
    switch (event.kind()) {
      case ADDED, UPDATED -> {
        if (written != null && older(now, written)) {
          return;
        }
        boolean own = written != null && written.sameContent(now);
        if (written != null) {
          settled.remove(key, written);
        }
        index(now);
        boolean same = event.previous() != null && view(event.previous()).sameContent(now);
        if (!same) {
          changes.changed(now, false, own);
        }
      }
      case DELETED -> {
        if (written == null || written.uid().equals(now.uid())) {
          settled.remove(key);
          now.records().keySet().forEach(writer -> unindex(now, writer));
          changes.changed(now, true, false);
        }
      }
    }
  }

  private void index(TargetView view) {
    view.records()
        .keySet()
        .forEach(
            writer ->
                byWriter.computeIfAbsent(key(view.namespace(), writer), _ -> ConcurrentHashMap.newKeySet()).add(view.name()));
  }

  private void unindex(TargetView view, String writer) {
    byWriter.computeIfPresent(
        key(view.namespace(), writer),
        (_, names) -> {
          names.remove(view.name());
          return names.isEmpty() ? null : names;
        });
  }

  private Secret strip(Secret secret) {
    var metadata = secret.getMetadata();
    Map<String, String> annotations = new TreeMap<>();
    if (metadata.getAnnotations() != null) {
      metadata
          .getAnnotations()
          .forEach(
              (name, value) -> {
                if (name.startsWith(Marks.RECORD_PREFIX) || name.equals(Marks.ADOPT) || name.equals(Marks.RELOADER_IGNORE)) {
                  annotations.put(name, value);
                }
              });
    }
    boolean managed = metadata.getLabels() != null && "true".equals(metadata.getLabels().get(Marks.MANAGED));
    return new SecretBuilder()
        .withMetadata(
            new ObjectMetaBuilder()
                .withNamespace(metadata.getNamespace())
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .withResourceVersion(metadata.getResourceVersion())
                .withDeletionTimestamp(metadata.getDeletionTimestamp())
                .withOwnerReferences(metadata.getOwnerReferences())
                .withAnnotations(annotations)
                .withLabels(managed ? Map.of(Marks.MANAGED, "true") : null)
                .build())
        .withImmutable(secret.getImmutable())
        .withData(digests.ofEncoded(secret.getData()))
        .build();
  }

  private static TargetView view(Secret stripped) {
    return TargetView.of(stripped, new TreeMap<>(stripped.getData() == null ? Map.of() : stripped.getData()));
  }

  /* Kubernetes compares resourceVersions of one kind as numbers since 1.35 (KEP-5504), and etcd's always were. */
  private static boolean older(TargetView one, TargetView other) {
    return number(one.resourceVersion()) < number(other.resourceVersion());
  }

  private static long number(@Nullable String resourceVersion) {
    try {
      return resourceVersion == null ? 0 : Long.parseLong(resourceVersion);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }
}
