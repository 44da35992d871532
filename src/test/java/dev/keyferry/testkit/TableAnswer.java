package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Table} that kubectl prints: for custom resources with the printer columns of their stored definition. */
final class TableAnswer {

  /** One column; the path is as a definition has it. */
  private record Column(String name, String type, String path) {}

  private static final Pattern FILTERED = Pattern.compile("(.*)\\[\\?\\(@\\.(\\w+)==\"([^\"]*)\"\\)\\]\\.(\\w+)");
  private static final List<Column> OF_EVENTS =
      List.of(
          new Column("Last seen", "date", ".lastTimestamp"),
          new Column("Type", "string", ".type"),
          new Column("Reason", "string", ".reason"),
          new Column("Object", "string", ".involvedObject.name"),
          new Column("Message", "string", ".message"));
  private static final Column AGE = new Column("Age", "date", ".metadata.creationTimestamp");

  private final ObjectStore store;
  private final ApiKinds kinds;
  private final Clock clock;

  TableAnswer(ObjectStore store, ApiKinds kinds, Clock clock) {
    this.store = store;
    this.kinds = kinds;
    this.clock = clock;
  }

  /** The table of these objects of one kind. */
  ObjectNode of(ApiKind kind, List<? extends JsonNode> objects, JsonNode listMetadata) {
    List<Column> columns = columns(kind);
    ObjectNode table = JsonNodeFactory.instance.objectNode().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.set("metadata", listMetadata);
    ArrayNode definitions = table.putArray("columnDefinitions");
    definition(definitions, "Name", "string").put("format", "name");
    columns.forEach(column -> definition(definitions, column.name(), column.type().equals("date") ? "string" : column.type()));
    ArrayNode rows = table.putArray("rows");
    for (JsonNode object : objects) {
      ObjectNode row = rows.addObject();
      ArrayNode cells = row.putArray("cells").add(object.path("metadata").path("name").asText());
      columns.forEach(column -> cells.add(cell(column, object)));
      ObjectNode partial = row.putObject("object").put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
      partial.set("metadata", object.path("metadata"));
    }
    return table;
  }

  private static ObjectNode definition(ArrayNode definitions, String name, String type) {
    return definitions.addObject().put("name", name).put("type", type).put("format", "").put("description", "").put("priority", 0);
  }

  private List<Column> columns(ApiKind kind) {
    ApiKind definitions = kinds.find("apiextensions.k8s.io", "v1", "customresourcedefinitions").orElseThrow();
    ObjectNode definition = store.get(new ObjectStore.Key(definitions, "", kind.qualified()));
    List<Column> columns = new ArrayList<>();
    if (definition != null) {
      for (JsonNode version : definition.path("spec").path("versions")) {
        if (version.path("name").asText().equals(kind.version())) {
          version
              .path("additionalPrinterColumns")
              .forEach(c -> columns.add(new Column(c.path("name").asText(), c.path("type").asText(), c.path("jsonPath").asText())));
        }
      }
    }
    List<Column> builtIn = kind.plural().equals("events") && kind.group().isEmpty() ? OF_EVENTS : List.of(AGE);
    return columns.isEmpty() ? builtIn : columns;
  }

  private String cell(Column column, JsonNode object) {
    JsonNode value = find(object, column.path());
    if (value == null || value.isMissingNode() || value.isNull()) {
      return "";
    }
    return column.type().equals("date") ? age(value.asText()) : value.asText();
  }

  private static @Nullable JsonNode find(JsonNode object, String path) {
    Matcher filtered = FILTERED.matcher(path);
    if (!filtered.matches()) {
      return object.at(path.replace('.', '/'));
    }
    for (JsonNode item : object.at(filtered.group(1).replace('.', '/'))) {
      if (item.path(filtered.group(2)).asText().equals(filtered.group(3))) {
        return item.get(filtered.group(4));
      }
    }
    return null;
  }

  private String age(String time) {
    try {
      long seconds = Math.max(0, Duration.between(Instant.parse(time), clock.instant()).toSeconds());
      return seconds < 120 ? seconds + "s" : seconds < 7200 ? seconds / 60 + "m" : seconds / 3600 + "h";
    } catch (DateTimeException e) {
      return "<invalid>";
    }
  }
}
