package dev.keyferry.fetch;

import java.time.Duration;

/** Runs work later. The planner has no other notion of waiting, so that tests can move time. */
@FunctionalInterface
public interface Timer {

  /** Runs the work after at least that time, on another thread; it must not block for long. */
  void after(Duration delay, Runnable work);
}
