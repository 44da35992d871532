package dev.keyferry.observe;

import dev.keyferry.status.EventRecorder.About;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers, within bounds, what was said of which object. */
final class RecentlySaid {

  /** How long the same is not said again. */
  static final Duration QUIET = Duration.ofMinutes(10);

  private static final int ROOM = 2048;

  private final Clock clock;
  private final Map<Said, Instant> said =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Said, Instant> eldest) {
          return size() > ROOM;
        }
      };

  private record Said(About about, String reason, String message) {}

  RecentlySaid(Clock clock) {
    this.clock = clock;
  }

  /** Whether this was not said lately; it counts as said from now on. */
  synchronized boolean isNew(About about, String reason, String message) {
    Said key = new Said(about, reason, message);
    Instant now = clock.instant();
    Instant last = said.get(key);
    if (last != null && last.plus(QUIET).isAfter(now)) {
      return false;
    }
    said.remove(key);
    said.put(key, now);
    return true;
  }
}
