package dev.keyferry.reconcile;

import dev.keyferry.source.Scope;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which stores read as which scope, so that those are reconciled whose changes come to be noticed in another way. */
public final class StoreScopes {

  private final Map<String, Reader> readers = new ConcurrentHashMap<>();
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  private record Reader(Scope scope, Runnable wake) {}

  /** Changes in that scope come to be noticed in another way. */
  public void detectionChanged(Scope scope) {
    readers.forEach(
        (uid, reader) -> {
          if (reader.scope().equals(scope)) {
            told.add(uid);
            reader.wake().run();
          }
        });
  }

  /**
   * A store reads so.
   *
   * @param scope null where it does not read, or as many
   * @param wake reconciles the store soon
   */
  void reads(String uid, @Nullable Scope scope, Runnable wake) {
    if (scope == null) {
      readers.remove(uid);
    } else {
      readers.put(uid, new Reader(scope, wake));
    }
  }

  /** Whether a store was woken by {@link #detectionChanged} since this was asked last. */
  boolean takeTold(String uid) {
    return told.remove(uid);
  }

  /** Forgets a store that is gone. */
  void forget(String uid) {
    readers.remove(uid);
    told.remove(uid);
  }
}
