package dev.keyferry.fetch;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What changes ask of one source. Guarded by the planner's lock. */
final class ChangeLook {

  private final List<Runnable> waiters = new ArrayList<>();

  /** Whether somebody waits for the source to be looked at. */
  boolean pending;

  /** Whether the source is being read for it. */
  boolean reading;

  /** Whether another change came while the source was being read, so that the read may not show it. */
  boolean again;

  /** The version that was announced last; null where none was. */
  @Nullable String version;

  /** How often a version that was announced has been looked for and not been there. */
  int misses;

  /** When the last read began that a change had asked for; later looks for the same version do not count. */
  Instant readAt = Instant.MIN;

  void await(Runnable settled) {
    waiters.add(settled);
  }

  /** Ends; whoever waited is to be told, without the lock. */
  List<Runnable> end() {
    List<Runnable> told = List.copyOf(waiters);
    waiters.clear();
    pending = false;
    again = false;
    misses = 0;
    return told;
  }
}
