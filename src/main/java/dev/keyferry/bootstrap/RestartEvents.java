package dev.keyferry.bootstrap;

import dev.keyferry.restart.RestartListener;
import dev.keyferry.status.EventRecorder;

/** Passes what becomes of workloads on to metrics, and to people as Events on the workload. */
final class RestartEvents implements RestartListener {

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
        new EventRecorder.About("apps/v1", workload.kind(), workload.namespace(), workload.name(), workload.uid());
    switch (result) {
      case RESTARTED -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestart", message);
      case ALREADY_FRESH, SCALED_TO_ZERO -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestartNotNeeded", message);
      case DEFERRED_PAUSED -> events.record(about, EventRecorder.Type.NORMAL, "SecretRestartDeferred", message);
      case INVALID_ANNOTATION -> events.record(about, EventRecorder.Type.WARNING, "InvalidRestartAnnotation", message);
      case FAILED -> events.record(about, EventRecorder.Type.WARNING, "SecretRestartFailed", message);
      case ADOPTED -> {}
    }
  }

  @Override
  public void pending(int pending) {
    metrics.pending(pending);
  }
}
