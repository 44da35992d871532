package dev.keyferry.reconcile;

import dev.keyferry.api.v1.RestartSpec;
import dev.keyferry.api.v1.RestartTarget;
import dev.keyferry.kube.TargetRecord;
import dev.keyferry.restart.RestartTimes;
import dev.keyferry.write.WriteRequest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An ExternalSecret's {@code spec.restart} as the steps understand it. What the CRD's rules refuse is refused here again. */
final class RestartWords {

  private static final Set<String> KINDS = Set.of("Deployment", "StatefulSet", "DaemonSet", "Rollout");
  private static final String DATA = "Data";
  private static final Set<String> TRIGGERS = Set.of("Version", DATA);

  private RestartWords() {}

  /** What of it cannot be followed; empty where all can. */
  static Optional<String> mistake(@Nullable RestartSpec restart) {
    if (restart == null) {
      return Optional.empty();
    }
    if (restart.trigger() != null && !TRIGGERS.contains(restart.trigger())) {
      return Optional.of("spec.restart.trigger \"" + restart.trigger() + "\" is not known: use Version or Data");
    }
    if (!restart.targets().isEmpty() && !Boolean.TRUE.equals(restart.enabled())) {
      return Optional.of("spec.restart.targets needs spec.restart.enabled: true");
    }
    Optional<String> kind = restart.targets().stream().map(RestartTarget::kind).filter(word -> !KINDS.contains(word)).findFirst();
    if (kind.isPresent()) {
      return Optional.of(
          "spec.restart.targets[].kind \"" + kind.get() + "\" is not known: use Deployment, StatefulSet, DaemonSet or Rollout");
    }
    return RestartTimes.mistake(restart.window(), restart.maxDefer()).map(mistake -> "spec.restart." + mistake);
  }

  /** What the target's record says of it. */
  static WriteRequest.Restarts of(@Nullable RestartSpec restart) {
    if (restart == null) {
      return WriteRequest.Restarts.UNSAID;
    }
    boolean silent = restart.enabled() == null && restart.window() == null && restart.maxDefer() == null;
    TargetRecord.Restart wish =
        silent
            ? null
            : new TargetRecord.Restart(
                restart.enabled(),
                restart.targets().stream().map(target -> target.kind() + "/" + target.name()).sorted().distinct().toList(),
                restart.window(),
                restart.maxDefer());
    var trigger = DATA.equals(restart.trigger()) ? WriteRequest.Trigger.DATA : WriteRequest.Trigger.VERSION;
    return new WriteRequest.Restarts(wish, trigger, false);
  }
}
