package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/** What happens to dependents when an owner has gone. It happens at once, where a cluster takes a moment. */
final class GarbageCollector {

  private final ObjectStore store;

  GarbageCollector(ObjectStore store) {
    this.store = store;
  }

  /** Takes the owner from every dependent; those that it leaves without an owner are deleted, unless they are to be orphaned. */
  void ownerGone(String uid, boolean orphan, Consumer<ObjectStore.Key> delete) {
    for (ObjectStore.Key key : store.ownedBy(uid)) {
      ObjectNode object = store.get(key);
      if (object != null && removeOwner(object, uid)) {
        boolean owned = object.path("metadata").has("ownerReferences");
        if (owned || orphan) {
          store.put(key, object);
        } else {
          delete.accept(key);
        }
      }
    }
  }

  private static boolean removeOwner(ObjectNode object, String uid) {
    if (!(object.path("metadata").get("ownerReferences") instanceof ArrayNode owners)) {
      return false;
    }
    boolean removed = false;
    for (int i = owners.size() - 1; i >= 0; i--) {
      if (owners.get(i).path("uid").asText().equals(uid)) {
        owners.remove(i);
        removed = true;
      }
    }
    if (owners.isEmpty()) {
      object.withObjectProperty("metadata").remove("ownerReferences");
    }
    return removed;
  }
}
