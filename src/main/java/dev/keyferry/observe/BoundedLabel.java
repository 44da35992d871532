package dev.keyferry.observe;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Keeps a label's values few: what is neither known nor among the first that came is {@value #OTHER}. */
final class BoundedLabel {

  /** Stands for every further value. */
  static final String OTHER = "other";

  private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9_.-]{0,63}");

  private final Set<String> known;
  private final Set<String> learnt = ConcurrentHashMap.newKeySet();
  private final int room;

  private BoundedLabel(Set<String> known, int room) {
    this.known = known;
    this.room = room;
  }

  /** Only these. */
  static BoundedLabel of(String... known) {
    return new BoundedLabel(Set.of(known), 0);
  }

  /** The first so many words that come. */
  static BoundedLabel first(int room) {
    return new BoundedLabel(Set.of(), room);
  }

  /** The value to use. */
  String of(String value) {
    if (known.contains(value) || learnt.contains(value)) {
      return value;
    }
    return learn(value) ? value : OTHER;
  }

  private synchronized boolean learn(String value) {
    return (learnt.size() < room && WORD.matcher(value).matches() && learnt.add(value)) || learnt.contains(value);
  }
}
