package dev.keyferry.fetch;

import dev.keyferry.source.Scope;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The secrets whose rotation is watched, and for whom. Guarded by the watch's lock. */
final class RotatingSecrets {

  private final RotationCounts counts;
  private final Map<Rotating.Key, Rotating> watched = new HashMap<>();
  private final Map<String, Set<Rotating.Key>> byOwner = new HashMap<>();

  RotatingSecrets(RotationCounts counts) {
    this.counts = counts;
  }

  /**
   * An owner has read those, and nothing else any more.
   *
   * @param versions VersionIds by full ARN
   * @param firstLook when a secret is looked at that was not watched before
   * @return whether it had read others before
   */
  boolean read(String owner, Scope scope, Map<String, String> versions, Instant firstLook, Instant now) {
    Set<Rotating.Key> keys = new HashSet<>();
    versions.forEach(
        (arn, version) -> {
          Rotating.Key key = new Rotating.Key(scope, arn);
          keys.add(key);
          Rotating state = watched.computeIfAbsent(key, k -> new Rotating(k, firstLook));
          state.owners.add(owner);
          state.read(version, now);
        });
    Set<Rotating.Key> before = byOwner.put(owner, keys);
    if (before == null) {
      return false;
    }
    before.stream().filter(key -> !keys.contains(key)).forEach(key -> release(owner, key));
    return !before.equals(keys);
  }

  void forget(String owner) {
    Set<Rotating.Key> keys = byOwner.remove(owner);
    if (keys != null) {
      keys.forEach(key -> release(owner, key));
    }
  }

  @Nullable Rotating get(Rotating.Key key) {
    return watched.get(key);
  }

  Collection<Rotating> all() {
    return watched.values();
  }

  Set<Scope> scopes() {
    return watched.keySet().stream().map(Rotating.Key::scope).collect(Collectors.toSet());
  }

  /** How an owner's secrets stand, by ARN; empty where it has read nothing yet. */
  Optional<Map<String, RotationHealth>> of(String owner) {
    Set<Rotating.Key> keys = byOwner.get(owner);
    if (keys == null) {
      return Optional.empty();
    }
    Map<String, RotationHealth> healths = new TreeMap<>();
    keys.forEach(key -> healths.put(key.arn(), watched.get(key).health));
    return Optional.of(healths);
  }

  private void release(String owner, Rotating.Key key) {
    Rotating state = watched.get(key);
    if (state != null) {
      state.owners.remove(owner);
      if (state.owners.isEmpty()) {
        watched.remove(key);
        counts.moved(state.health, new RotationHealth.Unknown());
      }
    }
  }
}
