package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetRecordTest {

  private static final TargetRecord RECORD =
      new TargetRecord("db", "uid", "token", true, "2026-01-01T00:00:00Z", "keys", Map.of("b", "2", "a", "1"));

  @Test
  void given_a_record_with_a_wish_when_written_and_read_then_the_same() {
    TargetRecord.Restart wish = new TargetRecord.Restart(false, java.util.List.of("Deployment/a"), "Sat 02:00-04:00", "24h");
    TargetRecord record = new TargetRecord("db", "uid", "t", true, "2026-01-01T00:00:00Z", "k", Map.of(), null, wish, true);

    assertThat(TargetRecord.parse(record.text())).contains(record);
    assertThat(record.text()).endsWith("\"restart\":{\"enabled\":false,\"targets\":[\"Deployment/a\"],\"window\":\"Sat 02:00-04:00\",\"maxDefer\":\"24h\"},\"reloaderIgnore\":true}");
  }

  @Test
  void given_a_record_without_a_wish_when_written_then_its_text_is_as_it_was() {
    TargetRecord record = new TargetRecord("db", "uid", "t", true, "2026-01-01T00:00:00Z", "k", Map.of());

    assertThat(record.text()).doesNotContain("restart", "reloaderIgnore");
  }

  @Test
  void given_a_record_when_written_and_read_then_it_is_the_same() {
    assertThat(TargetRecord.parse(RECORD.text())).contains(RECORD);
  }

  @Test
  void given_a_record_when_written_then_its_text_is_always_this_one() {
    assertThat(RECORD.text())
        .isEqualTo(
            "{\"externalSecret\":\"db\",\"uid\":\"uid\",\"token\":\"token\",\"initial\":true,"
                + "\"changed\":\"2026-01-01T00:00:00Z\",\"keys\":\"keys\",\"revisions\":{\"a\":\"1\",\"b\":\"2\"}}");
  }

  @Test
  void given_a_text_of_a_later_release_when_read_then_unknown_fields_are_ignored() {
    String later = RECORD.text().replaceFirst("\\{", "{\"later\":[1,2],");

    assertThat(TargetRecord.parse(later)).contains(RECORD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "null", "[]", "{}", "nonsense", "{\"externalSecret\":\"db\"}", "{\"externalSecret\":{}}", "{\"externalSecret\":\"db\",\"token\":\"t\"}",
        "{\"externalSecret\":\"db\",\"token\":\"t\",\"changed\":\"c\",\"revisions\":7}"
      })
  void given_a_text_that_is_no_record_when_read_then_there_is_none(String text) {
    assertThat(TargetRecord.parse(text)).isEmpty();
  }

  @Test
  void given_a_record_with_an_empty_revision_when_read_then_there_is_none() {
    assertThat(TargetRecord.parse(RECORD.text().replace("\"1\"", "null"))).isEmpty();
  }

  @Test
  void given_annotations_when_all_are_read_then_each_stands_under_its_external_secret() {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(TargetRecord.annotationOf("db"), RECORD.text());
    annotations.put(Marks.RECORD_PREFIX + "broken", "null");
    annotations.put("unrelated", RECORD.text());

    assertThat(TargetRecord.all(annotations)).containsOnlyKeys("db");
    assertThat(TargetRecord.all(null)).isEmpty();
  }

  @Test
  void given_names_of_any_length_when_annotated_then_kubernetes_accepts_them_and_they_differ() {
    Set<String> annotations = new HashSet<>();
    for (int length = 1; length <= 253; length++) {
      String annotation = TargetRecord.annotationOf("a".repeat(length));
      annotations.add(annotation);

      assertThat(annotation.substring(Marks.RECORD_PREFIX.length())).matches("([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]");
    }

    assertThat(annotations).hasSize(253);
  }

  @Test
  void given_two_long_names_with_one_beginning_when_annotated_then_they_differ() {
    assertThat(TargetRecord.annotationOf("a".repeat(100) + "b")).isNotEqualTo(TargetRecord.annotationOf("a".repeat(100) + "c"));
  }

  @Test
  void given_the_largest_spec_when_recorded_then_the_annotation_stays_small() {
    Map<String, String> revisions = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      revisions.put(TargetRecord.shortDigest("ref" + i), TargetRecord.shortDigest("revision" + i));
    }
    TargetRecord record = new TargetRecord("n".repeat(253), "u".repeat(36), "t".repeat(16), false, "2026-01-01T00:00:00Z", "k", revisions);

    assertThat(record.text()).hasSizeLessThan(8_500);
  }
}
