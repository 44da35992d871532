package dev.keyferry.fetch;

import dev.keyferry.source.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which scopes may ask. One that was never answered and is denied is not to ask again within an hour; where it was answered before, the
 * denial is about the one secret. Guarded by the watch's lock.
 */
final class DescribeRights {

  /** How long a denial is remembered. */
  static final Duration DENIED = Duration.ofHours(1);

  private final Map<Scope, Instant> deniedUntil = new HashMap<>();
  private final Set<Scope> answered = new HashSet<>();

  boolean mayAsk(Scope scope, Instant now) {
    return !deniedUntil.getOrDefault(scope, Instant.MIN).isAfter(now);
  }

  void answered(Scope scope) {
    answered.add(scope);
  }

  void denied(Scope scope, Instant now) {
    if (!answered.contains(scope)) {
      deniedUntil.put(scope, now.plus(DENIED));
    }
  }

  /** Forgets all other scopes. */
  void keep(Set<Scope> inUse) {
    deniedUntil.keySet().retainAll(inUse);
    answered.retainAll(inUse);
  }
}
