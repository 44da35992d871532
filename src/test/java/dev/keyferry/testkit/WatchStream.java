package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One watch: the changes after a version as lines of JSON, until its time is over or its client is gone.
 *
 * @param kind what is watched
 * @param namespace null for all
 * @param selected which objects the selectors admit; a change that moves an object in or out is ADDED or DELETED
 */
record WatchStream(ObjectStore store, ApiKind kind, @Nullable String namespace, Predicate<JsonNode> selected) {

  private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(5);

  /**
   * Writes until the end.
   *
   * @param from the version after which changes are told; null or 0 tells of everything that is there first
   * @param atMost how long
   * @param bookmarks whether the client asked for bookmarks
   */
  void write(OutputStream out, @Nullable String from, Duration atMost, boolean bookmarks) throws IOException, InterruptedException {
    long version;
    if (from == null || from.isEmpty() || from.equals("0")) {
      ObjectStore.Snapshot snapshot = store.list(kind, namespace);
      for (ObjectNode object : snapshot.objects()) {
        if (selected.test(object)) {
          line(out, "ADDED", object);
        }
      }
      version = snapshot.version();
    } else {
      version = Long.parseLong(from);
    }
    out.flush();
    follow(out, version, atMost, bookmarks);
  }

  private void follow(OutputStream out, long from, Duration atMost, boolean bookmarks) throws IOException, InterruptedException {
    long version = from;
    long end = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() < end) {
      Duration left = Duration.ofNanos(Math.max(1, end - System.nanoTime()));
      List<ObjectStore.Change> changes = store.changesAfter(version, left.compareTo(BOOKMARK_EVERY) < 0 ? left : BOOKMARK_EVERY);
      if (changes == null) {
        return;
      }
      for (ObjectStore.Change change : changes) {
        tell(out, change);
        version = change.version();
      }
      if (changes.isEmpty() && bookmarks) {
        bookmark(out, version);
      }
      out.flush();
    }
  }

  private void tell(OutputStream out, ObjectStore.Change change) throws IOException {
    if (!change.key().kind().equals(kind) || (namespace != null && !namespace.equals(change.key().namespace()))) {
      return;
    }
    ObjectNode before = change.before();
    ObjectNode after = change.after();
    boolean was = before != null && selected.test(before);
    boolean is = after != null && selected.test(after);
    if (is) {
      line(out, was ? "MODIFIED" : "ADDED", after);
    } else if (was) {
      ObjectNode last = (after == null ? before : after).deepCopy();
      line(out, "DELETED", last);
    }
  }

  private void bookmark(OutputStream out, long version) throws IOException {
    ObjectNode mark = JsonNodeFactory.instance.objectNode().put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
    mark.putObject("metadata").put("resourceVersion", Long.toString(version)).putNull("creationTimestamp");
    line(out, "BOOKMARK", mark);
  }

  private static void line(OutputStream out, String type, ObjectNode object) throws IOException {
    ObjectNode event = JsonNodeFactory.instance.objectNode().put("type", type);
    event.set("object", object);
    out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
