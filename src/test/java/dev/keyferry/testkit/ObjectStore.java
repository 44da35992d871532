package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The stored objects and every change since the start, in one order. What it hands out are copies. */
final class ObjectStore {

  /**
   * Names one object.
   *
   * @param namespace empty for what stands in none
   */
  record Key(ApiKind kind, String namespace, String name) {
    private static final Comparator<Key> ORDER =
        Comparator.comparing((Key key) -> key.kind().qualified()).thenComparing(Key::namespace).thenComparing(Key::name);
  }

  /**
   * One change.
   *
   * @param version the resourceVersion that it made
   * @param before null where the object was created
   * @param after null where it was deleted
   */
  record Change(long version, Key key, @Nullable ObjectNode before, @Nullable ObjectNode after) {}

  /** All objects that were asked for, and the version at which they stood so. */
  record Snapshot(long version, List<ObjectNode> objects) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final NavigableMap<Key, ObjectNode> objects = new TreeMap<>(Key.ORDER);
  private final List<Change> changes = new ArrayList<>();
  private boolean closed;

  /** Runs alone: nothing else reads or writes meanwhile. */
  <T> T alone(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  @Nullable ObjectNode get(Key key) {
    return alone(
        () -> {
          ObjectNode object = objects.get(key);
          return object == null ? null : object.deepCopy();
        });
  }

  /** Stores the object under a new resourceVersion, which it then carries. */
  ObjectNode put(Key key, ObjectNode object) {
    return alone(
        () -> {
          long version = nextVersion();
          ObjectNode stored = object.deepCopy();
          stored.withObjectProperty("metadata").put("resourceVersion", Long.toString(version));
          changes.add(new Change(version, key, objects.put(key, stored), stored));
          changed.signalAll();
          return stored.deepCopy();
        });
  }

  /** Removes the object, if it is there; its last state carries the version of its removal. */
  void remove(Key key) {
    alone(
        () -> {
          ObjectNode last = objects.remove(key);
          if (last != null) {
            ObjectNode end = last.deepCopy();
            long version = nextVersion();
            end.withObjectProperty("metadata").put("resourceVersion", Long.toString(version));
            changes.add(new Change(version, key, end, null));
            changed.signalAll();
          }
          return null;
        });
  }

  private long nextVersion() {
    return changes.size() + 1L;
  }

  /** The objects of a kind, in one namespace or, where it is null, in all. */
  Snapshot list(ApiKind kind, @Nullable String namespace) {
    return alone(
        () -> {
          List<ObjectNode> found = new ArrayList<>();
          objects.forEach(
              (key, object) -> {
                if (key.kind().equals(kind) && (namespace == null || namespace.equals(key.namespace()))) {
                  found.add(object.deepCopy());
                }
              });
          return new Snapshot(changes.size(), List.copyOf(found));
        });
  }

  /** The objects that name that uid among their owners. */
  List<Key> ownedBy(String uid) {
    return alone(
        () ->
            objects.entrySet().stream()
                .filter(entry -> entry.getValue().path("metadata").path("ownerReferences").findValuesAsText("uid").contains(uid))
                .map(Map.Entry::getKey)
                .toList());
  }

  /** The changes after a version: waits for the first one, at most that long. Null once the store is closed. */
  @Nullable List<Change> changesAfter(long version, Duration atMost) throws InterruptedException {
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (!closed && changes.size() <= version && left > 0) {
        left = changed.awaitNanos(left);
      }
      return closed ? null : List.copyOf(changes.subList((int) Math.min(version, changes.size()), changes.size()));
    } finally {
      lock.unlock();
    }
  }

  /** Ends every wait. */
  void close() {
    alone(
        () -> {
          closed = true;
          changed.signalAll();
          return null;
        });
  }
}
