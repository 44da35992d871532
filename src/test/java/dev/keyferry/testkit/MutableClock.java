package dev.keyferry.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** A clock in UTC that stands still until a test moves it. Safe for use by several threads. */
public final class MutableClock extends Clock {

  private final AtomicReference<Instant> now;

  /** Stands at that instant. */
  public MutableClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  /** Stands at 2026-01-01T00:00:00Z. */
  public static MutableClock atNewYear() {
    return new MutableClock(Instant.parse("2026-01-01T00:00:00Z"));
  }

  /** Moves forward, or back by a negative duration, and returns the new time. */
  public Instant advance(Duration by) {
    return now.updateAndGet(instant -> instant.plus(by));
  }

  /** Jumps to that instant. */
  public void set(Instant instant) {
    now.set(instant);
  }

  @Override
  public Instant instant() {
    return now.get();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  /** Only UTC is supported; the zone of an instant source has no meaning. */
  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
