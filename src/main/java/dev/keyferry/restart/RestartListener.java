package dev.keyferry.restart;

/** Told of what becomes of workloads, for metrics and events. */
public interface RestartListener {

  /**
   * A decision was carried out, or failed.
   *
   * @param workload which
   * @param result what became of it
   * @param message for people: which Secrets moved, or what failed
   */
  void restart(WorkloadRef workload, Result result, String message);

  /**
   * How many workloads wait for a restart.
   *
   * @param pending the number now
   */
  void pending(int pending);

  /** What became of a workload. */
  enum Result {
    /** Its pod template was patched: it rolls. */
    RESTARTED,
    /** Its tokens were written down for the first time; it does not roll. */
    ADOPTED,
    /** All its pods are newer than the change; it does not roll. */
    ALREADY_FRESH,
    /** It has no replicas, so that nothing has to roll. */
    SCALED_TO_ZERO,
    /** It is paused; it rolls when it is resumed. */
    DEFERRED_PAUSED,
    /** Its annotation is not understood; it counts as off. */
    INVALID_ANNOTATION,
    /** The request to Kubernetes failed; it is tried again. */
    FAILED
  }

  /**
   * Names a workload.
   *
   * @param kind Deployment, StatefulSet or DaemonSet
   * @param namespace its namespace
   * @param name its name
   * @param uid its uid
   */
  record WorkloadRef(String kind, String namespace, String name, String uid) {}
}
