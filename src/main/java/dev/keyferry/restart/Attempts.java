package dev.keyferry.restart;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Restarts whose request was sent and not answered: they may be under way without the watch having told. */
final class Attempts {

  /** How long a watch may lag behind. */
  static final Duration UNSURE = Duration.ofSeconds(30);

  private final Map<WorkloadKey, Instant> sent = new ConcurrentHashMap<>();

  /** The request is about to be sent. */
  void sent(WorkloadKey key, Instant now) {
    sent.put(key, now);
  }

  /** It was answered, or the workload is gone. */
  void over(WorkloadKey key) {
    sent.remove(key);
  }

  boolean any(WorkloadKey key) {
    return sent.containsKey(key);
  }

  /** Whether it may roll without the watch having told. */
  boolean unsure(WorkloadView workload, Instant now) {
    Instant tried = sent.get(workload.key());
    if (tried == null) {
      return false;
    }
    boolean known = workload.history().last().filter(last -> !last.isBefore(tried.truncatedTo(ChronoUnit.SECONDS))).isPresent();
    if (known || now.isAfter(tried.plus(UNSURE))) {
      sent.remove(workload.key());
      return false;
    }
    return true;
  }
}
