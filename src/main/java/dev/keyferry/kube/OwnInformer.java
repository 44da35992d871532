package dev.keyferry.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A watched, cached view of one kind that keeps only what its owner needs of each object. It lists in pages of 500, and goes on trying for
 * ever when a list or a watch fails.
 *
 * <p>Events are delivered in order for each object, on a thread of the client, and carry the cached object as it is at delivery: a consumer
 * compares states and may see two changes as one, and then once more.
 *
 * @param <T> the kind
 */
public final class OwnInformer<T extends HasMetadata> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OwnInformer.class);
  private static final long PAGE = 500;

  private final Map<String, T> items = new ConcurrentHashMap<>();
  private final List<SharedIndexInformer<T>> informers = new ArrayList<>();
  private final AtomicBoolean started = new AtomicBoolean();
  private final Consumer<Event<T>> consumer;

  /**
   * Prepares the view; {@link #start} begins to watch.
   *
   * @param client whose requests need {@code list} and {@code watch} on the kind
   * @param type the kind, built in or custom, namespaced or not; from now on the client's own class for that kind
   * @param labelSelector as the API takes it, for example {@code a=b}; null takes every object
   * @param namespaces to watch, one watch each; empty watches all in one. Without meaning for a kind that is not namespaced
   * @param strip makes what is kept of an object; may change its argument and return it, must keep name, namespace, uid and resourceVersion
   * @param consumer told of every change; must be quick, and its exceptions are logged by class only
   */
  public OwnInformer(
      KubernetesClient client,
      Class<T> type,
      @Nullable String labelSelector,
      Collection<String> namespaces,
      UnaryOperator<T> strip,
      Consumer<Event<T>> consumer) {
    this.consumer = consumer;
    // What a watch tells is read as the class known for its kind, and only then made what was asked for.
    client.getKubernetesSerialization().registerKubernetesResource(type);
    boolean everywhere = namespaces.isEmpty() || !Namespaced.class.isAssignableFrom(type);
    for (String namespace : everywhere ? List.of("") : List.copyOf(namespaces)) {
      informers.add(informer(client, type, labelSelector, namespace, strip));
    }
  }

  private SharedIndexInformer<T> informer(
      KubernetesClient client, Class<T> type, @Nullable String labelSelector, String namespace, UnaryOperator<T> strip) {
    var all = client.resources(type);
    FilterWatchListDeletable<T, KubernetesResourceList<T>, Resource<T>> some =
        namespace.isEmpty() ? all.inAnyNamespace() : all.inNamespace(namespace);
    if (labelSelector != null) {
      some = some.withLabelSelector(labelSelector);
    }
    return some.withLimit(PAGE)
        .runnableInformer(0)
        .removeNamespaceIndex()
        .itemStore(new StrippedItems<>(items, strip))
        .exceptionHandler((running, failure) -> retry(type, failure))
        .addEventHandler(new Delivery());
  }

  private boolean retry(Class<T> type, Throwable failure) {
    LOG.warn("watching {} failed and is tried again: {}", type.getSimpleName(), described(failure));
    return true;
  }

  /** A message may quote the object that could not be read, so that only class and code are told. */
  private static String described(Throwable failure) {
    return failure instanceof KubernetesClientException known && known.getCode() > 0
        ? "HTTP " + known.getCode()
        : failure.getClass().getName();
  }

  /**
   * Begins to list and watch, without waiting for it. A second call does nothing.
   *
   * @return complete once {@link #synced}; for a second call, complete at once
   */
  public CompletionStage<Void> start() {
    if (!started.compareAndSet(false, true)) {
      return CompletableFuture.completedFuture(null);
    }
    return CompletableFuture.allOf(
        informers.stream().map(informer -> informer.start().toCompletableFuture()).toArray(CompletableFuture<?>[]::new));
  }

  /** Whether every object that existed at the start is in the view. Its event may still be on its way. */
  public boolean synced() {
    return started.get() && informers.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  /** Whether changes are heard of now: not for a moment after a connection broke. Also where watching has not begun. */
  public boolean watching() {
    return !started.get() || informers.stream().allMatch(SharedIndexInformer::isWatching);
  }

  /** What is kept of an object; the namespace is null for a kind that has none. Shared: not to be changed. */
  public Optional<T> get(@Nullable String namespace, String name) {
    return Optional.ofNullable(items.get(StrippedItems.key(namespace, name)));
  }

  /** What is kept of each object, now, in no order. Shared: not to be changed. */
  public List<T> list() {
    return List.copyOf(items.values());
  }

  /** Stops watching; the view stays as it was. */
  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::stop);
  }

  /**
   * A change.
   *
   * @param kind of what sort
   * @param object what is kept of the object, for a deletion what was kept last
   * @param previous what was kept before an update; null otherwise
   * @param <T> the kind of the object
   */
  public record Event<T>(Kind kind, T object, @Nullable T previous) {

    /** The sorts of change. */
    public enum Kind {
      /** The object is new to the view. */
      ADDED,
      /** The object is another than before. */
      UPDATED,
      /** The object is gone. */
      DELETED
    }
  }

  private final class Delivery implements ResourceEventHandler<T> {

    @Override
    public void onAdd(T object) {
      current(object, Event.Kind.ADDED, null);
    }

    @Override
    public void onUpdate(T previous, T object) {
      current(object, Event.Kind.UPDATED, previous);
    }

    @Override
    public void onDelete(T object, boolean stateUnknown) {
      deliver(new Event<>(Event.Kind.DELETED, object, null));
    }

    /** An object that has gone meanwhile is left to the deletion's own event. */
    private void current(T object, Event.Kind kind, @Nullable T previous) {
      get(object.getMetadata().getNamespace(), object.getMetadata().getName())
          .ifPresent(kept -> deliver(new Event<>(kind, kept, previous)));
    }

    private void deliver(Event<T> event) {
      try {
        consumer.accept(event);
      } catch (RuntimeException e) {
        LOG.error("the consumer of a watch failed: {}", e.getClass().getName());
      }
    }
  }
}
