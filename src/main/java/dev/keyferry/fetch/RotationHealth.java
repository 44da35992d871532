package dev.keyferry.fetch;

import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.RotationStep;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How the rotation of a secret stands. Pure. */
public sealed interface RotationHealth {

  /** How long after its date a rotation counts as overdue: AWS rotates within a window, and tries again by itself. */
  Duration OVERDUE = Duration.ofHours(1);

  /** How long a version may be pending before its rotation counts as failed: a function has 15 minutes for each of four steps. */
  Duration STUCK = Duration.ofHours(1);

  /** Nobody has looked yet, or nobody may. */
  record Unknown() implements RotationHealth {}

  /** The secret is not rotated, or AWS may not be asked. */
  record Silent() implements RotationHealth {}

  /** It was rotated in time. */
  record Healthy() implements RotationHealth {}

  /**
   * It was not rotated by its date.
   *
   * @param facts as they stand
   * @param due the date
   */
  record Overdue(RotationFacts facts, Instant due) implements RotationHealth {}

  /**
   * Its rotation failed.
   *
   * @param facts as they stand
   * @param step where it failed; null where unknown
   */
  record Failed(RotationFacts facts, @Nullable RotationStep step) implements RotationHealth {}

  /**
   * That a rotation failed, as AWS reported it.
   *
   * @param step where; null where unknown
   * @param at when
   */
  record Report(@Nullable RotationStep step, Instant at) {}

  /** Whether somebody should look after it. */
  default boolean bad() {
    return switch (this) {
      case Overdue _, Failed _ -> true;
      case Unknown _, Silent _, Healthy _ -> false;
    };
  }

  /**
   * Judges.
   *
   * @param pendingSince since when the pending version has been seen; null where there is none
   * @param report that it failed; null for none. It counts where a version is still pending and none was rotated since
   */
  static RotationHealth judge(RotationFacts facts, @Nullable Instant pendingSince, @Nullable Report report, Instant now) {
    if (!facts.enabled()) {
      return new Silent();
    }
    boolean pending = facts.pending() != null && pendingSince != null;
    boolean reported = report != null && (facts.last() == null || facts.last().isBefore(report.at()));
    if (pending && (reported || !pendingSince.plus(STUCK).isAfter(now))) {
      return new Failed(facts, reported ? report.step() : null);
    }
    if (facts.next() != null && facts.next().plus(OVERDUE).isBefore(now)) {
      return new Overdue(facts, facts.next());
    }
    return new Healthy();
  }
}
