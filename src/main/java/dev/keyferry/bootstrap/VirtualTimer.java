package dev.keyferry.bootstrap;

import dev.keyferry.fetch.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Waits on one thread and works on virtual ones. */
final class VirtualTimer implements Timer, AutoCloseable {

  private final ScheduledThreadPoolExecutor waiting;
  private final Executor working;

  VirtualTimer(Executor working) {
    this.working = working;
    this.waiting = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("keyferry-timer").factory());
    this.waiting.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void after(Duration delay, Runnable work) {
    try {
      waiting.schedule(() -> working.execute(work), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nothing is to happen later.
    }
  }

  @Override
  public void close() {
    waiting.shutdownNow();
  }
}
