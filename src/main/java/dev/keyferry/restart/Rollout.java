package dev.keyferry.restart;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import org.jspecify.annotations.Nullable;

/**
 * How far a workload's controller is with the pod template that it has now, by the rules of {@code kubectl rollout status}.
 *
 * @param phase how far
 * @param style how pods are replaced
 */
record Rollout(Phase phase, Style style) {

  /** Seen by no controller. */
  static final Rollout UNSEEN = new Rollout(Phase.UNSEEN, Style.ROLLING);

  private static final String ON_DELETE = "OnDelete";

  /** How far a rollout is. */
  enum Phase {
    /** No controller has ever looked at the workload, so that it has no pods. */
    UNSEEN,
    /** Pods are being replaced, or are not available yet. */
    PROGRESSING,
    /** Every pod was replaced and ran well once, but some are not available now. */
    UNAVAILABLE,
    /** The controller has done all that it is going to do. */
    COMPLETE,
    /** The controller says that it has not come on for too long. Only Deployments say so. */
    STUCK
  }

  /** How pods are replaced. */
  enum Style {
    /** A few at a time. */
    ROLLING,
    /** All are gone before the first new one comes. */
    ALL_AT_ONCE,
    /** The upper ordinals only. */
    PARTITIONED,
    /** When somebody deletes them. */
    ON_DELETE
  }

  static Rollout of(Deployment workload) {
    var spec = workload.getSpec();
    var status = workload.getStatus();
    Style style =
        spec != null && spec.getStrategy() != null && "Recreate".equals(spec.getStrategy().getType()) ? Style.ALL_AT_ONCE : Style.ROLLING;
    if (spec == null || status == null || status.getObservedGeneration() == null) {
      return new Rollout(Phase.UNSEEN, style);
    }
    boolean current = status.getObservedGeneration() >= number(workload.getMetadata().getGeneration());
    int desired = spec.getReplicas() == null ? 1 : spec.getReplicas();
    int updated = number(status.getUpdatedReplicas());
    boolean replaced = updated >= desired && number(status.getReplicas()) <= updated;
    boolean complete = replaced && number(status.getAvailableReplicas()) >= updated;
    if (current && replaced && !complete && progress(status, "NewReplicaSetAvailable")) {
      return new Rollout(Phase.UNAVAILABLE, style);
    }
    return new Rollout(phase(current, complete, progress(status, "ProgressDeadlineExceeded")), style);
  }

  static Rollout of(StatefulSet workload) {
    var spec = workload.getSpec();
    var status = workload.getStatus();
    var strategy = spec == null ? null : spec.getUpdateStrategy();
    int partition = strategy == null || strategy.getRollingUpdate() == null ? 0 : number(strategy.getRollingUpdate().getPartition());
    Style style =
        strategy != null && ON_DELETE.equals(strategy.getType())
            ? Style.ON_DELETE
            : partition > 0 ? Style.PARTITIONED : Style.ROLLING;
    if (spec == null || status == null || status.getObservedGeneration() == null) {
      return new Rollout(Phase.UNSEEN, style);
    }
    boolean current = status.getObservedGeneration() >= number(workload.getMetadata().getGeneration());
    int desired = spec.getReplicas() == null ? 1 : spec.getReplicas();
    int wanted = style == Style.ON_DELETE ? 0 : Math.max(0, desired - partition);
    boolean same = status.getUpdateRevision() == null || status.getUpdateRevision().equals(status.getCurrentRevision());
    boolean complete =
        number(status.getUpdatedReplicas()) >= wanted
            && number(status.getReadyReplicas()) >= desired
            && (style != Style.ROLLING || same || number(status.getUpdatedReplicas()) >= desired);
    boolean rolled = style == Style.ROLLING && same && number(status.getReplicas()) >= desired;
    return new Rollout(current && rolled && !complete ? Phase.UNAVAILABLE : phase(current, complete, false), style);
  }

  static Rollout of(DaemonSet workload) {
    var spec = workload.getSpec();
    var status = workload.getStatus();
    Style style =
        spec != null && spec.getUpdateStrategy() != null && ON_DELETE.equals(spec.getUpdateStrategy().getType())
            ? Style.ON_DELETE
            : Style.ROLLING;
    if (spec == null || status == null || status.getObservedGeneration() == null) {
      return new Rollout(Phase.UNSEEN, style);
    }
    boolean current = status.getObservedGeneration() >= number(workload.getMetadata().getGeneration());
    int desired = number(status.getDesiredNumberScheduled());
    boolean complete =
        (style == Style.ON_DELETE || number(status.getUpdatedNumberScheduled()) >= desired)
            && number(status.getNumberAvailable()) >= desired;
    return new Rollout(phase(current, complete, false), style);
  }

  /** The same just after the pod template was changed: no controller has seen that. */
  Rollout begun() {
    return phase == Phase.UNSEEN ? this : new Rollout(Phase.PROGRESSING, style);
  }

  /** Whether pods are being replaced, or not all of them are available. */
  boolean underWay() {
    return phase == Phase.PROGRESSING || phase == Phase.UNAVAILABLE;
  }

  private static boolean progress(DeploymentStatus status, String reason) {
    return status.getConditions() != null
        && status.getConditions().stream().anyMatch(c -> "Progressing".equals(c.getType()) && reason.equals(c.getReason()));
  }

  private static Phase phase(boolean current, boolean complete, boolean stuck) {
    if (!current) {
      return Phase.PROGRESSING;
    }
    return complete ? Phase.COMPLETE : stuck ? Phase.STUCK : Phase.PROGRESSING;
  }

  private static int number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private static long number(@Nullable Long count) {
    return count == null ? 0 : count;
  }
}
