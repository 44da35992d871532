package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When to look at a source again. Pure but for the randomness that is given to it. */
final class Pace {

  /** A source whose version is fixed is looked at no more often than this: only its deletion could be seen. */
  static final Duration PINNED = Duration.ofHours(1);

  /** Two answers of NotFound this far apart count as missing. */
  static final Duration MISSING_CONFIRMED = Duration.ofMinutes(1);

  /** A version that is older than the one applied counts when it is still there after this time: until then a replica may lag behind. */
  static final Duration OLDER_CONFIRMED = Duration.ofSeconds(30);

  /** A rotated source is looked at once more this long after the date of its rotation, at the latest. */
  static final Duration AFTER_ROTATION = Duration.ofMinutes(2);

  private static final Duration ROTATION_SETTLES = Duration.ofSeconds(30);
  private static final double JITTER = 0.1;
  private static final double EARLY = 0.8;
  private static final double SHORTENED = 0.25;

  private Pace() {}

  /** When a source is due that was read at that time: within the last tenth of its interval, never later. */
  static Instant afterSuccess(Instant readAt, Duration interval, boolean pinned, RandomGenerator random) {
    if (interval.isZero()) {
      return Instant.MAX;
    }
    Duration whole = pinned && interval.compareTo(PINNED) < 0 ? PINNED : interval;
    return readAt.plusNanos((long) (whole.toNanos() * (1 - JITTER * random.nextDouble())));
  }

  /** When a source may fill an empty place in a batch although it is not due. */
  static Instant early(Instant readAt, Duration interval, boolean pinned) {
    if (interval.isZero()) {
      return Instant.MAX;
    }
    Duration whole = pinned && interval.compareTo(PINNED) < 0 ? PINNED : interval;
    return readAt.plusNanos((long) (whole.toNanos() * EARLY));
  }

  /** When to look at a source that is rotated at that date at the latest. */
  static Instant afterRotation(Instant rotation, RandomGenerator random) {
    Duration spread = AFTER_ROTATION.minus(ROTATION_SETTLES);
    return rotation.plus(ROTATION_SETTLES).plusNanos((long) (spread.toNanos() * random.nextDouble()));
  }

  /** When to try again after that many failures in a row: doubling, capped, shortened by up to a quarter so that tries do not align. */
  static Instant afterFailure(Instant failedAt, FailureKind kind, int attempts, RandomGenerator random) {
    return failedAt.plusNanos((long) (delay(kind, attempts) * (1 - SHORTENED * random.nextDouble())));
  }

  /** The earliest that {@link #afterFailure} can give: from then on a source may fill an empty place in a batch. */
  static Instant earlyAfterFailure(Instant failedAt, FailureKind kind, int attempts) {
    return failedAt.plusNanos((long) (delay(kind, attempts) * (1 - SHORTENED)));
  }

  private static long delay(FailureKind kind, int attempts) {
    int doublings = Math.min(Math.max(attempts - 1, 0), 20);
    return Math.min(kind.firstDelay().toNanos() << doublings, kind.maxDelay().toNanos());
  }

  /** When to look again at a source that was found missing: as soon as another such answer counts, if that is sooner. */
  static Instant confirming(Instant due, Instant firstNotFound, Instant now) {
    Instant counts = firstNotFound.plus(MISSING_CONFIRMED);
    return counts.isAfter(now) && counts.isBefore(due) ? counts : due;
  }
}
