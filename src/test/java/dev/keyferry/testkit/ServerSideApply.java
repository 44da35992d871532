package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Server-side apply on JSON trees: merge with the ownership of fields, as the Kubernetes documentation describes it, without schemas.
 */
final class ServerSideApply {

  private ServerSideApply() {}

  /**
   * The object after the apply.
   *
   * @param live what is stored, with its managed fields; an object with only its identity where nothing is
   * @param applied what the manager sent
   * @param owner the manager
   * @param force whether fields of others are taken over
   * @param now RFC 3339, for managed fields that change
   * @throws ApiFailure 409 where others own fields with other values
   */
  static ObjectNode apply(ApiKind kind, ObjectNode live, ObjectNode applied, ManagedFields.Owner owner, boolean force, String now) {
    ObjectNode wanted = withoutNulls(ManagedFields.ownable(applied, kind, owner.subresource()));
    Set<List<String>> paths = FieldSet.of(wanted);
    ManagedFields fields = ManagedFields.of(live);
    List<Conflict> conflicts = conflicts(live, wanted, paths, fields, owner);
    if (!conflicts.isEmpty() && !force) {
      throw new ApiFailure(409, "Conflict", message(conflicts, kind.apiVersion()));
    }
    fields.takeFromOthers(conflicts.stream().map(Conflict::path).toList(), owner);
    ObjectNode merged = live.deepCopy();
    merge(List.of(), merged, wanted);
    removeDropped(merged, fields, owner, paths);
    fields.set(owner, paths, now);
    fields.writeTo(merged, kind.apiVersion());
    return merged;
  }

  private record Conflict(List<String> path, ManagedFields.Owner with) {}

  private static List<Conflict> conflicts(
      ObjectNode live, ObjectNode wanted, Set<List<String>> paths, ManagedFields fields, ManagedFields.Owner owner) {
    List<Conflict> conflicts = new ArrayList<>();
    for (List<String> path : paths) {
      boolean container = FieldSet.isItem(path) && FieldSet.granular(path);
      JsonNode current = FieldSet.at(live, path);
      if (!container && current != null && !current.equals(FieldSet.at(wanted, path))) {
        fields.othersThatOwn(path, owner).forEach(other -> conflicts.add(new Conflict(path, other)));
      }
    }
    return conflicts;
  }

  private static String message(List<Conflict> conflicts, String apiVersion) {
    if (conflicts.size() == 1) {
      Conflict only = conflicts.getFirst();
      return "Apply failed with 1 conflict: conflict with " + only.with().print(apiVersion) + ": " + FieldSet.print(only.path());
    }
    Map<String, List<String>> lines = new TreeMap<>();
    for (Conflict conflict : conflicts) {
      lines.computeIfAbsent(conflict.with().print(apiVersion), with -> new ArrayList<>()).add("- " + FieldSet.print(conflict.path()));
    }
    List<String> text = new ArrayList<>();
    lines.forEach(
        (with, fields) -> {
          text.add("conflicts with " + with + ":");
          text.addAll(fields);
        });
    return "Apply failed with " + conflicts.size() + " conflicts: " + String.join("\n", text);
  }

  /** Puts what is wanted over what is there; keyed lists by their items. */
  private static void merge(List<String> path, ObjectNode into, ObjectNode wanted) {
    wanted
        .properties()
        .forEach(
            field -> {
              List<String> below = FieldSet.child(path, "f:" + field.getKey());
              JsonNode current = into.get(field.getKey());
              JsonNode value = field.getValue();
              if (current instanceof ObjectNode object && value instanceof ObjectNode more && !more.isEmpty()) {
                merge(below, object, more);
              } else if (current instanceof ArrayNode list && value instanceof ArrayNode more && keyed(below, list, more)) {
                mergeItems(below, list, more);
              } else {
                into.set(field.getKey(), value.deepCopy());
              }
            });
  }

  private static boolean keyed(List<String> path, ArrayNode list, ArrayNode more) {
    return FieldSet.listKey(path, more) != null && (list.isEmpty() || FieldSet.listKey(path, list) != null);
  }

  private static void mergeItems(List<String> path, ArrayNode list, ArrayNode more) {
    String key = FieldSet.listKey(path, more);
    for (JsonNode item : more) {
      List<String> itemPath = FieldSet.child(path, FieldSet.itemName(key, item));
      int index = indexOf(list, key, item.get(key));
      if (index < 0) {
        list.add(item.deepCopy());
      } else if (FieldSet.granular(itemPath)) {
        merge(itemPath, (ObjectNode) list.get(index), (ObjectNode) item);
      } else {
        list.set(index, item.deepCopy());
      }
    }
  }

  private static int indexOf(ArrayNode list, String key, JsonNode value) {
    for (int i = 0; i < list.size(); i++) {
      if (value.equals(list.get(i).get(key))) {
        return i;
      }
    }
    return -1;
  }

  /** Removes what the manager owned, no longer sends, and nobody else owns; items before their fields, since their keys name them. */
  private static void removeDropped(ObjectNode merged, ManagedFields fields, ManagedFields.Owner owner, Set<List<String>> paths) {
    Set<List<String>> dropped = new LinkedHashSet<>(fields.ownedBy(owner));
    dropped.removeAll(paths);
    dropped.stream()
        .sorted(Comparator.comparingInt(List::size))
        .filter(path -> paths.stream().noneMatch(kept -> FieldSet.startsWith(kept, path)))
        .filter(path -> !fields.othersOwnWithin(path, owner))
        .forEach(path -> FieldSet.remove(merged, path));
  }

  private static ObjectNode withoutNulls(ObjectNode node) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    node.properties()
        .forEach(
            field -> {
              if (field.getValue() instanceof ObjectNode object) {
                copy.set(field.getKey(), withoutNulls(object));
              } else if (!field.getValue().isNull()) {
                copy.set(field.getKey(), field.getValue());
              }
            });
    return copy;
  }
}
