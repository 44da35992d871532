package dev.keyferry.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The values file, its schema and its documentation speak of the same values. */
class ChartValuesTest {

  private static final Set<String> FOR_PARENT_CHARTS = Set.of("global", "enabled");

  /** Values whose content is Kubernetes' own, documented as a whole. */
  private static final Set<String> WHOLE = Set.of("resources", "podSecurityContext", "securityContext");

  private final JsonNode values = Manifests.read(Chart.FOLDER.resolve("values.yaml")).objects().getFirst();
  private final JsonNode schema = Manifests.read(Chart.FOLDER.resolve("values.schema.json")).objects().getFirst();

  @Test
  void given_the_values_when_compared_with_the_schema_then_each_is_in_both() {
    Set<String> described = new TreeSet<>();
    collectSchema("", schema, described);
    described.removeAll(FOR_PARENT_CHARTS);
    assertThat(described).isEqualTo(paths());
  }

  @Test
  void given_the_values_when_compared_with_the_readme_then_each_has_its_line() throws IOException {
    String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
    Set<String> documented =
        Pattern.compile("(?m)^\\| `([^`]+)` \\|").matcher(readme).results().map((MatchResult m) -> m.group(1)).collect(Collectors.toSet());
    assertThat(documented).isEqualTo(paths());
  }

  @Test
  void given_the_schema_when_read_then_it_is_draft_07_and_strict_at_each_level() {
    assertThat(schema.path("$schema").asText()).isEqualTo("http://json-schema.org/draft-07/schema#");
    assertThat(objects(schema).filter(o -> o.has("properties")))
        .hasSizeGreaterThan(10)
        .allSatisfy(o -> assertThat(o.path("additionalProperties")).isEqualTo(BooleanNode.FALSE));
  }

  private static Stream<JsonNode> objects(JsonNode node) {
    Stream<JsonNode> below = StreamSupport.stream(node.spliterator(), false).flatMap(ChartValuesTest::objects);
    return node.isObject() ? Stream.concat(Stream.of(node), below) : below;
  }

  private Set<String> paths() {
    Set<String> paths = new TreeSet<>();
    collectValues("", values, paths);
    return paths;
  }

  private static void collectValues(String prefix, JsonNode node, Set<String> into) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String path = prefix + field.getKey();
      boolean leaf = !field.getValue().isObject() || field.getValue().isEmpty() || WHOLE.contains(path);
      if (leaf) {
        into.add(path);
      } else {
        collectValues(path + ".", field.getValue(), into);
      }
    }
  }

  private static void collectSchema(String prefix, JsonNode node, Set<String> into) {
    for (Map.Entry<String, JsonNode> field : node.path("properties").properties()) {
      String path = prefix + field.getKey();
      if (!field.getValue().has("properties") || WHOLE.contains(path)) {
        into.add(path);
      } else {
        collectSchema(path + ".", field.getValue(), into);
      }
    }
  }
}
