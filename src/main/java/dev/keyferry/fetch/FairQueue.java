package dev.keyferry.fetch;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads that wait for a place. Namespaces take turns, and within each its quotas do, so that neither many reads nor a quota that AWS limits
 * hold up the others; of one quota in one namespace the first goes first. Not thread-safe.
 */
final class FairQueue {

  /**
   * A read.
   *
   * @param urgent whether somebody waits for it
   * @param tenant the namespace that it is counted for
   * @param quota what it uses of what AWS allows
   * @param work reads; blocks
   */
  record Waiting(boolean urgent, String tenant, Quota quota, Runnable work) {}

  private final SequencedMap<String, SequencedMap<Quota, Deque<Waiting>>> tenants = new LinkedHashMap<>();
  private int size;

  int size() {
    return size;
  }

  /** How many reads of a namespace wait. */
  int size(String tenant) {
    return tenants.getOrDefault(tenant, new LinkedHashMap<>()).values().stream().mapToInt(Deque::size).sum();
  }

  void add(Waiting read) {
    queue(read).addLast(read);
    size++;
  }

  /** A read that had its turn comes back and goes before the others of its quota. */
  void addFirst(Waiting read) {
    queue(read).addFirst(read);
    size++;
  }

  /** The read whose turn it is among those that may go now; null where none may. */
  @Nullable Waiting poll(Predicate<Waiting> permitted) {
    for (Map.Entry<String, SequencedMap<Quota, Deque<Waiting>>> tenant : tenants.entrySet()) {
      for (Map.Entry<Quota, Deque<Waiting>> quota : tenant.getValue().entrySet()) {
        if (permitted.test(quota.getValue().getFirst())) {
          return take(tenant.getKey(), quota.getKey());
        }
      }
    }
    return null;
  }

  private Waiting take(String tenant, Quota quota) {
    SequencedMap<Quota, Deque<Waiting>> quotas = tenants.remove(tenant);
    Deque<Waiting> reads = quotas.remove(quota);
    Waiting read = reads.removeFirst();
    size--;
    if (!reads.isEmpty()) {
      quotas.putLast(quota, reads);
    }
    if (!quotas.isEmpty()) {
      tenants.putLast(tenant, quotas);
    }
    return read;
  }

  private Deque<Waiting> queue(Waiting read) {
    return tenants.computeIfAbsent(read.tenant(), _ -> new LinkedHashMap<>()).computeIfAbsent(read.quota(), _ -> new ArrayDeque<>());
  }
}
