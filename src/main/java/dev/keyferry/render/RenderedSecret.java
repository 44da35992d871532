package dev.keyferry.render;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The data of a target. It shows its keys, never its values. */
public final class RenderedSecret {

  private final SortedMap<String, byte[]> data;
  private final String layout;

  /** Holds data of which nobody says where it comes from; values are not copied and must not be changed afterwards. */
  public RenderedSecret(Map<String, byte[]> data) {
    this(data, "");
  }

  /**
   * Holds the data; values are not copied and must not be changed afterwards.
   *
   * @param layout a stable text of the keys' origins; no value stands in it
   */
  RenderedSecret(Map<String, byte[]> data, String layout) {
    this.data = Collections.unmodifiableSortedMap(new TreeMap<>(data));
    this.layout = layout;
  }

  /** The values by key, sorted; unmodifiable. */
  public SortedMap<String, byte[]> data() {
    return data;
  }

  /** The keys, sorted. */
  public Set<String> keys() {
    return data.keySet();
  }

  /** A stable text of the keys' origins: data that differs while neither this nor a revision does was changed by somebody else. */
  public String layout() {
    return layout;
  }

  @Override
  public String toString() {
    return "RenderedSecret" + data.keySet();
  }
}
