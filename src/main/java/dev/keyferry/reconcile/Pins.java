package dev.keyferry.reconcile;

import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the sources of which a target has another version because a pin in the spec changed. Such a move restarts nothing. Pure. */
final class Pins {

  /** What the status adds to the key of a source whose version is pinned. */
  static final String SUFFIX = "@pinned";

  private Pins() {}

  /**
   * The keys of such sources, sorted.
   *
   * @param before what the target held
   * @param found what it holds now
   */
  static List<String> moved(List<SourceStatus> before, Collection<Fetched.Found> found) {
    Map<String, Set<String>> old = new TreeMap<>();
    Map<String, Set<String>> now = new TreeMap<>();
    Set<String> pinned = new TreeSet<>();
    for (SourceStatus source : before) {
      add(old, pinned, source.key(), source.revision());
    }
    for (Fetched.Found one : found) {
      add(now, pinned, name(one.ref()), one.revision().version());
    }
    return pinned.stream()
        .filter(key -> old.containsKey(key) && now.containsKey(key))
        .filter(key -> Collections.disjoint(old.get(key), now.get(key)))
        .toList();
  }

  private static void add(Map<String, Set<String>> versions, Set<String> pinned, String name, String version) {
    boolean pin = name.endsWith(SUFFIX);
    String key = pin ? name.substring(0, name.length() - SUFFIX.length()) : name;
    if (pin) {
      pinned.add(key);
    }
    versions.computeIfAbsent(key, _ -> new TreeSet<>()).add(version);
  }

  /** How the status names a source. */
  static String name(SourceRef ref) {
    return switch (ref.version()) {
      case VersionSelector.Current() -> ref.key();
      case VersionSelector.Stage(var label) -> ref.key() + "@" + label;
      case VersionSelector.Id(_) -> ref.key() + SUFFIX;
    };
  }
}
