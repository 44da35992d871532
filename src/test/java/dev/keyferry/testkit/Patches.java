package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.zjsonpatch.JsonPatch;
import io.fabric8.zjsonpatch.JsonPatchException;
import java.util.List;

/** JSON Patch, JSON merge patch, and as much of the strategic merge patch as keyed lists need. */
final class Patches {

  private Patches() {}

  /** Applies operations in order; 422 where one does not fit, as where a {@code test} finds something else. */
  static ObjectNode json(ApiKind kind, String name, ObjectNode target, JsonNode operations) {
    try {
      return (ObjectNode) JsonPatch.apply(operations, target);
    } catch (JsonPatchException | IllegalArgumentException e) {
      throw ApiFailure.invalid(kind, name, "the server rejected our request due to an error in our request");
    }
  }

  /** RFC 7396; with {@code strategic} the items of keyed lists are merged by their key. */
  static ObjectNode merge(ObjectNode target, ObjectNode patch, boolean strategic) {
    ObjectNode result = target.deepCopy();
    merge(List.of(), result, patch, strategic);
    return result;
  }

  private static void merge(List<String> path, ObjectNode into, ObjectNode patch, boolean strategic) {
    patch
        .properties()
        .forEach(
            field -> {
              List<String> below = FieldSet.child(path, "f:" + field.getKey());
              JsonNode value = field.getValue();
              if (value.isNull()) {
                into.remove(field.getKey());
              } else if (value instanceof ObjectNode object) {
                JsonNode current = into.get(field.getKey());
                ObjectNode inner = current instanceof ObjectNode found ? found : JsonNodeFactory.instance.objectNode();
                merge(below, inner, object, strategic);
                into.set(field.getKey(), inner);
              } else if (strategic && value instanceof ArrayNode list && FieldSet.listKey(below, list) != null) {
                mergeItems(below, into.withArrayProperty(field.getKey()), list);
              } else if (!field.getKey().startsWith("$")) {
                into.set(field.getKey(), value);
              }
            });
  }

  private static void mergeItems(List<String> path, ArrayNode into, ArrayNode patch) {
    String key = FieldSet.listKey(path, patch);
    for (JsonNode item : patch) {
      ObjectNode match = null;
      for (JsonNode candidate : into) {
        match = item.get(key).equals(candidate.get(key)) ? (ObjectNode) candidate : match;
      }
      if (match == null) {
        match = into.addObject();
      }
      merge(FieldSet.child(path, FieldSet.itemName(key, item)), match, (ObjectNode) item, true);
    }
  }
}
