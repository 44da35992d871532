package dev.keyferry.restart;

import java.util.HashSet;
import java.util.Set;

/** Which workloads wait for a restart; the listener is told the number whenever it moves. */
final class PendingWorkloads {

  private final Set<WorkloadKey> waiting = new HashSet<>();
  private final RestartListener listener;

  PendingWorkloads(RestartListener listener) {
    this.listener = listener;
  }

  synchronized void add(WorkloadKey key) {
    if (waiting.add(key)) {
      listener.pending(waiting.size());
    }
  }

  synchronized void remove(WorkloadKey key) {
    if (waiting.remove(key)) {
      listener.pending(waiting.size());
    }
  }

  synchronized int count() {
    return waiting.size();
  }
}
