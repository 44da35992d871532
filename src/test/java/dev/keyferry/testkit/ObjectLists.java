package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The list of a kind, in pages where {@code limit} asks for them. */
final class ObjectLists {

  private ObjectLists() {}

  /** One page; its continue token is the number of objects before the next one, which is exact while nothing is written in between. */
  static ObjectNode page(ApiKind kind, ObjectStore.Snapshot snapshot, Predicate<JsonNode> selected, Map<String, String> query) {
    List<ObjectNode> all = snapshot.objects().stream().filter(selected).toList();
    int from = number(query.get("continue"), 0);
    int limit = number(query.get("limit"), 0);
    int to = limit == 0 ? all.size() : Math.min(all.size(), from + limit);
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", kind.kind() + "List").put("apiVersion", kind.apiVersion());
    ObjectNode metadata = list.putObject("metadata").put("resourceVersion", Long.toString(snapshot.version()));
    if (to < all.size()) {
      metadata.put("continue", Integer.toString(to)).put("remainingItemCount", all.size() - to);
    }
    ArrayNode items = list.putArray("items");
    all.subList(Math.min(from, to), to).forEach(items::add);
    return list;
  }

  private static int number(@Nullable String text, int otherwise) {
    return text == null || text.isEmpty() ? otherwise : Integer.parseInt(text);
  }
}
