package dev.keyferry.emulator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Faults that were ordered, per operation, taken one by one. */
final class Faults {

  /** What goes wrong instead of an answer. */
  sealed interface Fault {}

  /** The connection closes without an answer. */
  record Drop() implements Fault {}

  /** An error is answered. */
  record Fail(int status, String code, String message) implements Fault {}

  /** The answer comes after that only. */
  record Hang(CountDownLatch until) implements Fault {
    void await() {
      try {
        until.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The connection closes in the middle of the answer. */
  record Cut() implements Fault {}

  /** The answer is 200 and that text. */
  record Garbage(String body) implements Fault {}

  /** The answer does not end. */
  record Endless() implements Fault {}

  /** Which calls; the empty string means all services, or all regions. */
  private record Place(String service, String region) {}

  private final Map<Place, Fault> troubles = new HashMap<>();
  private final Map<String, Deque<Fault>> ordered = new HashMap<>();
  private final Map<String, Gate> gates = new HashMap<>();
  private Duration latency = Duration.ZERO;

  synchronized void order(String operation, Fault fault, int times) {
    Deque<Fault> queue = ordered.computeIfAbsent(operation, key -> new ArrayDeque<>());
    for (int i = 0; i < times; i++) {
      queue.add(fault);
    }
  }

  /** Has every call of a service go wrong that is signed for that region; the empty string means all of them. */
  synchronized void trouble(String service, String region, Fault fault) {
    troubles.put(new Place(service, region), fault);
  }

  /** Ends the trouble that was made in that very region. */
  synchronized void heal(String region) {
    troubles.forEach((place, fault) -> end(place.region().equals(region) ? fault : null));
    troubles.keySet().removeIf(place -> place.region().equals(region));
  }

  private static void end(@Nullable Fault fault) {
    if (fault instanceof Hang(CountDownLatch until)) {
      until.countDown();
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
    troubles.values().forEach(Faults::end);
    troubles.clear();
    latency = Duration.ZERO;
    gates.values().forEach(Gate::release);
    gates.clear();
  }

  /** Delays the call as ordered and takes its fault; null for none. */
  @Nullable Fault next(String service, String operation, String region) {
    Gate gate = gateOf(operation);
    if (gate != null) {
      gate.pass();
    }
    LockSupport.parkNanos(latencyNanos());
    Fault first = take(operation);
    return first == null ? troubleOf(service, region) : first;
  }

  private synchronized @Nullable Fault troubleOf(String service, String region) {
    return Stream.of(new Place("", ""), new Place("", region), new Place(service, ""), new Place(service, region))
        .map(troubles::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
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
