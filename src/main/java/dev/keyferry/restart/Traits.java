package dev.keyferry.restart;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What else of a workload tells how it is restarted.
 *
 * @param method how its pods are replaced
 * @param deadline how long its controller gives a rollout; null where it does not say
 * @param pods how many pods its controller wants; counts for evictions alone
 * @param operator kind and name of what operates it, and may take back what others change; null for nothing
 */
record Traits(Method method, @Nullable Duration deadline, int pods, @Nullable String operator) {

  /** A workload of nobody, whose pod template is changed. */
  static final Traits PLAIN = new Traits(Method.TEMPLATE, null, 0, null);

  Traits by(Method other) {
    return new Traits(other, deadline, pods, operator);
  }

  /** Whether pods are evicted. */
  boolean evicts() {
    return method instanceof Method.Evict;
  }

  /** When a rollout that has not come to its end counts as failed: never before its controller says so. */
  Duration patience(Duration timeout) {
    return deadline == null || deadline.compareTo(timeout) < 0 ? timeout : deadline;
  }
}
