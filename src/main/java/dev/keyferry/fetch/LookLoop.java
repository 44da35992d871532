package dev.keyferry.fetch;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks for what is due, again and again from its start to its stop, and tells owners while it runs. */
final class LookLoop {

  private final Timer timer;
  private final ReentrantLock lock;
  private final Supplier<Duration> look;
  private @Nullable Consumer<String> owners;
  private int starts;

  /**
   * A loop that does not run yet.
   *
   * @param lock the planner's; held while it looks
   * @param look looks once, and says how long to sleep
   */
  LookLoop(Timer timer, ReentrantLock lock, Supplier<Duration> look) {
    this.timer = timer;
    this.lock = lock;
    this.look = look;
  }

  /** Runs; a former run ends. */
  void start(Consumer<String> changed) {
    int start;
    lock.lock();
    try {
      owners = changed;
      start = ++starts;
    } finally {
      lock.unlock();
    }
    lookAndSleep(start);
  }

  /** Ends, until it is started again. */
  void stop() {
    lock.lock();
    try {
      owners = null;
    } finally {
      lock.unlock();
    }
  }

  /** Tells those owners to ask again, where the loop runs. */
  void tell(Set<String> told) {
    Consumer<String> current;
    lock.lock();
    try {
      current = owners;
    } finally {
      lock.unlock();
    }
    if (current != null) {
      told.forEach(current);
    }
  }

  private void lookAndSleep(int start) {
    Duration sleep;
    lock.lock();
    try {
      if (owners == null || start != starts) {
        return;
      }
      sleep = look.get();
    } finally {
      lock.unlock();
    }
    timer.after(sleep, () -> lookAndSleep(start));
  }
}
