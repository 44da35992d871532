package dev.keyferry.restart;

import dev.keyferry.restart.Rollout.Phase;
import dev.keyferry.restart.Rollout.Style;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads how far an Argo Rollout is, by the rules of {@code kubectl argo rollouts status}, and whether all its pods were restarted. */
final class ArgoStatus {

  private ArgoStatus() {}

  /**
   * How far it is.
   *
   * @param behind the generation of the Deployment that it takes its pod template from; null where it has its own
   */
  static Rollout of(ArgoRollout rollout, @Nullable Long behind) {
    ArgoRollout.Status status = rollout.status();
    String observed = status.observedGeneration();
    if (observed == null) {
      return new Rollout(Phase.UNSEEN, Style.ROLLING);
    }
    Long generation = rollout.getMetadata().getGeneration();
    boolean current =
        reached(observed, generation) && (behind == null || reached(status.workloadObservedGeneration(), behind));
    return new Rollout(current ? phase(rollout, status) : Phase.PROGRESSING, Style.ROLLING);
  }

  /** Whether a person has to do something before it goes on: it is paused, at a step or as a whole, or aborted. */
  static boolean held(ArgoRollout rollout) {
    ArgoRollout.Status status = rollout.status();
    boolean atStep = status.pauseConditions() != null && !status.pauseConditions().isEmpty();
    return Boolean.TRUE.equals(rollout.spec().paused()) || Boolean.TRUE.equals(status.abort()) || atStep;
  }

  /** What is held is as far as it gets, unless it still restarts pods. */
  private static Phase phase(ArgoRollout rollout, ArgoRollout.Status status) {
    if (restarting(rollout, status)) {
      return failed(status) ? Phase.STUCK : Phase.PROGRESSING;
    }
    String phase = status.phase();
    int desired = Objects.requireNonNullElse(rollout.spec().replicas(), 1);
    boolean available = Objects.requireNonNullElse(status.availableReplicas(), 0) >= desired;
    boolean updated = Objects.requireNonNullElse(status.updatedReplicas(), 0) >= desired;
    boolean healthy = phase == null || "Healthy".equals(phase);
    if (available && (healthy && updated || held(rollout))) {
      return Phase.COMPLETE;
    }
    return failed(status) ? Phase.STUCK : Phase.PROGRESSING;
  }

  private static boolean restarting(ArgoRollout rollout, ArgoRollout.Status status) {
    Instant wanted = TraitsOf.instant(rollout.spec().restartAt());
    return wanted != null && !wanted.equals(TraitsOf.instant(status.restartedAt()));
  }

  private static boolean failed(ArgoRollout.Status status) {
    boolean deadline =
        status.conditions() != null && status.conditions().stream().anyMatch(c -> "ProgressDeadlineExceeded".equals(c.reason()));
    return "Degraded".equals(status.phase()) || deadline;
  }

  /** Argo before 1.0 has a hash there, which no number can be compared with. */
  private static boolean reached(@Nullable String observed, @Nullable Long generation) {
    if (observed == null) {
      return false;
    }
    return generation == null || !observed.matches("[0-9]{1,18}") || Long.parseLong(observed) >= generation;
  }
}
