package dev.keyferry.restart;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait after failures in a row: 1 s, doubled each time up to 2 min, of which the upper half is drawn by lot. */
final class Backoff {

  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration MAX = Duration.ofMinutes(2);
  private static final int MAX_DOUBLINGS = 7;

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * The wait.
   *
   * @param failures in a row, from 1
   */
  Duration after(int failures) {
    long full = Math.min(MAX.toMillis(), FIRST.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS));
    return Duration.ofMillis(full / 2 + random.nextLong(full / 2 + 1));
  }
}
