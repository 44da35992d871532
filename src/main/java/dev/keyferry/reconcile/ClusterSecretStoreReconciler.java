package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.StoreStatus;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.store.Stores;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.InstantSource;
import java.util.List;

/** Says in a ClusterSecretStore's status whether its identity works. */
@ControllerConfiguration(name = "clustersecretstore")
public final class ClusterSecretStoreReconciler implements Reconciler<ClusterSecretStore> {

  private final Gate gate;
  private final Stores stores;
  private final StoreCaches caches;
  private final Dependents dependents;
  private final StoreReport report;
  private final StoreCheck check;
  private final StatusWriter<StoreStatus, ClusterSecretStore> statuses;

  /** Reconciles with those. */
  public ClusterSecretStoreReconciler(
      Gate gate,
      Stores stores,
      StoreCaches caches,
      Dependents dependents,
      IdentityResolver identities,
      EventRecorder events,
      KubernetesClient client,
      RequestPermits permits,
      InstantSource clock) {
    this.gate = gate;
    this.stores = stores;
    this.caches = caches;
    this.dependents = dependents;
    this.report = new StoreReport(events);
    this.check = new StoreCheck(identities, clock);
    this.statuses = new StatusWriter<>(client, permits, ClusterSecretStore::new);
  }

  @Override
  public List<EventSource<?, ClusterSecretStore>> prepareEventSources(EventSourceContext<ClusterSecretStore> context) {
    caches.clusterSecretStores(context.getPrimaryCache());
    return List.of(new Wakeups<>("changes", dependents::storeChanged, this::deleted));
  }

  @Override
  public UpdateControl<ClusterSecretStore> reconcile(ClusterSecretStore store, Context<ClusterSecretStore> context) throws InterruptedException {
    gate.pass();
    StoreStatus before = statuses.current(store);
    StoreCheck.Checked checked = check.check(stores.resolve(store, null), before, store.getMetadata().getGeneration());
    report.ended(about(store), before, checked.verdict());
    statuses.write(store, checked.status());
    return checked
        .verdict()
        .again()
        .map(again -> UpdateControl.<ClusterSecretStore>noUpdate().rescheduleAfter(again))
        .orElseGet(UpdateControl::noUpdate);
  }

  private static EventRecorder.About about(ClusterSecretStore store) {
    var metadata = store.getMetadata();
    return new EventRecorder.About(ApiGroup.API_VERSION, "ClusterSecretStore", metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  private void deleted(ClusterSecretStore store) {
    statuses.forget(store.getMetadata().getUid());
    dependents.storeDeleted(store);
  }
}
