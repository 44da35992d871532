package dev.keyferry.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Down to which date the next sweep has to look. Dates are AWS's and are compared with each other only; our own clock measures nothing but
 * the time between two passes.
 *
 * <p>A change may be missing in a list for some minutes ({@code ListSecrets} documents 5; twice that is allowed for here). So a date needs
 * no other look once a pass has gone over it that began that much later than one that had shown it.
 *
 * @param passes the completed passes that still count, oldest first
 */
record Watermark(List<Pass> passes) {

  /** How long a change may be missing in a list. */
  static final Duration OVERLAP = Duration.ofMinutes(10);

  /** Before the first pass. */
  static final Watermark NONE = new Watermark(List.of());

  /**
   * A pass that went to its end.
   *
   * @param begunAt when it began, by our clock
   * @param newest the newest date that this pass or one before had shown
   */
  record Pass(Instant begunAt, Instant newest) {}

  Watermark {
    passes = List.copyOf(passes);
  }

  /** What changed at that date or before needs no other look; null before the first pass. */
  @Nullable Instant floor() {
    if (passes.isEmpty()) {
      return null;
    }
    Pass last = passes.getLast();
    Instant floor = last.newest().minus(OVERLAP);
    for (Pass pass : passes) {
      if (settled(pass, last) && pass.newest().isAfter(floor)) {
        floor = pass.newest();
      }
    }
    return floor;
  }

  /** The watermark once another pass went to its end. */
  Watermark after(Instant begunAt, Instant newest) {
    Pass pass = new Pass(begunAt, passes.isEmpty() || passes.getLast().newest().isBefore(newest) ? newest : passes.getLast().newest());
    List<Pass> kept = new ArrayList<>();
    for (int i = 0; i < passes.size(); i++) {
      boolean outdone = i + 1 < passes.size() && settled(passes.get(i + 1), pass);
      if (!outdone) {
        kept.add(passes.get(i));
      }
    }
    kept.add(pass);
    return new Watermark(kept);
  }

  private static boolean settled(Pass pass, Pass last) {
    return !pass.begunAt().plus(OVERLAP).isAfter(last.begunAt());
  }
}
