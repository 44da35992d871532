package dev.keyferry.fetch;

import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether a region serves, as its last answers tell. After a fault it is tried again by one read, first after half a minute. */
final class RegionHealth {

  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  /** Longer than any call takes: a try that told nothing by then is made by somebody else. */
  private static final Duration TRY = Duration.ofMinutes(1);

  private @Nullable SourceFailure fault;
  private Duration wait = FIRST;
  private Instant tryAt = Instant.MIN;
  private boolean tried;

  /** The fault that stands, so that the region is not asked; null where it may be asked, by this caller alone after a fault. */
  synchronized @Nullable SourceFailure standing(Instant now) {
    if (fault == null || now.isBefore(tryAt)) {
      return fault;
    }
    tryAt = now.plus(TRY);
    tried = true;
    return null;
  }

  /** The region answered, if only with a refusal; returns whether a fault had stood. */
  synchronized boolean served() {
    boolean recovered = fault != null;
    fault = null;
    wait = FIRST;
    return recovered;
  }

  /** The region faulted; returns whether it served before. */
  synchronized boolean faulted(SourceFailure now, Instant at) {
    boolean served = fault == null;
    fault = now;
    if (served || tried) {
      wait = served ? FIRST : min(wait.multipliedBy(2), LONGEST);
      tryAt = at.plus(wait);
      tried = false;
    }
    return served;
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
