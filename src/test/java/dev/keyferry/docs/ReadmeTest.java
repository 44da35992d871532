package dev.keyferry.docs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.keyferry.config.Setting;
import dev.keyferry.restart.RestartListener;
import dev.keyferry.status.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README's tables and manifests are what the code says. */
class ReadmeTest {

  private static final Markdown README = Markdown.README;
  private static final Pattern SERIES = Pattern.compile("(keyferry_[a-z_]+)[{)]");

  @Test
  void given_the_configuration_table_when_read_then_it_is_the_settings_in_their_order() {
    List<List<String>> rows = README.table("flag", "variable", "default", "meaning");
    assertThat(rows.stream().map(row -> row.stream().map(Markdown::plain).toList()))
        .containsExactlyElementsOf(
            Stream.of(Setting.values())
                .map(setting -> List.of(setting.flag(), setting.environmentName(), setting.defaultText(), setting.description()))
                .toList());
  }

  @Test
  void given_the_reasons_table_when_read_then_it_has_each_reason_once() {
    List<List<String>> rows = README.table("reason", "what it means", "what to do");
    assertThat(rows.stream().map(row -> Markdown.plain(row.getFirst())))
        .containsExactlyInAnyOrderElementsOf(Stream.of(Reason.values()).map(Reason::word).toList());
  }

  @Test
  void given_the_metrics_table_when_read_then_it_is_what_a_scrape_shows() {
    Map<String, Series> told = new TreeMap<>();
    for (List<String> row : README.table("name", "type", "labels", "meaning")) {
      told.put(Markdown.plain(row.getFirst()), new Series(row.get(1), new TreeSet<>(Markdown.spansOf(row.get(2)))));
    }
    assertThat(told).containsExactlyInAnyOrderEntriesOf(Series.touched());
  }

  @Test
  void given_the_alerts_when_read_then_every_series_exists() {
    List<String> used =
        README.fenced("yaml").stream()
            .filter(block -> block.contains("alert:"))
            .flatMap(block -> SERIES.matcher(block).results())
            .map(found -> found.group(1))
            .toList();
    assertThat(used).hasSizeGreaterThan(2);
    assertThat(Series.touched().keySet()).containsAll(used);
  }

  @Test
  void given_the_restart_results_when_read_then_they_are_the_listeners() {
    String meaning =
        README.table("name", "type", "labels", "meaning").stream()
            .filter(row -> row.getFirst().equals("`keyferry_restarts_total`"))
            .findFirst()
            .orElseThrow()
            .get(3);
    assertThat(Markdown.spansOf(meaning))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(RestartListener.Result.values()).map(RestartListener.Result::word).distinct().toList());
  }

  @Test
  void given_the_manifests_when_walked_then_their_fields_are_the_crds() throws IOException {
    Schemas schemas = Schemas.read();
    List<JsonNode> ours = manifests().stream().filter(object -> object.path("apiVersion").asText().startsWith("keyferry.dev/")).toList();
    assertThat(ours).hasSizeGreaterThan(3);
    assertThat(ours.stream().map(object -> object.path("apiVersion").asText()).distinct()).containsExactly("keyferry.dev/v1");
    assertThat(ours.stream().flatMap(object -> schemas.complaints(object).stream())).isEmpty();
  }

  @Test
  void given_the_fields_that_move_from_eso_when_looked_up_then_the_crds_have_them() {
    Schemas schemas = Schemas.read();
    List<String> spec =
        List.of(
            "secretStoreRef.name", "secretStoreRef.kind", "refreshInterval", "target.name", "target.creationPolicy", "target.deletionPolicy",
            "target.immutable", "data.secretKey", "data.remoteRef.key", "data.remoteRef.property", "data.remoteRef.version",
            "dataFrom.extract.key", "dataFrom.extract.property", "dataFrom.extract.version", "dataFrom.find.path", "dataFrom.find.name.regexp",
            "dataFrom.find.tags");
    List<String> aws =
        List.of(
            "service", "region", "role", "externalID", "sessionTags", "sessionTagsPolicy", "transitiveTagKeys", "additionalRoles", "prefix",
            "auth.secretRef", "auth.jwt.serviceAccountRef.namespace");
    assertThat(spec).allMatch(path -> schemas.knows("ExternalSecret", "spec." + path));
    assertThat(aws).allMatch(path -> schemas.knows("SecretStore", "spec.provider.aws." + path));
    assertThat(schemas.knows("ClusterSecretStore", "spec.conditions")).isTrue();
  }

  @Test
  void given_the_fields_that_are_not_there_yet_when_looked_up_then_no_crd_has_them() {
    Schemas schemas = Schemas.read();
    assertThat(List.of("target.template", "refreshPolicy", "syncWindows", "dataFrom.rewrite"))
        .noneMatch(path -> schemas.knows("ExternalSecret", "spec." + path));
    assertThat(schemas.byKind()).containsOnlyKeys("ExternalSecret", "SecretStore", "ClusterSecretStore");
  }

  @Test
  void given_a_field_that_no_crd_has_when_walked_then_it_is_found() throws IOException {
    String yaml = "{apiVersion: keyferry.dev/v1, kind: ExternalSecret, spec: {refresh: 1m, data: [{secretKey: a, remoteRef: {}}]}}";
    assertThat(Schemas.read().complaints(new YAMLMapper().readTree(yaml)))
        .contains("ExternalSecret.spec.refresh is not known", "ExternalSecret.spec.data[].remoteRef.key is missing");
  }

  private static List<JsonNode> manifests() throws IOException {
    List<JsonNode> objects = new ArrayList<>();
    for (String block : README.fenced("yaml")) {
      try (MappingIterator<JsonNode> documents = new YAMLMapper().readerFor(JsonNode.class).readValues(block)) {
        objects.addAll(documents.readAll());
      }
    }
    return objects;
  }
}
