package dev.keyferry.reconcile;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.ResourceEventAware;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import java.util.function.Consumer;

/**
 * Wakes objects of one kind from anywhere, and tells of their own changes.
 *
 * @param <R> the kind
 */
final class Wakeups<R extends HasMetadata> extends SimpleInboundEventSource<R> implements ResourceEventAware<R> {

  private final Consumer<R> changed;
  private final Consumer<R> deleted;

  Wakeups(String name, Consumer<R> changed, Consumer<R> deleted) {
    super(name);
    this.changed = changed;
    this.deleted = deleted;
  }

  /** Reconciles the object soon; does nothing where there is none. */
  void wake(R object) {
    propagateEvent(ResourceID.fromResource(object));
  }

  /** Reconciles the object of that name soon. */
  void wake(String namespace, String name) {
    propagateEvent(new ResourceID(name, namespace));
  }

  @Override
  public void onResourceCreated(R object) {
    changed.accept(object);
  }

  @Override
  public void onResourceUpdated(R object, R before) {
    changed.accept(object);
  }

  @Override
  public void onResourceDeleted(R object) {
    deleted.accept(object);
  }
}
