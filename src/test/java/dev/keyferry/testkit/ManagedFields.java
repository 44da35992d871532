package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who owns which fields of one object: {@code metadata.managedFields} as a value. */
final class ManagedFields {

  /**
   * One owner.
   *
   * @param manager its name
   * @param operation Apply or Update
   * @param subresource such as {@code status}; empty for the object itself
   */
  record Owner(String manager, String operation, String subresource) {

    /** As a conflict names it. */
    String print(String apiVersion) {
      String text = "\"" + manager + "\"";
      if (!subresource.isEmpty()) {
        text += " with subresource \"" + subresource + "\"";
      }
      return operation.equals("Update") ? text + " using " + apiVersion : text;
    }
  }

  private static final List<String> NEVER_OWNED =
      List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generation", "managedFields");

  private final Map<Owner, Set<List<String>>> sets = new LinkedHashMap<>();
  private final Map<Owner, String> times = new LinkedHashMap<>();

  /** What an object's metadata says. */
  static ManagedFields of(JsonNode object) {
    ManagedFields fields = new ManagedFields();
    for (JsonNode entry : object.path("metadata").path("managedFields")) {
      Owner owner =
          new Owner(entry.path("manager").asText(), entry.path("operation").asText(), entry.path("subresource").asText(""));
      fields.sets.put(owner, new LinkedHashSet<>(FieldSet.fromFieldsV1(entry.path("fieldsV1"))));
      fields.times.put(owner, entry.path("time").asText());
    }
    return fields;
  }

  /** The part of an object that can be owned by a write to that subresource. */
  static ObjectNode ownable(ObjectNode object, ApiKind kind, String subresource) {
    ObjectNode part = object.deepCopy();
    part.remove(List.of("apiVersion", "kind"));
    if (subresource.equals("status")) {
      part.retain("status");
      return part;
    }
    if (kind.status()) {
      part.remove("status");
    }
    if (part.get("metadata") instanceof ObjectNode metadata) {
      metadata.remove(NEVER_OWNED);
      if (metadata.isEmpty()) {
        part.remove("metadata");
      }
    }
    return part;
  }

  Set<List<String>> ownedBy(Owner owner) {
    return sets.getOrDefault(owner, Set.of());
  }

  /** The owners of that field, less one. */
  List<Owner> othersThatOwn(List<String> path, Owner self) {
    return sets.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(self) && entry.getValue().contains(path))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether somebody else owns the field or something beneath it. */
  boolean othersOwnWithin(List<String> path, Owner self) {
    return sets.entrySet().stream()
        .anyMatch(entry -> !entry.getKey().equals(self) && entry.getValue().stream().anyMatch(p -> FieldSet.startsWith(p, path)));
  }

  /** Gives the owner exactly these fields. The time stays where nothing changes. */
  void set(Owner owner, Set<List<String>> paths, String now) {
    if (paths.isEmpty()) {
      sets.remove(owner);
    } else if (!paths.equals(sets.get(owner))) {
      sets.put(owner, new LinkedHashSet<>(paths));
      times.put(owner, now);
    }
  }

  /** Takes these fields from everybody but one. */
  void takeFromOthers(Collection<List<String>> paths, Owner self) {
    sets.forEach(
        (owner, owned) -> {
          if (!owner.equals(self)) {
            paths.forEach(owned::remove);
          }
        });
    sets.values().removeIf(Set::isEmpty);
  }

  /** Records a write that was no apply: what it changed is its manager's, what it removed is nobody's. */
  void recordUpdate(ObjectNode before, ObjectNode after, Owner owner, String now) {
    Set<List<String>> old = FieldSet.of(before);
    Set<List<String>> changed = new LinkedHashSet<>(FieldSet.of(after));
    Set<List<String>> gone = new LinkedHashSet<>(old);
    gone.removeAll(changed);
    changed.removeIf(
        path -> old.contains(path) && (FieldSet.isItem(path) || FieldSet.at(after, path).equals(FieldSet.at(before, path))));
    Set<List<String>> own = new LinkedHashSet<>(ownedBy(owner));
    own.addAll(changed);
    own.removeAll(gone);
    takeFromOthers(gone, owner);
    takeFromOthers(changed, owner);
    set(owner, own, now);
  }

  /** Writes this into the object's metadata. */
  void writeTo(ObjectNode object, String apiVersion) {
    ObjectNode metadata = object.withObjectProperty("metadata");
    metadata.remove("managedFields");
    if (sets.isEmpty()) {
      return;
    }
    ArrayNode list = metadata.putArray("managedFields");
    List<Owner> owners = new ArrayList<>(sets.keySet());
    for (Owner owner : owners) {
      ObjectNode entry = list.addObject();
      entry.put("manager", owner.manager()).put("operation", owner.operation()).put("apiVersion", apiVersion);
      entry.put("time", times.get(owner)).put("fieldsType", "FieldsV1");
      entry.set("fieldsV1", FieldSet.toFieldsV1(sets.get(owner)));
      if (!owner.subresource().isEmpty()) {
        entry.put("subresource", owner.subresource());
      }
    }
  }
}
