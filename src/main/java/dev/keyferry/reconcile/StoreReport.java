package dev.keyferry.reconcile;

import dev.keyferry.api.v1.StoreStatus;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.status.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells people what a store's check found, when it is news. */
final class StoreReport {

  private final EventRecorder events;

  StoreReport(EventRecorder events) {
    this.events = events;
  }

  void ended(EventRecorder.About about, @Nullable StoreStatus before, Verdict verdict) {
    if (Conditions.isNews(before == null ? List.of() : before.conditions(), verdict)) {
      boolean warning = verdict.ready() == Verdict.Ready.FALSE;
      events.record(
          about, warning ? EventRecorder.Type.WARNING : EventRecorder.Type.NORMAL, verdict.reason().word(), verdict.message());
    }
  }
}
