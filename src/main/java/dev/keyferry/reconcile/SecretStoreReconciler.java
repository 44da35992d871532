package dev.keyferry.reconcile;

import dev.keyferry.api.v1.SecretStore;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

/** Says in a SecretStore's status whether its identity works. */
@ControllerConfiguration(name = "secretstore")
public final class SecretStoreReconciler implements Reconciler<SecretStore> {

  private final StoreParts parts;
  private final StoreSync<SecretStore> sync;

  /** Reconciles with those. */
  public SecretStoreReconciler(StoreParts parts) {
    this.parts = parts;
    this.sync = new StoreSync<>(parts, SecretStore::new);
  }

  @Override
  public List<EventSource<?, SecretStore>> prepareEventSources(EventSourceContext<SecretStore> context) {
    parts.caches().secretStores(context.getPrimaryCache());
    Wakeups<SecretStore> wakeups = new Wakeups<>("changes", parts.dependents()::storeChanged, this::deleted);
    sync.wakeBy(wakeups::wake);
    return List.of(wakeups);
  }

  @Override
  public UpdateControl<SecretStore> reconcile(SecretStore store, Context<SecretStore> context) throws InterruptedException {
    return sync.reconcile(store, () -> parts.stores().resolve(store));
  }

  private void deleted(SecretStore store) {
    sync.forget(store);
    parts.dependents().storeDeleted(store);
  }
}
