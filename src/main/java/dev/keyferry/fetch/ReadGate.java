package dev.keyferry.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Bounds the reads under way at once; those that somebody waits for go before refreshes. */
final class ReadGate {

  private final Executor executor;
  private final int limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Runnable> urgent = new ArrayDeque<>();
  private final Deque<Runnable> background = new ArrayDeque<>();
  private int running;

  ReadGate(Executor executor, int limit) {
    this.executor = executor;
    this.limit = limit;
  }

  /** Runs the read as soon as there is a place. */
  void submit(boolean isUrgent, Runnable read) {
    lock.lock();
    try {
      if (running >= limit) {
        (isUrgent ? urgent : background).add(read);
        return;
      }
      running++;
    } finally {
      lock.unlock();
    }
    executor.execute(() -> runAndNext(read));
  }

  /** Reads that wait for a place. */
  int waiting() {
    lock.lock();
    try {
      return urgent.size() + background.size();
    } finally {
      lock.unlock();
    }
  }

  private void runAndNext(Runnable read) {
    try {
      read.run();
    } finally {
      Runnable next = takeNext();
      if (next != null) {
        executor.execute(() -> runAndNext(next));
      }
    }
  }

  private @Nullable Runnable takeNext() {
    lock.lock();
    try {
      Runnable next = urgent.isEmpty() ? background.poll() : urgent.poll();
      if (next == null) {
        running--;
      }
      return next;
    } finally {
      lock.unlock();
    }
  }
}
