package dev.keyferry.emulator;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The versions of one secret and how labels move between them: each label is on one version at most, and AWSPREVIOUS follows AWSCURRENT.
 *
 * @param byId versions in the order in which they were put
 */
record Versions(Map<String, SecretVersion> byId) {

  static final String CURRENT = "AWSCURRENT";
  static final String PREVIOUS = "AWSPREVIOUS";
  static final String PENDING = "AWSPENDING";

  Versions {
    byId = Collections.unmodifiableMap(new LinkedHashMap<>(byId));
  }

  static Versions none() {
    return new Versions(Map.of());
  }

  Optional<SecretVersion> get(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Optional<SecretVersion> holder(String stage) {
    return byId.values().stream().filter(version -> version.has(stage)).findFirst();
  }

  Versions plus(SecretVersion version) {
    Map<String, SecretVersion> more = new LinkedHashMap<>(byId);
    more.put(version.id(), version);
    return new Versions(more);
  }

  Versions detach(String stage) {
    return each(version -> version.without(stage));
  }

  /** Moves a label to a version that exists. */
  Versions attach(String stage, String toId) {
    Optional<SecretVersion> before = holder(stage);
    Versions moved = detach(stage).change(toId, version -> version.with(stage));
    if (!stage.equals(CURRENT) || before.isEmpty() || before.get().id().equals(toId)) {
      return moved;
    }
    return moved.detach(PREVIOUS).change(before.get().id(), version -> version.with(PREVIOUS));
  }

  private Versions change(String id, UnaryOperator<SecretVersion> change) {
    return each(version -> version.id().equals(id) ? change.apply(version) : version);
  }

  private Versions each(UnaryOperator<SecretVersion> change) {
    Map<String, SecretVersion> changed = new LinkedHashMap<>(byId);
    changed.replaceAll((id, version) -> change.apply(version));
    return new Versions(changed);
  }
}
