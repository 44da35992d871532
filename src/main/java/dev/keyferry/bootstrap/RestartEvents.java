package dev.keyferry.bootstrap;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.restart.RestartListener;
import dev.keyferry.status.EventRecorder;
import java.time.Duration;
import java.util.Set;

/** Passes what becomes of workloads on to metrics, and to people as Events on the workload. */
final class RestartEvents implements RestartListener {

  private static final Set<String> QUIET = Set.of("Restarting", "Paused", "OutsideWindow", "RestartsOff");

  private final RestartListener metrics;
  private final EventRecorder events;

  RestartEvents(RestartListener metrics, EventRecorder events) {
    this.metrics = metrics;
    this.events = events;
  }

  @Override
  public void restart(WorkloadRef workload, Result result, String message) {
    metrics.restart(workload, result, message);
    EventRecorder.About about =
        new EventRecorder.About(workload.apiVersion(), workload.kind(), workload.namespace(), workload.name(), workload.uid());
    switch (result) {
      case RESTARTED, RESTARTED_NOW -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestart", message);
      case FULL_OUTAGE -> events.record(about, EventRecorder.Type.WARNING, "FullOutageRestart", message);
      case VERIFIED -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestartComplete", message);
      case ALREADY_FRESH, SCALED_TO_ZERO -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestartNotNeeded", message);
      case DEFERRED_PAUSED, DEFERRED_COOLDOWN, DEFERRED_WINDOW, DEFERRED_OFF ->
          events.record(about, EventRecorder.Type.NORMAL, "SecretRestartDeferred", message);
      case REPORTED -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestartReported", message);
      case DEFERRED_BUDGET -> events.record(about, EventRecorder.Type.WARNING, "SecretRestartBudgetExceeded", message);
      case DEFERRED_HALTED -> events.record(about, EventRecorder.Type.WARNING, "SecretRestartHalted", message);
      case PARTIAL, PARTIAL_ON_DELETE, PARTIAL_PARTITION -> events.record(about, EventRecorder.Type.WARNING, "StalePodsLeft", message);
      case REVERTED -> events.record(about, EventRecorder.Type.WARNING, "RestartMarkerReverted", message);
      case ROLLOUT_FAILED -> events.record(about, EventRecorder.Type.WARNING, "SecretRolloutFailed", message);
      case DEFERRED_PDB -> events.record(about, EventRecorder.Type.WARNING, "SecretRestartBlocked", message);
      case EVICTION_FORBIDDEN -> events.record(about, EventRecorder.Type.WARNING, "EvictionForbidden", message);
      case INVALID_ANNOTATION, INVALID_WINDOW, INVALID_OPTION ->
          events.record(about, EventRecorder.Type.WARNING, "InvalidRestartAnnotation", message);
      case FAILED -> events.record(about, EventRecorder.Type.WARNING, "SecretRestartFailed", message);
      case ADOPTED, DEFERRED_DEBOUNCE, DEFERRED_ROLLOUT, DEFERRED_CANARY, DEFERRED_PRIORITY, DEFERRED_IN_FLIGHT -> {}
    }
  }

  @Override
  public void pending(int pending) {
    metrics.pending(pending);
  }

  @Override
  public void inFlight(int inFlight) {
    metrics.inFlight(inFlight);
  }

  @Override
  public void stalePods(int pods) {
    metrics.stalePods(pods);
  }

  @Override
  public void rolled(WorkloadRef workload, Duration sinceChange) {
    metrics.rolled(workload, sinceChange);
  }

  @Override
  public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {
    metrics.workloads(namespace, name, uid, upToDate, reason, message);
    EventRecorder.About about = new EventRecorder.About(ApiGroup.API_VERSION, "ExternalSecret", namespace, name, uid);
    boolean good = upToDate || QUIET.contains(reason);
    events.record(about, good ? EventRecorder.Type.NORMAL : EventRecorder.Type.WARNING, upToDate ? "WorkloadsUpToDate" : reason, message);
  }
}
