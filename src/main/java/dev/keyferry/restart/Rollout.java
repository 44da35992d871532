package dev.keyferry.restart;

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

  static Rollout of(AppsWorkload workload) {
    return switch (workload) {
      case AppsWorkload.Deployment _ -> ofDeployment(workload);
      case AppsWorkload.StatefulSet _ -> ofStatefulSet(workload);
      case AppsWorkload.DaemonSet _ -> ofDaemonSet(workload);
    };
  }

  private static Rollout ofDeployment(AppsWorkload workload) {
    var spec = workload.getSpec();
    var status = workload.getStatus();
    Style style =
        spec != null && spec.strategy() != null && "Recreate".equals(spec.strategy().type()) ? Style.ALL_AT_ONCE : Style.ROLLING;
    if (spec == null || status == null || status.observedGeneration() == null) {
      return new Rollout(Phase.UNSEEN, style);
    }
    boolean current = status.observedGeneration() >= number(workload.getMetadata().getGeneration());
    int desired = spec.replicas() == null ? 1 : spec.replicas();
    int updated = number(status.updatedReplicas());
    boolean replaced = updated >= desired && number(status.replicas()) <= updated;
    boolean complete = replaced && number(status.availableReplicas()) >= updated;
    if (current && replaced && !complete && progress(status, "NewReplicaSetAvailable")) {
      return new Rollout(Phase.UNAVAILABLE, style);
    }
    return new Rollout(phase(current, complete, progress(status, "ProgressDeadlineExceeded")), style);
  }

  private static Rollout ofStatefulSet(AppsWorkload workload) {
    var spec = workload.getSpec();
    var status = workload.getStatus();
    var strategy = spec == null ? null : spec.updateStrategy();
    int partition = strategy == null || strategy.rollingUpdate() == null ? 0 : number(strategy.rollingUpdate().partition());
    Style style =
        strategy != null && ON_DELETE.equals(strategy.type())
            ? Style.ON_DELETE
            : partition > 0 ? Style.PARTITIONED : Style.ROLLING;
    if (spec == null || status == null || status.observedGeneration() == null) {
      return new Rollout(Phase.UNSEEN, style);
    }
    boolean current = status.observedGeneration() >= number(workload.getMetadata().getGeneration());
    int desired = spec.replicas() == null ? 1 : spec.replicas();
    int wanted = style == Style.ON_DELETE ? 0 : Math.max(0, desired - partition);
    boolean same = status.updateRevision() == null || status.updateRevision().equals(status.currentRevision());
    boolean complete =
        number(status.updatedReplicas()) >= wanted
            && number(status.readyReplicas()) >= desired
            && (style != Style.ROLLING || same || number(status.updatedReplicas()) >= desired);
    boolean rolled = style == Style.ROLLING && same && number(status.replicas()) >= desired;
    return new Rollout(current && rolled && !complete ? Phase.UNAVAILABLE : phase(current, complete, false), style);
  }

  private static Rollout ofDaemonSet(AppsWorkload workload) {
    var spec = workload.getSpec();
    var status = workload.getStatus();
    Style style =
        spec != null && spec.updateStrategy() != null && ON_DELETE.equals(spec.updateStrategy().type())
            ? Style.ON_DELETE
            : Style.ROLLING;
    if (spec == null || status == null || status.observedGeneration() == null) {
      return new Rollout(Phase.UNSEEN, style);
    }
    boolean current = status.observedGeneration() >= number(workload.getMetadata().getGeneration());
    int desired = number(status.desiredNumberScheduled());
    boolean complete =
        (style == Style.ON_DELETE || number(status.updatedNumberScheduled()) >= desired)
            && number(status.numberAvailable()) >= desired;
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

  private static boolean progress(AppsWorkload.Status status, String reason) {
    return status.conditions() != null
        && status.conditions().stream().anyMatch(c -> "Progressing".equals(c.type()) && reason.equals(c.reason()));
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
