package dev.keyferry.restart;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work by key on virtual threads: one at a time for a key, what is asked meanwhile once more afterwards, what fails again after a wait
 * that grows, for ever.
 */
final class SerialQueue<K> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(SerialQueue.class);

  private final Map<K, Entry> entries = new HashMap<>();
  private final Map<K, Future<?>> alarms = new HashMap<>();
  private final ExecutorService threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("restart-", 0).factory());
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("restart-timer").factory());
  private final Predicate<K> work;
  private final Backoff backoff;
  private boolean closed;

  /**
   * A queue that is open.
   *
   * @param work true when it is done, false when it is to be tried again; an exception counts as false
   * @param backoff the waits
   */
  SerialQueue(Predicate<K> work, Backoff backoff) {
    this.work = work;
    this.backoff = backoff;
  }

  /** Has the work done for the key as things are from now on; a wait for another try ends at once. */
  synchronized void add(K key) {
    if (closed) {
      return;
    }
    Entry entry = entries.computeIfAbsent(key, _ -> new Entry());
    if (entry.retry != null) {
      entry.retry.cancel(false);
      entry.retry = null;
    }
    if (entry.running) {
      entry.again = true;
    } else {
      entry.running = true;
      threads.execute(() -> run(key));
    }
  }

  /** Has the work done for the key after that time, in place of a former such wish for it. */
  synchronized void addAfter(K key, Duration wait) {
    if (closed) {
      return;
    }
    Future<?> former = alarms.put(key, timer.schedule(() -> add(key), wait.toMillis(), TimeUnit.MILLISECONDS));
    if (former != null) {
      former.cancel(false);
    }
  }

  /** Drops what was wished for the key for later. */
  synchronized void forget(K key) {
    Future<?> former = alarms.remove(key);
    if (former != null) {
      former.cancel(false);
    }
  }

  /** Takes no more work, drops what waits, and lets what runs come to its end within that time. */
  void close(Duration patience) {
    synchronized (this) {
      closed = true;
      timer.shutdownNow();
      threads.shutdown();
    }
    try {
      if (!threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    close(Duration.ZERO);
  }

  private void run(K key) {
    boolean finished;
    do {
      finished = finished(key, done(key));
    } while (!finished);
  }

  private boolean done(K key) {
    try {
      return work.test(key);
    } catch (RuntimeException e) {
      LOG.error("work on {} failed: {}", key, e.getClass().getName());
      return false;
    }
  }

  private synchronized boolean finished(K key, boolean done) {
    Entry entry = entries.get(key);
    if (entry == null || closed) {
      return true;
    }
    entry.failures = done ? 0 : entry.failures + 1;
    if (done && entry.again) {
      entry.again = false;
      return false;
    }
    entry.running = false;
    entry.again = false;
    if (done) {
      entries.remove(key);
    } else {
      entry.retry = timer.schedule(() -> add(key), backoff.after(entry.failures).toMillis(), TimeUnit.MILLISECONDS);
    }
    return true;
  }

  private static final class Entry {
    private boolean running;
    private boolean again;
    private int failures;
    private @Nullable Future<?> retry;
  }
}
