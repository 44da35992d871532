package dev.keyferry.restart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;

/** Finds out which pods a restart replaces, where their age alone tells. */
final class Cutoff {

  private Cutoff() {}

  /**
   * The first second at which a pod that is made then counts as newer than every change. It follows from the changes, so that a restart
   * that is written twice says the same; only where somebody asks for a restart it is that one's own time.
   *
   * @param keys what the restart is for
   * @param targets what is known of these, and of others
   * @param restarted when the restart is
   */
  static Instant of(Set<String> keys, Map<String, TargetToken> targets, Instant restarted) {
    Instant changed =
        keys.stream()
            .filter(key -> !key.equals(TargetToken.NOW))
            .map(targets::get)
            .map(token -> token == null ? Instant.MAX : token.changed())
            .max(Instant::compareTo)
            .orElse(Instant.EPOCH);
    boolean dated = changed.isBefore(restarted.plus(Duration.ofDays(1)));
    Instant newer = dated ? after(changed) : Instant.EPOCH;
    return keys.contains(TargetToken.NOW) || !dated ? (newer.isAfter(restarted) ? newer : restarted) : newer;
  }

  /** The first second at which a pod counts as made after a change, by {@link RestartPlanner#fresh}. */
  static Instant after(Instant changed) {
    return changed.plus(RestartPlanner.FRESH_AFTER).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
  }
}
