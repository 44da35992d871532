package dev.keyferry.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What stands in {@code crds/} is what the records say, and is fit for a cluster. */
class CrdsTest {

  private static final int KIBIBYTE = 1024;
  private static final Map<String, String> FILES = CrdGenerator.files();
  private static final Set<String> MAP_LISTS = Set.of(".status.conditions");

  static Stream<String> folders() {
    return CrdGenerator.FOLDERS.stream();
  }

  static Stream<String> names() {
    return FILES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("folders")
  void given_the_records_when_generated_then_the_committed_files_are_equal(String folder) throws IOException {
    for (var file : FILES.entrySet()) {
      var committed = Files.readString(Path.of(folder, file.getKey()));
      assertThat(committed).as("%s/%s is stale: run mvn -q -Pcrds", folder, file.getKey()).isEqualTo(file.getValue());
    }
  }

  @Test
  void given_the_same_records_when_generated_twice_then_the_bytes_are_equal() {
    assertThat(CrdGenerator.files()).isEqualTo(FILES);
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_schema_when_walked_then_no_field_has_a_default(String name) throws IOException {
    assertThat(fields(name).stream().filter(f -> f.schema().has("default")).map(Field::path)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_schema_when_walked_then_every_property_is_described(String name) throws IOException {
    assertThat(fields(name).stream().filter(f -> f.property() && !f.schema().has("description")).map(Field::path))
        .containsExactlyInAnyOrder(".metadata");
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_schema_when_walked_then_every_text_list_and_map_is_bounded(String name) throws IOException {
    assertThat(fields(name).stream().filter(f -> !bounded(f.schema())).map(Field::path)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_schema_when_walked_then_only_conditions_are_merged_and_by_their_type(String name) throws IOException {
    var merged = new ArrayList<String>();
    for (var field : fields(name)) {
      if (field.schema().path("type").asText().equals("array")) {
        switch (field.schema().path("x-kubernetes-list-type").asText()) {
          case "map" -> {
            merged.add(field.path());
            assertThat(field.schema().path("x-kubernetes-list-map-keys").path(0).asText()).isEqualTo("type");
          }
          case "atomic" -> assertThat(MAP_LISTS).doesNotContain(field.path());
          case String other -> throw new AssertionError(field.path() + " has list type '" + other + "'");
        }
      }
    }
    assertThat(merged).containsExactlyElementsOf(MAP_LISTS);
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_schema_when_walked_then_no_rule_stands_twice(String name) throws IOException {
    for (var field : fields(name)) {
      var rules = new ArrayList<JsonNode>();
      field.schema().path("x-kubernetes-validations").forEach(rules::add);
      assertThat(rules).as(field.path()).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_definition_when_measured_then_it_is_under_256_kibibytes(String name) {
    assertThat(FILES.get(name).getBytes(StandardCharsets.UTF_8).length).isLessThan(256 * KIBIBYTE);
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_definition_when_read_then_it_carries_label_category_and_status(String name) throws IOException {
    var crd = crd(name);
    assertThat(crd.at("/metadata/labels").path("app.kubernetes.io/name").asText()).isEqualTo("keyferry");
    assertThat(crd.at("/spec/names/categories/0").asText()).isEqualTo("keyferry");
    assertThat(crd.at("/spec/versions/0/subresources").has("status")).isTrue();
    assertThat(crd.at("/spec/versions/0/schema/openAPIV3Schema/required/0").asText()).isEqualTo("spec");
  }

  @Test
  void given_the_definitions_when_read_then_each_has_its_short_name() throws IOException {
    assertThat(
            Map.of(
                "es", crd("keyferry.dev_externalsecrets.yaml").at("/spec/names/shortNames/0").asText(),
                "ss", crd("keyferry.dev_secretstores.yaml").at("/spec/names/shortNames/0").asText(),
                "css", crd("keyferry.dev_clustersecretstores.yaml").at("/spec/names/shortNames/0").asText()))
        .allSatisfy((expected, actual) -> assertThat(actual).isEqualTo(expected));
  }

  @Test
  void given_an_external_secret_when_its_definition_is_read_then_columns_and_selectable_fields_are_there() throws IOException {
    var version = crd("keyferry.dev_externalsecrets.yaml").at("/spec/versions/0");
    assertThat(texts(version.path("additionalPrinterColumns"), "name"))
        .containsExactly("Store", "Ready", "Reason", "Refresh", "Last change", "Age");
    assertThat(texts(version.path("selectableFields"), "jsonPath"))
        .containsExactlyInAnyOrder(".spec.secretStoreRef.name", ".spec.secretStoreRef.kind", ".spec.target.name", ".spec.refreshInterval");
  }

  @ParameterizedTest
  @MethodSource("names")
  void given_a_store_when_its_definition_is_read_then_its_columns_are_there(String name) throws IOException {
    var expected =
        name.contains("externalsecrets")
            ? List.of("Store", "Ready", "Reason", "Refresh", "Last change", "Age")
            : List.of("Region", "Ready", "Reason", "Detection", "Identity", "Age");
    assertThat(texts(crd(name).at("/spec/versions/0/additionalPrinterColumns"), "name")).isEqualTo(expected);
  }

  private static boolean bounded(JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "string" -> schema.has("maxLength") || schema.path("format").asText().equals("date-time");
      case "array" -> schema.has("maxItems");
      case "object" -> !schema.has("additionalProperties") || schema.has("maxProperties");
      default -> true;
    };
  }

  private static List<String> texts(JsonNode list, String field) {
    var texts = new ArrayList<String>();
    list.forEach(entry -> texts.add(entry.path(field).asText()));
    return texts;
  }

  private static JsonNode crd(String name) throws IOException {
    return new YAMLMapper().readTree(FILES.get(name));
  }

  private record Field(String path, JsonNode schema, boolean property) {}

  private static List<Field> fields(String name) throws IOException {
    var fields = new ArrayList<Field>();
    collect("", crd(name).at("/spec/versions/0/schema/openAPIV3Schema"), false, fields);
    assertThat(fields).hasSizeGreaterThan(20);
    return fields;
  }

  private static void collect(String path, JsonNode schema, boolean property, List<Field> into) {
    into.add(new Field(path, schema, property));
    schema.path("properties").properties().forEach(e -> collect(path + "." + e.getKey(), e.getValue(), true, into));
    if (schema.has("items")) {
      collect(path + "[]", schema.path("items"), false, into);
    }
    if (schema.has("additionalProperties")) {
      collect(path + "{}", schema.path("additionalProperties"), false, into);
    }
  }
}
