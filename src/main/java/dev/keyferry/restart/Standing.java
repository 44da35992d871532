package dev.keyferry.restart;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a workload means to the restarts of others.
 *
 * @param key which
 * @param state how its last restart stands
 * @param secrets the Secrets that restart it
 * @param waves the waves that it has part in
 * @param lastRestart when it was last restarted; the distant past for never
 */
record Standing(WorkloadKey key, State state, Set<String> secrets, Set<Gates.WaveKey> waves, Instant lastRestart) {

  /** How a workload's last restart stands. */
  enum State {
    /** Nothing to learn from. */
    IDLE,
    /** It rolls. */
    IN_FLIGHT,
    /** It runs, complete, with what it was given. */
    PROVEN,
    /** Its rollout failed. */
    FAILED
  }

  /** A clock that was set back makes a restart older, not endless. */
  private static final Duration SKEW = Duration.ofMinutes(1);

  /**
   * The standing of a workload.
   *
   * @param partial whether its rollout is known to be complete but for pods that nobody replaces
   */
  static Standing of(WorkloadView view, Instant now, Duration timeout, boolean partial) {
    Set<Gates.WaveKey> waves = new HashSet<>();
    view.observed().tokens().forEach((key, token) -> waves.add(new Gates.WaveKey(view.key().namespace(), key, token)));
    return new Standing(
        view.key(), state(view, now, timeout, partial), new TreeSet<>(view.secrets()), waves, view.history().last().orElse(Instant.EPOCH));
  }

  Standing with(State other) {
    return new Standing(key, other, secrets, waves, lastRestart);
  }

  static State state(WorkloadView view, Instant now, Duration timeout, boolean partial) {
    if (view.traits().evicts() && view.history().unverified()) {
      return partial ? State.IDLE : State.IN_FLIGHT;
    }
    return switch (view.rollout().phase()) {
      case UNSEEN -> State.IDLE;
      case COMPLETE ->
          view.history().unverified() ? (partial ? State.IDLE : State.IN_FLIGHT) : view.replicas() > 0 ? State.PROVEN : State.IDLE;
      case STUCK -> view.history().unverified() ? State.FAILED : State.IDLE;
      case PROGRESSING, UNAVAILABLE ->
          view.history().unverified()
              ? rolling(view.history().last().orElseThrow(), now, view.traits().patience(timeout))
              : verified(view);
    };
  }

  /** What was seen to run well stays a proof while the next rollout, or the mere record of the last one, is under way. */
  private static State verified(WorkloadView view) {
    return view.history().verified() != null && view.replicas() > 0 ? State.PROVEN : State.IDLE;
  }

  private static State rolling(Instant restarted, Instant now, Duration timeout) {
    boolean believable = !restarted.isAfter(now.plus(SKEW));
    return believable && now.isBefore(restarted.plus(timeout)) ? State.IN_FLIGHT : State.FAILED;
  }
}
