package dev.keyferry.reconcile;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Serialises work on one target. The framework promises one reconcile at a time for each object, but two objects may want one Secret, and
 * after a deletion and re-creation two reconciles of one name may run.
 */
final class TargetLocks {

  private final ReentrantLock[] locks = Stream.generate(ReentrantLock::new).limit(256).toArray(ReentrantLock[]::new);

  <T> T with(String namespace, String target, Supplier<T> work) {
    ReentrantLock lock = locks[Math.floorMod((namespace + "/" + target).hashCode(), locks.length)];
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
