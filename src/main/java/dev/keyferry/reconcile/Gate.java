package dev.keyferry.reconcile;

import java.util.concurrent.CountDownLatch;

/** Holds reconciles back until every cache that they look into is complete, so that no start finds things missing that are there. */
public final class Gate {

  private final CountDownLatch closed = new CountDownLatch(1);

  /** Lets everyone through, now and ever after. */
  public void open() {
    closed.countDown();
  }

  /** Waits until it is open. */
  void pass() throws InterruptedException {
    closed.await();
  }
}
