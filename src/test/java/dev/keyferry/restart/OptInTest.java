package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptInTest {

  @Test
  void given_no_annotation_when_parsed_then_off() {
    assertThat(OptIn.parse(null)).isEqualTo(new OptIn.Unset());
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", " true "})
  void given_true_when_parsed_then_every_reference_counts(String text) {
    assertThat(OptIn.parse(text).secrets(Set.of("a", "b"))).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void given_false_when_parsed_then_off() {
    assertThat(OptIn.parse("false")).isEqualTo(new OptIn.Off());
  }

  @ParameterizedTest
  @ValueSource(strings = {"db,api.v1", " db , api.v1 ", "api.v1,db,db"})
  void given_names_when_parsed_then_they_alone_count(String text) {
    assertThat(OptIn.parse(text).secrets(Set.of("db", "other"))).containsExactly("api.v1", "db");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "True", "TRUE", "a,", ",a", "a,,b", "true,db", "db,false", "-a", "a-", "a b", "a_b", "a;b", "a/b"})
  void given_anything_else_when_parsed_then_invalid_and_no_secret_counts(String text) {
    OptIn parsed = OptIn.parse(text);

    assertThat(parsed).isInstanceOf(OptIn.Invalid.class);
    assertThat(parsed.secrets(Set.of("a", "db"))).isEmpty();
  }

  @Test
  void given_a_name_of_254_characters_when_parsed_then_invalid() {
    assertThat(OptIn.parse("a".repeat(253))).isInstanceOf(OptIn.Named.class);
    assertThat(OptIn.parse("a".repeat(254))).isInstanceOf(OptIn.Invalid.class);
  }
}
