package dev.keyferry.write;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Slows the repair of targets that something keeps undoing. The first repairs are made at once; from then on the wait doubles, to 5 minutes,
 * until nothing was undone for 10 minutes.
 */
final class RepairPace {

  private static final int AT_ONCE = 5;
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Deque<Instant>> repairs = new HashMap<>();

  /** How long the next repair has to wait; empty when it may be made now. */
  Optional<Duration> wait(String target, Instant now) {
    lock.lock();
    try {
      Deque<Instant> made = repairs.get(target);
      if (made == null || made.getLast().plus(FORGOTTEN).isBefore(now)) {
        repairs.remove(target);
        return Optional.empty();
      }
      int beyond = made.size() - AT_ONCE;
      if (beyond < 0) {
        return Optional.empty();
      }
      Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(beyond, 10));
      Instant next = made.getLast().plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
      return next.isAfter(now) ? Optional.of(Duration.between(now, next)) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Counts a repair. */
  void repaired(String target, Instant now) {
    lock.lock();
    try {
      Deque<Instant> made = repairs.computeIfAbsent(target, _ -> new ArrayDeque<>());
      made.add(now);
      if (made.size() > AT_ONCE + 10) {
        made.removeFirst();
      }
    } finally {
      lock.unlock();
    }
  }
}
