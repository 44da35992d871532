package dev.keyferry.source.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What was used last, up to a number; what falls out is closed.
 *
 * @param <K> what it is found by
 * @param <V> what is kept
 */
final class Recent<K, V extends AutoCloseable> implements AutoCloseable {

  private final int most;
  private final Map<K, V> kept = new LinkedHashMap<>(16, 0.75f, true);

  Recent(int most) {
    this.most = most;
  }

  /** What is kept for the key, made now where there is none. */
  synchronized V get(K key, Function<K, V> make) {
    V found = kept.get(key);
    if (found != null) {
      return found;
    }
    V made = make.apply(key);
    kept.put(key, made);
    if (kept.size() > most) {
      K eldest = kept.keySet().iterator().next();
      close(kept.remove(eldest));
    }
    return made;
  }

  synchronized int size() {
    return kept.size();
  }

  @Override
  public synchronized void close() {
    kept.values().forEach(Recent::close);
    kept.clear();
  }

  private static void close(AutoCloseable value) {
    try {
      value.close();
    } catch (Exception e) {
      throw new IllegalStateException("a client did not close", e);
    }
  }
}
