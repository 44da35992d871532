package dev.keyferry.kube;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Bounds the Kubernetes requests under way at once. Without a bound, thousands of virtual threads end in {@code too many concurrent
 * streams}.
 */
public final class RequestPermits {

  private final Semaphore permits;

  /** At most that many requests at once. */
  public RequestPermits(int permits) {
    this.permits = new Semaphore(permits, true);
  }

  /** Makes one request while holding a permit. Do not nest. */
  public <T> T with(Supplier<T> request) {
    permits.acquireUninterruptibly();
    try {
      return request.get();
    } finally {
      permits.release();
    }
  }
}
