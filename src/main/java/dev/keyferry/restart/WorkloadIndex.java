package dev.keyferry.restart;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which workloads are restarted by which Secret. */
final class WorkloadIndex {

  private final Map<SecretKey, Set<WorkloadKey>> bySecret = new HashMap<>();
  private final Map<WorkloadKey, Set<String>> secrets = new HashMap<>();

  /** Takes a workload as it is now. */
  synchronized void put(WorkloadView view) {
    remove(view.key());
    if (!view.secrets().isEmpty()) {
      secrets.put(view.key(), view.secrets());
      view.secrets().forEach(name -> bySecret.computeIfAbsent(secret(view.key(), name), _ -> new HashSet<>()).add(view.key()));
    }
  }

  /** Takes a workload that is not known. */
  synchronized void putMissing(WorkloadView view) {
    if (!secrets.containsKey(view.key())) {
      put(view);
    }
  }

  /** Forgets a workload. */
  synchronized void remove(WorkloadKey key) {
    secrets.getOrDefault(key, Set.of()).forEach(name -> removeUser(secret(key, name), key));
    secrets.remove(key);
  }

  /** The workloads that a change of the Secret restarts. */
  synchronized Set<WorkloadKey> users(SecretKey secret) {
    return Set.copyOf(bySecret.getOrDefault(secret, Set.of()));
  }

  private static SecretKey secret(WorkloadKey key, String name) {
    return new SecretKey(key.namespace(), name);
  }

  private void removeUser(SecretKey secret, WorkloadKey key) {
    Set<WorkloadKey> users = bySecret.getOrDefault(secret, Set.of());
    users.remove(key);
    if (users.isEmpty()) {
      bySecret.remove(secret);
    }
  }
}
