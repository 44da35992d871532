package dev.keyferry.fetch;

import java.time.Duration;

/**
 * What a scope's sources ask for that can move at all and are to be looked at again.
 *
 * @param sources how many there are
 * @param shortest the shortest of their intervals; zero where there is none
 * @param calls calls an hour that reading each at its interval takes: in full batches where that is possible and permitted
 */
record Demand(int sources, Duration shortest, double calls) {

  private static final double HOUR = Duration.ofHours(1).toNanos();

  /** Nobody asks for anything. */
  static final Demand NONE = new Demand(0, Duration.ZERO, 0);

  /** What is asked for once another source is there, which shares its read with that many. */
  Demand and(Duration interval, int sharing) {
    Duration least = sources == 0 || interval.compareTo(shortest) < 0 ? interval : shortest;
    return new Demand(sources + 1, least, calls + perHour(interval) / sharing);
  }

  /** How often an hour has room for that time. */
  static double perHour(Duration each) {
    return HOUR / each.toNanos();
  }
}
