package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.kube.Marks;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Hears of the annotations by which people ask for a look at the sources at once: each new text is one request. */
final class SyncRequests {

  private final Map<String, List<String>> seen = new ConcurrentHashMap<>();
  private final Set<String> open = ConcurrentHashMap.newKeySet();

  /**
   * An object is as it is now; what it carries when it is first seen asks for nothing, since it is read then anyway.
   *
   * @return whether it asks for a look
   */
  boolean noticed(ExternalSecret object) {
    String uid = object.getMetadata().getUid();
    Map<String, String> annotations = object.getMetadata().getAnnotations() == null ? Map.of() : object.getMetadata().getAnnotations();
    List<String> now = List.of(annotations.getOrDefault(Marks.SYNC_NOW, ""), annotations.getOrDefault(Marks.FORCE_SYNC, ""));
    List<String> before = seen.put(uid, now);
    boolean asks = before != null && !before.equals(now) && now.stream().anyMatch(text -> !text.isEmpty());
    if (asks) {
      open.add(uid);
    }
    return asks;
  }

  /** Whether a look was asked for since this was last called. */
  boolean take(ExternalSecret object) {
    return open.remove(object.getMetadata().getUid());
  }

  /** Forgets an object that is gone. */
  void forget(ExternalSecret object) {
    seen.remove(object.getMetadata().getUid());
    open.remove(object.getMetadata().getUid());
  }
}
