package dev.keyferry.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * How many events for the record may be written: {@value #BURST} at once, and one more each second. A start with thousands of new
 * ExternalSecrets would else cost the API server an event for each beside the writes that it is about.
 */
final class EventBudget {

  /** Events at once. */
  static final int BURST = 256;

  private final InstantSource clock;
  private Instant asOf;
  private long left = BURST;

  EventBudget(InstantSource clock) {
    this.clock = clock;
    this.asOf = clock.instant();
  }

  /** Whether one more may be written; it counts as written. */
  synchronized boolean take() {
    Instant now = clock.instant();
    long seconds = Math.max(0, Duration.between(asOf, now).toSeconds());
    asOf = asOf.plusSeconds(seconds);
    left = Math.min(BURST, left + seconds);
    if (left == 0) {
      return false;
    }
    left--;
    return true;
  }
}
