package dev.keyferry.emulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Faults that were ordered, per operation, taken one by one. */
final class Faults {

  /** What goes wrong instead of an answer. */
  sealed interface Fault {}

  /** The connection closes without an answer. */
  record Drop() implements Fault {}

  /** An error is answered. */
  record Fail(int status, String code, String message) implements Fault {}

  /** No answer comes, until faults are cleared. */
  record Hang() implements Fault {}

  /** The connection closes in the middle of the answer. */
  record Cut() implements Fault {}

  /** The answer is 200 and that text. */
  record Garbage(String body) implements Fault {}

  /** The answer does not end. */
  record Endless() implements Fault {}

  private final Map<String, Fault> troubles = new HashMap<>();
  private CountDownLatch hanging = new CountDownLatch(1);
  private final Map<String, Deque<Fault>> ordered = new HashMap<>();
  private final Map<String, Gate> gates = new HashMap<>();
  private Duration latency = Duration.ZERO;

  synchronized void order(String operation, Fault fault, int times) {
    Deque<Fault> queue = ordered.computeIfAbsent(operation, key -> new ArrayDeque<>());
    for (int i = 0; i < times; i++) {
      queue.add(fault);
    }
  }

  /** Has every call go wrong that is signed for that region; the empty string means all regions. */
  synchronized void trouble(String region, Fault fault) {
    troubles.put(region, fault);
  }

  /** Waits until faults are cleared. */
  void hang() {
    CountDownLatch until;
    synchronized (this) {
      until = hanging;
    }
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized void latency(Duration each) {
    latency = each;
  }

  synchronized Gate hold(String operation) {
    return gates.computeIfAbsent(operation, key -> new Gate());
  }

  synchronized void clear() {
    ordered.clear();
    troubles.clear();
    hanging.countDown();
    hanging = new CountDownLatch(1);
    latency = Duration.ZERO;
    gates.values().forEach(Gate::release);
    gates.clear();
  }

  /** Delays the call as ordered and takes its fault; null for none. */
  @Nullable Fault next(String operation, String region) {
    Gate gate = gateOf(operation);
    if (gate != null) {
      gate.pass();
    }
    LockSupport.parkNanos(latencyNanos());
    Fault first = take(operation);
    return first == null ? troubleIn(region) : first;
  }

  private synchronized @Nullable Fault troubleIn(String region) {
    Fault everywhere = troubles.get("");
    return everywhere == null ? troubles.get(region) : everywhere;
  }

  private synchronized @Nullable Gate gateOf(String operation) {
    return gates.get(operation);
  }

  private synchronized long latencyNanos() {
    return latency.toNanos();
  }

  private synchronized @Nullable Fault take(String operation) {
    Deque<Fault> queue = ordered.get(operation);
    return queue == null ? null : queue.poll();
  }
}
