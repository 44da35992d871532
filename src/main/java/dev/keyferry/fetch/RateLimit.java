package dev.keyferry.fetch;

import java.time.Duration;
import java.time.Instant;

/**
 * How many reads of one quota may begin in a second: any number until AWS throttles, then half of what was sent, and from there more by a
 * tenth of that each second, until twice of what was too much has gone well. Not thread-safe.
 */
final class RateLimit {

  /** Reads a second that are always allowed. */
  static final double SLOWEST = 1;

  /** Throttles that come together are answers to one burst, and count once. */
  private static final Duration BURST = Duration.ofSeconds(1);

  private static final double GROWTH = 0.1;
  private static final double SECOND = 1e9;

  private double perSecond = Double.POSITIVE_INFINITY;
  private double tooMuch = SLOWEST;
  private Instant changed = Instant.MIN;
  private Instant cut = Instant.MIN;
  private Instant next = Instant.MIN;
  private Instant counting = Instant.MIN;
  private int sent;
  private int sentBefore;

  /** Whether there is no limit. */
  boolean isFree() {
    return perSecond == Double.POSITIVE_INFINITY;
  }

  /** Reads a second; infinite where there is no limit. */
  double perSecond() {
    return perSecond;
  }

  /** Whether nothing is lost by forgetting it: there is no limit, and nothing was sent of late. */
  boolean isIdle(Instant now) {
    return isFree() && (counting.equals(Instant.MIN) || !now.isBefore(counting.plus(BURST.multipliedBy(2))));
  }

  /** How long the next read has to wait; zero for not at all. */
  Duration wait(Instant now) {
    return isFree() || !next.isAfter(now) ? Duration.ZERO : Duration.between(now, next);
  }

  /** A read begins. */
  void sent(Instant now) {
    count(now);
    sent++;
    if (!isFree()) {
      next = (next.isAfter(now) ? next : now).plusNanos((long) (SECOND / perSecond));
    }
  }

  /** AWS throttled a read. */
  void throttled(Instant now) {
    if (!cut.equals(Instant.MIN) && now.isBefore(cut.plus(BURST))) {
      return;
    }
    count(now);
    tooMuch = Math.max(SLOWEST, isFree() ? Math.max(sent, sentBefore) : perSecond);
    perSecond = Math.max(SLOWEST, tooMuch / 2);
    cut = now;
    changed = now;
    next = now.plusNanos((long) (SECOND / perSecond));
  }

  /** AWS answered a read. */
  void answered(Instant now) {
    if (isFree() || !now.isAfter(changed)) {
      return;
    }
    double seconds = Duration.between(changed, now).toNanos() / SECOND;
    perSecond += Math.max(SLOWEST, tooMuch) * GROWTH * seconds;
    changed = now;
    if (perSecond >= 2 * tooMuch) {
      perSecond = Double.POSITIVE_INFINITY;
      next = Instant.MIN;
    }
  }

  private void count(Instant now) {
    if (counting.equals(Instant.MIN) || !now.isBefore(counting.plus(BURST))) {
      boolean following = !counting.equals(Instant.MIN) && now.isBefore(counting.plus(BURST.multipliedBy(2)));
      sentBefore = following ? sent : 0;
      sent = 0;
      counting = now;
    }
  }
}
