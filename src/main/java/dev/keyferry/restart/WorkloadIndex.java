package dev.keyferry.restart;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which workloads are restarted by which Secret, and which others might be if somebody said so. */
final class WorkloadIndex {

  private final Map<SecretKey, Set<WorkloadKey>> bySecret = new HashMap<>();
  private final Map<SecretKey, Set<WorkloadKey>> byReference = new HashMap<>();
  private final Map<String, Set<WorkloadKey>> byNamespace = new HashMap<>();
  private final Map<WorkloadKey, Entry> entries = new HashMap<>();

  private record Entry(Set<String> secrets, Set<String> references) {}

  /** Takes a workload as it is now. */
  synchronized void put(WorkloadView view) {
    remove(view.key());
    if (view.optIn() instanceof OptIn.Off) {
      return;
    }
    Entry entry = new Entry(view.secrets(), view.references());
    entries.put(view.key(), entry);
    byNamespace.computeIfAbsent(view.key().namespace(), _ -> new HashSet<>()).add(view.key());
    entry.secrets.forEach(name -> bySecret.computeIfAbsent(secret(view.key(), name), _ -> new HashSet<>()).add(view.key()));
    entry.references.forEach(name -> byReference.computeIfAbsent(secret(view.key(), name), _ -> new HashSet<>()).add(view.key()));
  }

  /** Takes a workload that is not known. */
  synchronized void putMissing(WorkloadView view) {
    if (!entries.containsKey(view.key())) {
      put(view);
    }
  }

  /** Forgets a workload. */
  synchronized void remove(WorkloadKey key) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      leave(byNamespace, key.namespace(), key);
      entry.secrets.forEach(name -> leave(bySecret, secret(key, name), key));
      entry.references.forEach(name -> leave(byReference, secret(key, name), key));
    }
  }

  /** The workloads that a change of the Secret restarts. */
  synchronized Set<WorkloadKey> users(SecretKey secret) {
    return Set.copyOf(bySecret.getOrDefault(secret, Set.of()));
  }

  /** Those, and the workloads that reference the Secret without being restarted by it. */
  synchronized Set<WorkloadKey> concerned(SecretKey secret) {
    Set<WorkloadKey> all = new HashSet<>(bySecret.getOrDefault(secret, Set.of()));
    all.addAll(byReference.getOrDefault(secret, Set.of()));
    return all;
  }

  /** The workloads of a namespace, except those that never restart. */
  synchronized Set<WorkloadKey> in(String namespace) {
    return Set.copyOf(byNamespace.getOrDefault(namespace, Set.of()));
  }

  private static SecretKey secret(WorkloadKey key, String name) {
    return new SecretKey(key.namespace(), name);
  }

  private static <K> void leave(Map<K, Set<WorkloadKey>> index, K at, WorkloadKey key) {
    Set<WorkloadKey> users = index.getOrDefault(at, Set.of());
    users.remove(key);
    if (users.isEmpty()) {
      index.remove(at);
    }
  }
}
