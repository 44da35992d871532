package dev.keyferry.restart;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many pods of each workload were last seen to be stale; the listener is told the sum whenever it moves. */
final class StalePods {

  private final Map<WorkloadKey, Seen> byWorkload = new HashMap<>();
  private final RestartListener listener;
  private int sum;

  StalePods(RestartListener listener) {
    this.listener = listener;
  }

  /** Takes how many pods of the workload do not run with those tokens. */
  synchronized void put(WorkloadKey key, TokenMap tokens, int pods) {
    add(pods - pods(byWorkload.put(key, new Seen(tokens, pods))));
  }

  /** None is stale, or nothing is known of it. */
  synchronized void remove(WorkloadKey key) {
    add(-pods(byWorkload.remove(key)));
  }

  /** Whether pods were looked at for these tokens. */
  synchronized boolean counted(WorkloadKey key, TokenMap tokens) {
    Seen seen = byWorkload.get(key);
    return seen != null && seen.tokens.equals(tokens);
  }

  private void add(int difference) {
    if (difference != 0) {
      sum += difference;
      listener.stalePods(sum);
    }
  }

  private static int pods(@Nullable Seen seen) {
    return seen == null ? 0 : seen.pods;
  }

  private record Seen(TokenMap tokens, int pods) {}
}
