package dev.keyferry.restart;

import dev.keyferry.kube.TargetRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one ExternalSecret says of the restarts of its target's users.
 *
 * @param enabled whether workloads restart that do not say; null where it does not say either
 * @param targets the workloads, as {@code Kind/name}; empty means all that reference the target
 * @param window when workloads are restarted that do not say; null for always
 * @param maxDefer how long after a change they are restarted outside of it too; null for never
 */
record SecretWish(@Nullable Boolean enabled, Set<String> targets, @Nullable Window window, @Nullable Duration maxDefer) {

  static SecretWish of(TargetRecord.Restart said) {
    return new SecretWish(
        said.enabled(),
        said.targets().stream().collect(Collectors.toUnmodifiableSet()),
        said.window() == null ? null : Window.parse(said.window()).orElse(null),
        said.maxDefer() == null ? null : Wishes.duration(said.maxDefer()).orElse(null));
  }

  /** How it names a workload. */
  static String name(WorkloadKey workload) {
    return workload.kind().kind() + "/" + workload.name();
  }

  /** Whether a workload is to be restarted; null where it does not say. */
  @Nullable Boolean wants(WorkloadKey workload, boolean referenced) {
    return Boolean.TRUE.equals(enabled) ? targets.isEmpty() ? referenced : targets.contains(name(workload)) : enabled;
  }

  /** When its window is next open: now where it is, or where it has none. */
  Instant opens(Instant now) {
    return window == null ? now : window.next(now);
  }
}
