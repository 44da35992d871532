package dev.keyferry.restart;

import java.time.Instant;

/**
 * A pod as far as it matters to restarts.
 *
 * @param created when it was made
 * @param tokens the tokens of the pod template that it was made from
 */
record PodView(Instant created, TokenMap tokens) {

  /** Whether it runs with all that has moved. */
  boolean fresh(Decision.Examine due) {
    return RestartPlanner.fresh(created, due.changed())
        || due.keys().stream().allMatch(key -> tokens.has(key, due.restart().tokens().tokens().getOrDefault(key, "")));
  }

  /** Whether it runs with what the workload was last restarted for: it is of that rollout, or newer than the change. */
  boolean fresh(TokenMap observed, Instant changed) {
    return !tokens.tokens().isEmpty() && tokens.tokens().entrySet().stream().allMatch(e -> observed.has(e.getKey(), e.getValue()))
        || RestartPlanner.fresh(created, changed);
  }
}
