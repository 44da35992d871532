package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ClusterSecretStore;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

/** Says in a ClusterSecretStore's status whether its identity works. */
@ControllerConfiguration(name = "clustersecretstore")
public final class ClusterSecretStoreReconciler implements Reconciler<ClusterSecretStore> {

  private final StoreParts parts;
  private final StoreSync<ClusterSecretStore> sync;

  /** Reconciles with those. */
  public ClusterSecretStoreReconciler(StoreParts parts) {
    this.parts = parts;
    this.sync = new StoreSync<>(parts, ClusterSecretStore::new);
  }

  @Override
  public List<EventSource<?, ClusterSecretStore>> prepareEventSources(EventSourceContext<ClusterSecretStore> context) {
    parts.caches().clusterSecretStores(context.getPrimaryCache());
    Wakeups<ClusterSecretStore> wakeups = new Wakeups<>("changes", parts.dependents()::storeChanged, this::deleted);
    sync.wakeBy(wakeups::wake);
    return List.of(wakeups);
  }

  @Override
  public UpdateControl<ClusterSecretStore> reconcile(ClusterSecretStore store, Context<ClusterSecretStore> context) throws InterruptedException {
    return sync.reconcile(store, () -> parts.stores().resolve(store, null));
  }

  private void deleted(ClusterSecretStore store) {
    sync.forget(store);
    parts.dependents().storeDeleted(store);
  }
}
