package dev.keyferry.restart;

import java.time.Duration;

/** Told of what becomes of workloads, for metrics and events. */
public interface RestartListener {

  /**
   * A decision was carried out, or failed. What lasts is told when it begins.
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

  /**
   * How many restarts are under way: triggered, and not seen complete.
   *
   * @param inFlight the number now
   */
  void inFlight(int inFlight);

  /**
   * How many pods are known to run with what their Secret held before, in workloads that wait or whose rollout left them behind.
   *
   * @param pods the number now
   */
  void stalePods(int pods);

  /**
   * A restart is complete.
   *
   * @param workload which
   * @param sinceChange from the write of the Secret to the sight of the complete rollout
   */
  void rolled(WorkloadRef workload, Duration sinceChange);

  /**
   * The condition of an ExternalSecret about its workloads has changed.
   *
   * @param namespace of the ExternalSecret
   * @param name its name
   * @param uid its uid
   * @param upToDate whether every workload runs with what its target holds
   * @param reason why, in one word
   * @param message why, for people
   */
  void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message);

  /** What became of a workload. */
  enum Result {
    /** Its pod template was patched: it rolls. */
    RESTARTED("restarted", "changed"),
    /** The same, because somebody asked for it. */
    RESTARTED_NOW("restarted", "asked"),
    /** Its restart takes all pods away before the first new one comes. */
    FULL_OUTAGE("outage", "recreate"),
    /** Its rollout is complete, and no pod of before is left. */
    VERIFIED("verified", ""),
    /** Its rollout does not come to its end; it is watched further. */
    ROLLOUT_FAILED("rollout_failed", ""),
    /** Its controller is done, but pods of before are left. */
    PARTIAL("partial", "left"),
    /** The same, since pods are replaced only when somebody deletes them. */
    PARTIAL_ON_DELETE("partial", "on_delete"),
    /** The same, since a partition spares them. */
    PARTIAL_PARTITION("partial", "partition"),
    /** Something took the pod template's annotation back before the pods were replaced. */
    REVERTED("reverted", ""),
    /** Its tokens were written down for the first time; it does not roll. */
    ADOPTED("adopted", ""),
    /** All its pods are newer than the change; it does not roll. */
    ALREADY_FRESH("skipped", "fresh"),
    /** It has no replicas, so that nothing has to roll. */
    SCALED_TO_ZERO("skipped", "no_replicas"),
    /** It is paused; it rolls when it is resumed. */
    DEFERRED_PAUSED("deferred", "paused"),
    /** Its Secrets may change further. */
    DEFERRED_DEBOUNCE("deferred", "debounce"),
    /** A rollout is under way. */
    DEFERRED_ROLLOUT("deferred", "rollout"),
    /** It was restarted a short while ago. */
    DEFERRED_COOLDOWN("deferred", "cooldown"),
    /** It was restarted often within an hour. */
    DEFERRED_BUDGET("deferred", "budget"),
    /** Its maintenance window is not open. */
    DEFERRED_WINDOW("deferred", "window"),
    /** Another one goes first. */
    DEFERRED_CANARY("deferred", "canary"),
    /** Others of a higher priority go first. */
    DEFERRED_PRIORITY("deferred", "priority"),
    /** The rollout of another one that uses the same Secret failed. */
    DEFERRED_HALTED("deferred", "halted"),
    /** A PodDisruptionBudget lets no pod go now. */
    DEFERRED_PDB("deferred", "pdb"),
    /** The operator may not evict pods. */
    EVICTION_FORBIDDEN("failed", "eviction"),
    /** Enough others are under way. */
    DEFERRED_IN_FLIGHT("deferred", "in_flight"),
    /** Nothing is restarted at all. */
    DEFERRED_OFF("deferred", "off"),
    /** It would be restarted, but that is only told. */
    REPORTED("reported", ""),
    /** Its annotation is not understood; it counts as off. */
    INVALID_ANNOTATION("invalid", "restart_on_change"),
    /** The annotation with its maintenance window is not understood; it counts as always open. */
    INVALID_WINDOW("invalid", "window"),
    /** Its priority or what it reloads by itself is not understood; it counts as not said. */
    INVALID_OPTION("invalid", "option"),
    /** The request to Kubernetes failed; it is tried again. */
    FAILED("failed", "request");

    private final String word;
    private final String reason;

    Result(String word, String reason) {
      this.word = word;
      this.reason = reason;
    }

    /** The result, in one word for metrics. */
    public String word() {
      return word;
    }

    /** Which sort of it, in one word for metrics; empty where there is one sort. */
    public String reason() {
      return reason;
    }
  }

  /**
   * Names a workload.
   *
   * @param kind Deployment, StatefulSet, DaemonSet or Rollout
   * @param namespace its namespace
   * @param name its name
   * @param uid its uid
   */
  record WorkloadRef(String kind, String namespace, String name, String uid) {

    /** The API version that goes with the kind. */
    public String apiVersion() {
      return kind.equals(WorkloadKind.ROLLOUT.kind()) ? WorkloadKind.ROLLOUT.apiVersion() : WorkloadKind.DEPLOYMENT.apiVersion();
    }
  }
}
