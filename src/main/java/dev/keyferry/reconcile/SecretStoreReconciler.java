package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.SecretStore;
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

/** Says in a SecretStore's status whether its identity works. */
@ControllerConfiguration(name = "secretstore")
public final class SecretStoreReconciler implements Reconciler<SecretStore> {

  private final Gate gate;
  private final Stores stores;
  private final StoreCaches caches;
  private final Dependents dependents;
  private final StoreReport report;
  private final StoreCheck check;
  private final StatusWriter<StoreStatus, SecretStore> statuses;

  /** Reconciles with those. */
  public SecretStoreReconciler(
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
    this.statuses = new StatusWriter<>(client, permits, SecretStore::new);
  }

  @Override
  public List<EventSource<?, SecretStore>> prepareEventSources(EventSourceContext<SecretStore> context) {
    caches.secretStores(context.getPrimaryCache());
    return List.of(new Wakeups<>("changes", dependents::storeChanged, this::deleted));
  }

  @Override
  public UpdateControl<SecretStore> reconcile(SecretStore store, Context<SecretStore> context) throws InterruptedException {
    gate.pass();
    StoreStatus before = statuses.current(store);
    StoreCheck.Checked checked = check.check(stores.resolve(store), before, store.getMetadata().getGeneration());
    report.ended(about(store), before, checked.verdict());
    statuses.write(store, checked.status());
    return checked
        .verdict()
        .again()
        .map(again -> UpdateControl.<SecretStore>noUpdate().rescheduleAfter(again))
        .orElseGet(UpdateControl::noUpdate);
  }

  private static EventRecorder.About about(SecretStore store) {
    var metadata = store.getMetadata();
    return new EventRecorder.About(ApiGroup.API_VERSION, "SecretStore", metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  private void deleted(SecretStore store) {
    statuses.forget(store.getMetadata().getUid());
    dependents.storeDeleted(store);
  }
}
