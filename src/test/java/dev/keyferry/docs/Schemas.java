package dev.keyferry.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The schemas in {@code crds/}.
 *
 * @param byKind the schema of each kind
 */
record Schemas(Map<String, JsonNode> byKind) {

  private static final ObjectMapper YAML = new YAMLMapper();

  static Schemas read() {
    try (Stream<Path> files = Files.list(Path.of("crds"))) {
      Map<String, JsonNode> schemas = new HashMap<>();
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("keyferry.dev_")).toList()) {
        JsonNode definition = YAML.readTree(Files.readString(file));
        schemas.put(definition.at("/spec/names/kind").asText(), definition.at("/spec/versions/0/schema/openAPIV3Schema"));
      }
      return new Schemas(Map.copyOf(schemas));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What an object holds that its schema does not know, or lacks that its schema demands; by path. */
  List<String> complaints(JsonNode object) {
    String kind = object.path("kind").asText();
    JsonNode schema = byKind.get(kind);
    if (schema == null) {
      return List.of("no CRD for kind " + kind);
    }
    List<String> complaints = new ArrayList<>();
    walk(kind, object, schema, complaints);
    return complaints;
  }

  /** Whether a kind has that field; lists are passed through, as in {@code spec.data.remoteRef.key}. */
  boolean knows(String kind, String path) {
    Optional<JsonNode> at = Optional.of(byKind.get(kind));
    for (String step : path.split("\\.")) {
      at = at.map(Schemas::element).map(schema -> schema.path("properties").get(step));
    }
    return at.isPresent();
  }

  private static void walk(String path, JsonNode value, JsonNode schema, List<String> complaints) {
    if (value.isArray()) {
      value.forEach(item -> walk(path + "[]", item, schema.path("items"), complaints));
    }
    if (!value.isObject() || !schema.has("properties")) {
      return;
    }
    schema.path("required").forEach(name -> {
      if (!value.has(name.asText())) {
        complaints.add(path + "." + name.asText() + " is missing");
      }
    });
    value.properties().forEach(field -> {
      JsonNode known = schema.path("properties").get(field.getKey());
      if (known == null) {
        complaints.add(path + "." + field.getKey() + " is not known");
      } else {
        walk(path + "." + field.getKey(), field.getValue(), known, complaints);
      }
    });
  }

  private static JsonNode element(JsonNode schema) {
    return schema.has("items") ? schema.get("items") : schema;
  }
}
