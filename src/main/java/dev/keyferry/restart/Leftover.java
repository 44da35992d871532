package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import dev.keyferry.restart.RestartListener.Result;

/** Says why pods of before are left where a workload's controller is done. */
final class Leftover {

  /** What can be done about it. */
  static final String CURE = Marks.RESTART_STRATEGY + ": evict has them evicted";

  private Leftover() {}

  /** Why there are old pods. */
  static Result of(WorkloadView workload) {
    boolean reverted =
        workload.observed().tokens().entrySet().stream()
            .filter(e -> workload.secrets().contains(TargetToken.secretOf(e.getKey())))
            .anyMatch(e -> !workload.template().has(e.getKey(), e.getValue()));
    return switch (workload.rollout().style()) {
      case ON_DELETE -> Result.PARTIAL_ON_DELETE;
      case PARTITIONED -> Result.PARTIAL_PARTITION;
      case ROLLING, ALL_AT_ONCE -> reverted ? Result.REVERTED : Result.PARTIAL;
    };
  }

  /** The same for people, with what can be done. */
  static String message(Result result, WorkloadView workload) {
    return switch (result) {
      case PARTIAL_ON_DELETE -> "pods run with what their Secret held before until they are deleted (updateStrategy OnDelete); " + CURE;
      case PARTIAL_PARTITION -> "pods below the partition run with what their Secret held before";
      case REVERTED ->
          (workload.traits().operator() == null ? "something" : workload.traits().operator() + ", which operates it,")
              + " took "
              + Marks.RESTART_TOKENS
              + " back from the pod template: pods run with what their Secret held before; it is not fought; "
              + CURE;
      default -> "pods run with what their Secret held before, though the rollout is complete";
    };
  }
}
