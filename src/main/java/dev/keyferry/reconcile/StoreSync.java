package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.StoreStatus;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.status.Verdict;
import dev.keyferry.store.StoreResolution;
import io.fabric8.kubernetes.client.CustomResource;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks stores of one kind and says in their statuses, and where it is news in an event, whether their identity works.
 *
 * @param <R> the kind
 */
final class StoreSync<R extends CustomResource<?, StoreStatus>> {

  private final StoreParts parts;
  private final StoreCheck check;
  private final StatusWriter<StoreStatus, R> statuses;
  private final Blips blips = new Blips();
  private volatile Consumer<R> wake = _ -> {};

  StoreSync(StoreParts parts, Supplier<R> empty) {
    this.parts = parts;
    this.check = new StoreCheck(parts.identities(), parts.sweeps(), parts.clock());
    this.statuses = new StatusWriter<>(parts.client(), parts.permits(), empty);
  }

  UpdateControl<R> reconcile(R store, Supplier<StoreResolution> resolution) throws InterruptedException {
    parts.gate().pass();
    StoreStatus before = statuses.current(store);
    String uid = store.getMetadata().getUid();
    Long generation = store.getMetadata().getGeneration();
    StoreResolution resolved = resolution.get();
    boolean told = parts.scopes().takeTold(uid);
    StoreCheck.Checked checked =
        (told ? check.again(resolved, before, generation) : Optional.<StoreCheck.Checked>empty())
            .orElseGet(() -> check.check(resolved, before, generation));
    parts.scopes().reads(uid, checked.scope(), () -> wake.accept(store));
    Verdict verdict = checked.verdict();
    if (isBlip(store, before, verdict)) {
      return again(verdict);
    }
    if (Conditions.isNews(before == null ? List.of() : before.conditions(), verdict)) {
      boolean warning = verdict.ready() == Verdict.Ready.FALSE;
      parts
          .events()
          .record(
              about(store),
              warning ? EventRecorder.Type.WARNING : EventRecorder.Type.NORMAL,
              verdict.reason().word(),
              verdict.message());
    }
    statuses.write(store, checked.status());
    return again(verdict);
  }

  private static <R extends CustomResource<?, StoreStatus>> UpdateControl<R> again(Verdict verdict) {
    return verdict.again().map(again -> UpdateControl.<R>noUpdate().rescheduleAfter(again)).orElseGet(UpdateControl::noUpdate);
  }

  /* STS that did not answer once is no news while the identity worked. */
  private boolean isBlip(R store, @Nullable StoreStatus before, Verdict verdict) {
    String uid = store.getMetadata().getUid();
    if (verdict.ready() != Verdict.Ready.FALSE || verdict.progress() != Verdict.Progress.RECONCILING) {
      blips.over(uid);
      return false;
    }
    return before != null
        && Objects.equals(before.observedGeneration(), store.getMetadata().getGeneration())
        && blips.untold(uid, before.conditions());
  }

  /** Gives what reconciles a store soon. */
  void wakeBy(Consumer<R> wakeups) {
    wake = wakeups;
  }

  /** Forgets a store that is gone. */
  void forget(R store) {
    parts.scopes().forget(store.getMetadata().getUid());
    statuses.forget(store.getMetadata().getUid());
    blips.over(store.getMetadata().getUid());
  }

  private EventRecorder.About about(R store) {
    var metadata = store.getMetadata();
    return new EventRecorder.About(
        ApiGroup.API_VERSION, store.getKind(), metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }
}
