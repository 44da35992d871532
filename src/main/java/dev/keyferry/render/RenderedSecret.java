package dev.keyferry.render;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The data of a target. It shows its keys, never its values. */
public final class RenderedSecret {

  private final SortedMap<String, byte[]> data;

  /** Holds the data; values are not copied and must not be changed afterwards. */
  public RenderedSecret(Map<String, byte[]> data) {
    this.data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
  }

  /** The values by key, sorted; unmodifiable. */
  public SortedMap<String, byte[]> data() {
    return data;
  }

  /** The keys, sorted. */
  public Set<String> keys() {
    return data.keySet();
  }

  @Override
  public String toString() {
    return "RenderedSecret" + data.keySet();
  }
}
