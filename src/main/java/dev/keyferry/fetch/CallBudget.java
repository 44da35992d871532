package dev.keyferry.fetch;

import java.time.Duration;
import java.time.Instant;

/** So many calls at once and one more for each passing of a time: what it allows in an hour is bounded, however many ask. */
final class CallBudget {

  private final int burst;
  private final Duration each;
  private Instant full;

  /**
   * All of it is there.
   *
   * @param burst calls at once, at most
   * @param each one more after that time
   */
  CallBudget(int burst, Duration each, Instant now) {
    this.burst = burst;
    this.each = each;
    this.full = now;
  }

  /** Takes one call where one is left. */
  boolean take(Instant now) {
    Instant after = (full.isBefore(now) ? now : full).plus(each);
    if (after.isAfter(now.plus(each.multipliedBy(burst)))) {
      return false;
    }
    full = after;
    return true;
  }
}
