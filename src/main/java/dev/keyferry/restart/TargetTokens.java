package dev.keyferry.restart;

import dev.keyferry.kube.TargetRecord;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What every known target says, in memory; the targets themselves are the truth. */
final class TargetTokens {

  private final Map<SecretKey, Map<String, TargetToken>> bySecret = new ConcurrentHashMap<>();

  /** Takes what a target says now, by the ExternalSecret's name. Returns whether that is news. */
  boolean put(SecretKey secret, Map<String, TargetRecord> records) {
    Map<String, TargetToken> tokens = new TreeMap<>();
    records.forEach((externalSecret, record) -> tokens.put(TargetToken.key(secret.name(), externalSecret), TargetToken.of(record)));
    return tokens.isEmpty() ? remove(secret) : !tokens.equals(bySecret.put(secret, tokens));
  }

  /** Forgets a target. Returns whether it was known. */
  boolean remove(SecretKey secret) {
    return bySecret.remove(secret) != null;
  }

  /** The ExternalSecrets that write to a target. */
  List<String> externalSecrets(SecretKey secret) {
    return bySecret.getOrDefault(secret, Map.of()).keySet().stream().map(TargetToken::externalSecretOf).sorted().toList();
  }

  /** The token of each ExternalSecret in each target that restarts the workload, by its key. */
  Map<String, TargetToken> of(WorkloadView workload) {
    Map<String, TargetToken> tokens = new TreeMap<>();
    for (String name : workload.secrets()) {
      tokens.putAll(bySecret.getOrDefault(new SecretKey(workload.key().namespace(), name), Map.of()));
    }
    return tokens;
  }
}
