package dev.keyferry.restart;

import dev.keyferry.kube.TargetRecord;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What every known target says, in memory; the targets themselves are the truth. */
final class TargetTokens {

  private final Map<SecretKey, Target> bySecret = new ConcurrentHashMap<>();
  private final Map<String, Set<SecretKey>> byWorkload = new ConcurrentHashMap<>();

  /** Takes what a target says now, by the ExternalSecret's name. Returns whether that is news. */
  boolean put(SecretKey secret, Map<String, TargetRecord> records) {
    Map<String, TargetToken> tokens = new TreeMap<>();
    Map<String, SecretWish> wishes = new TreeMap<>();
    records.forEach(
        (externalSecret, record) -> {
          String key = TargetToken.key(secret.name(), externalSecret);
          tokens.put(key, TargetToken.of(record));
          if (record.restart() != null) {
            wishes.put(key, SecretWish.of(record.restart()));
          }
        });
    Target now = new Target(tokens, wishes);
    return tokens.isEmpty() ? remove(secret) : replace(secret, now);
  }

  /** Forgets a target. Returns whether it was known. */
  boolean remove(SecretKey secret) {
    return replace(secret, Target.NONE);
  }

  private synchronized boolean replace(SecretKey secret, Target now) {
    Target before = now.equals(Target.NONE) ? bySecret.remove(secret) : bySecret.put(secret, now);
    if (before != null) {
      before.named().forEach(name -> byWorkload.computeIfPresent(place(secret.namespace(), name), (_, all) -> without(all, secret)));
    }
    now.named().forEach(name -> byWorkload.computeIfAbsent(place(secret.namespace(), name), _ -> ConcurrentHashMap.newKeySet()).add(secret));
    return before == null ? !now.equals(Target.NONE) : !before.equals(now);
  }

  /** The ExternalSecrets that write to a target. */
  List<String> externalSecrets(SecretKey secret) {
    return target(secret).tokens().keySet().stream().map(TargetToken::externalSecretOf).sorted().toList();
  }

  /** What the ExternalSecrets that write to a target say of restarts, by the token's key; those that say nothing are left out. */
  Map<String, SecretWish> wishes(SecretKey secret) {
    return target(secret).wishes();
  }

  /** The workloads that the ExternalSecrets of a target name, as {@code Kind/name}. */
  Set<String> named(SecretKey secret) {
    return target(secret).named();
  }

  /** The targets whose ExternalSecrets name a workload. */
  Set<SecretKey> naming(WorkloadKey workload) {
    return Set.copyOf(byWorkload.getOrDefault(place(workload.namespace(), SecretWish.name(workload)), Set.of()));
  }

  /**
   * When a workload wants to be restarted for what has moved. One that has no window of its own takes that of the ExternalSecrets, where all
   * of them have one: the one that opens first.
   */
  Wishes wishes(WorkloadView workload, Set<String> moved, Instant now) {
    Wishes own = workload.wishes();
    if (own.window() != null) {
      return own;
    }
    List<SecretWish> theirs =
        moved.stream().map(key -> wishes(new SecretKey(workload.key().namespace(), TargetToken.secretOf(key))).get(key)).toList();
    if (theirs.isEmpty() || theirs.stream().anyMatch(wish -> wish == null || wish.window() == null)) {
      return own;
    }
    SecretWish first = theirs.stream().min(Comparator.comparing(wish -> wish.opens(now))).orElseThrow();
    return own.within(first.window(), own.maxDefer() == null ? first.maxDefer() : own.maxDefer());
  }

  /** The token of each ExternalSecret in each target that restarts the workload, by its key. */
  Map<String, TargetToken> of(WorkloadView workload) {
    Map<String, TargetToken> tokens = new TreeMap<>();
    for (String name : workload.secrets()) {
      tokens.putAll(target(new SecretKey(workload.key().namespace(), name)).tokens());
    }
    return tokens;
  }

  private static String place(String namespace, String workload) {
    return namespace + "/" + workload;
  }

  private static @Nullable Set<SecretKey> without(Set<SecretKey> all, SecretKey one) {
    all.remove(one);
    return all.isEmpty() ? null : all;
  }

  private Target target(SecretKey secret) {
    return bySecret.getOrDefault(secret, Target.NONE);
  }

  /**
   * A target.
   *
   * @param tokens what each ExternalSecret wrote, by the token's key
   * @param wishes what each says of restarts
   */
  private record Target(Map<String, TargetToken> tokens, Map<String, SecretWish> wishes) {
    static final Target NONE = new Target(Map.of(), Map.of());

    Set<String> named() {
      return wishes.values().stream().flatMap(wish -> wish.targets().stream()).collect(Collectors.toSet());
    }
  }
}
