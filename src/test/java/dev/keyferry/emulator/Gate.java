package dev.keyferry.emulator;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Holds calls of one operation until it is released, so that a test decides what overlaps. */
public final class Gate {

  private final CountDownLatch released = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private int arrived;

  Gate() {}

  void pass() {
    lock.lock();
    try {
      arrived++;
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until that many calls stand at the gate.
   *
   * @throws AssertionError when they do not come in time
   */
  public void awaitArrivals(int calls, Duration limit) throws InterruptedException {
    lock.lock();
    try {
      long left = limit.toNanos();
      while (arrived < calls) {
        if (left <= 0) {
          throw new AssertionError("only " + arrived + " of " + calls + " calls arrived within " + limit);
        }
        left = arrival.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets everything through, now and later. */
  public void release() {
    released.countDown();
  }

}
