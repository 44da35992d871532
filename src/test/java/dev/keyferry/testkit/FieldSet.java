package dev.keyferry.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Paths of fields in the notation of {@code managedFields}: {@code f:} and a name, or {@code k:} and the key of a list's item. Lists are
 * leaves, except the few that Kubernetes merges by a key and that the operator meets.
 */
final class FieldSet {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> LIST_KEYS =
      Map.of(
          "f:ownerReferences", "uid",
          "f:conditions", "type",
          "f:containers", "name",
          "f:initContainers", "name",
          "f:volumes", "name",
          "f:env", "name",
          "f:imagePullSecrets", "name",
          "f:volumeMounts", "mountPath");

  private FieldSet() {}

  /** The leaves of an object, and the items of its keyed lists. */
  static Set<List<String>> of(JsonNode object) {
    Set<List<String>> paths = new LinkedHashSet<>();
    object.properties().forEach(field -> leaves(child(List.of(), "f:" + field.getKey()), field.getValue(), paths));
    return paths;
  }

  private static void leaves(List<String> path, JsonNode node, Set<List<String>> paths) {
    String key = node.isArray() ? listKey(path, node) : null;
    if (node.isObject() && !node.isEmpty()) {
      node.properties().forEach(field -> leaves(child(path, "f:" + field.getKey()), field.getValue(), paths));
    } else if (key != null) {
      for (JsonNode item : node) {
        List<String> itemPath = child(path, itemName(key, item));
        paths.add(itemPath);
        if (granular(itemPath)) {
          item.properties().forEach(field -> leaves(child(itemPath, "f:" + field.getKey()), field.getValue(), paths));
        }
      }
    } else {
      paths.add(path);
    }
  }

  /** The field that identifies the items of the list at that path, or null where the list is one value. */
  static @Nullable String listKey(List<String> path, JsonNode list) {
    String key = LIST_KEYS.get(path.getLast());
    if (key == null || list.isEmpty()) {
      return null;
    }
    for (JsonNode item : list) {
      if (!item.has(key)) {
        return null;
      }
    }
    return key;
  }

  /** Whether the fields of the item at that path have owners of their own. Owner references are whole. */
  static boolean granular(List<String> itemPath) {
    return !itemPath.get(itemPath.size() - 2).equals("f:ownerReferences");
  }

  static boolean isItem(List<String> path) {
    return path.getLast().startsWith("k:");
  }

  static String itemName(String key, JsonNode item) {
    return "k:" + JsonNodeFactory.instance.objectNode().set(key, item.get(key));
  }

  static List<String> child(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return List.copyOf(longer);
  }

  static boolean startsWith(List<String> path, List<String> prefix) {
    return path.size() >= prefix.size() && path.subList(0, prefix.size()).equals(prefix);
  }

  /** What stands at that path, or null. */
  static @Nullable JsonNode at(JsonNode root, List<String> path) {
    JsonNode node = root;
    for (String element : path) {
      node = step(node, element);
      if (node == null) {
        return null;
      }
    }
    return node;
  }

  private static @Nullable JsonNode step(JsonNode node, String element) {
    if (element.startsWith("f:")) {
      return node.isObject() ? node.get(element.substring(2)) : null;
    }
    int index = node.isArray() ? indexOf((ArrayNode) node, element) : -1;
    return index < 0 ? null : node.get(index);
  }

  private static int indexOf(ArrayNode list, String element) {
    Map.Entry<String, JsonNode> key = read(element.substring(2)).properties().iterator().next();
    for (int i = 0; i < list.size(); i++) {
      if (key.getValue().equals(list.get(i).get(key.getKey()))) {
        return i;
      }
    }
    return -1;
  }

  /** Removes what stands at that path, and the containers that are left empty by it. */
  static void remove(ObjectNode root, List<String> path) {
    List<String> above = path.subList(0, path.size() - 1);
    JsonNode parent = at(root, above);
    if (parent instanceof ObjectNode object) {
      object.remove(path.getLast().substring(2));
    } else if (parent instanceof ArrayNode list) {
      int index = indexOf(list, path.getLast());
      if (index >= 0) {
        list.remove(index);
      }
    }
    if (parent != null && parent.isEmpty() && !above.isEmpty()) {
      remove(root, above);
    }
  }

  /** The set in the form of {@code fieldsV1}. */
  static ObjectNode toFieldsV1(Set<List<String>> paths) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    for (List<String> path : paths) {
      ObjectNode node = root;
      for (String element : path) {
        node = node.withObjectProperty(element);
      }
    }
    for (List<String> path : paths) {
      if (at(root, path, 0) instanceof ObjectNode node && !node.isEmpty()) {
        node.putObject(".");
      }
    }
    return root;
  }

  private static @Nullable JsonNode at(JsonNode node, List<String> path, int from) {
    JsonNode found = node;
    for (int i = from; found != null && i < path.size(); i++) {
      found = found.get(path.get(i));
    }
    return found;
  }

  /** The set that {@code fieldsV1} says. */
  static Set<List<String>> fromFieldsV1(JsonNode fields) {
    Set<List<String>> paths = new LinkedHashSet<>();
    collect(List.of(), fields, paths);
    return paths;
  }

  private static void collect(List<String> path, JsonNode node, Set<List<String>> paths) {
    if (node.isEmpty() && !path.isEmpty()) {
      paths.add(path);
    }
    node.properties()
        .forEach(
            field -> {
              if (field.getKey().equals(".")) {
                paths.add(path);
              } else {
                collect(child(path, field.getKey()), field.getValue(), paths);
              }
            });
  }

  /** As Kubernetes prints it: {@code .status.conditions[type="Ready"].reason}. */
  static String print(List<String> path) {
    StringBuilder text = new StringBuilder();
    for (String element : path) {
      if (element.startsWith("f:")) {
        text.append('.').append(element.substring(2));
      } else {
        Map.Entry<String, JsonNode> key = read(element.substring(2)).properties().iterator().next();
        text.append('[').append(key.getKey()).append('=').append(key.getValue()).append(']');
      }
    }
    return text.toString();
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a list key is no JSON", e);
    }
  }
}
