package dev.keyferry.restart;

import dev.keyferry.restart.Rollout.Phase;
import dev.keyferry.restart.Rollout.Style;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    Map<?, ?> status = ArgoFields.map(rollout, "status");
    String observed = ArgoFields.text(status, "observedGeneration");
    if (observed == null) {
      return new Rollout(Phase.UNSEEN, Style.ROLLING);
    }
    Long generation = rollout.getMetadata().getGeneration();
    boolean current =
        reached(observed, generation) && (behind == null || reached(ArgoFields.text(status, "workloadObservedGeneration"), behind));
    return new Rollout(current ? phase(rollout, status) : Phase.PROGRESSING, Style.ROLLING);
  }

  /** Whether a person has to do something before it goes on: it is paused, at a step or as a whole, or aborted. */
  static boolean held(ArgoRollout rollout) {
    Map<?, ?> status = ArgoFields.map(rollout, "status");
    boolean atStep = status.get("pauseConditions") instanceof List<?> pauses && !pauses.isEmpty();
    return Boolean.TRUE.equals(ArgoFields.map(rollout, "spec").get("paused")) || Boolean.TRUE.equals(status.get("abort")) || atStep;
  }

  /** What is held is as far as it gets, unless it still restarts pods. */
  private static Phase phase(ArgoRollout rollout, Map<?, ?> status) {
    if (restarting(rollout, status)) {
      return failed(status) ? Phase.STUCK : Phase.PROGRESSING;
    }
    String phase = ArgoFields.text(status, "phase");
    int desired = ArgoFields.number(ArgoFields.map(rollout, "spec"), "replicas", 1);
    boolean available = ArgoFields.number(status, "availableReplicas", 0) >= desired;
    boolean updated = ArgoFields.number(status, "updatedReplicas", 0) >= desired;
    boolean healthy = phase == null || "Healthy".equals(phase);
    if (available && (healthy && updated || held(rollout))) {
      return Phase.COMPLETE;
    }
    return failed(status) ? Phase.STUCK : Phase.PROGRESSING;
  }

  private static boolean restarting(ArgoRollout rollout, Map<?, ?> status) {
    Instant wanted = TraitsOf.instant(ArgoFields.text(ArgoFields.map(rollout, "spec"), "restartAt"));
    return wanted != null && !wanted.equals(TraitsOf.instant(ArgoFields.text(status, "restartedAt")));
  }

  private static boolean failed(Map<?, ?> status) {
    boolean deadline =
        status.get("conditions") instanceof List<?> conditions
            && conditions.stream()
                .anyMatch(c -> c instanceof Map<?, ?> map && "ProgressDeadlineExceeded".equals(map.get("reason")));
    return "Degraded".equals(status.get("phase")) || deadline;
  }

  /** Argo before 1.0 has a hash there, which no number can be compared with. */
  private static boolean reached(@Nullable String observed, @Nullable Long generation) {
    if (observed == null) {
      return false;
    }
    return generation == null || !observed.matches("[0-9]{1,18}") || Long.parseLong(observed) >= generation;
  }
}
