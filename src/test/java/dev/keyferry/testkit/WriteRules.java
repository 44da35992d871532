package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** What a write must fulfil, and what it does to an object beside what was asked. */
final class WriteRules {

  private WriteRules() {}

  /** Fails where uid or resourceVersion are given and are others: 422 and 409. */
  static void checkIdentity(ObjectStore.Key key, ObjectNode live, ObjectNode wanted) {
    JsonNode metadata = wanted.path("metadata");
    String uid = live.path("metadata").path("uid").asText();
    if (!metadata.path("uid").asText(uid).equals(uid)) {
      String detail = "metadata.uid: Invalid value: \"" + metadata.path("uid").asText() + "\": field is immutable";
      throw ApiFailure.invalid(key.kind(), key.name(), detail);
    }
    String version = live.path("metadata").path("resourceVersion").asText();
    String wantedVersion = metadata.path("resourceVersion").asText("");
    if (!wantedVersion.isEmpty() && !wantedVersion.equals(version)) {
      throw ApiFailure.modified(key.kind(), key.name());
    }
  }

  /** Fails where the data of an immutable object changes, or the type of a Secret. */
  static void checkImmutable(ObjectStore.Key key, ObjectNode live, ObjectNode object) {
    boolean same = Objects.equals(live.get("data"), object.get("data")) && object.path("immutable").asBoolean();
    if (live.path("immutable").asBoolean() && !same) {
      throw ApiFailure.invalid(key.kind(), key.name(), "data: Forbidden: field is immutable when `immutable` is set");
    }
    if (key.kind().plural().equals("secrets") && !Objects.equals(live.get("type"), object.get("type"))) {
      String detail = "type: Invalid value: \"" + object.path("type").asText() + "\": field is immutable";
      throw ApiFailure.invalid(key.kind(), key.name(), detail);
    }
  }

  /** Any change beside metadata and status; of a Deployment also that of its annotations, as the real API server has it. */
  static boolean asksForMore(ApiKind kind, ObjectNode live, ObjectNode object) {
    ObjectNode before = live.deepCopy();
    ObjectNode after = object.deepCopy();
    before.remove(List.of("metadata", "status"));
    after.remove(List.of("metadata", "status"));
    boolean annotations =
        kind.plural().equals("deployments")
            && !live.path("metadata").path("annotations").equals(object.path("metadata").path("annotations"));
    return annotations || !before.equals(after);
  }

  /** As the API server does: {@code stringData} is written into {@code data}, and a Secret without a type is Opaque. */
  static void normaliseSecret(ApiKind kind, ObjectNode object) {
    if (!kind.plural().equals("secrets")) {
      return;
    }
    if (object.remove("stringData") instanceof ObjectNode texts) {
      ObjectNode data = object.withObjectProperty("data");
      texts.properties().forEach(text -> data.put(text.getKey(), text.getValue().asText().getBytes(StandardCharsets.UTF_8)));
    }
    if (!object.hasNonNull("type")) {
      object.put("type", "Opaque");
    }
  }
}
