package dev.keyferry.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import org.junit.jupiter.api.Test;

class ViewTest {

  @Test
  void given_a_secret_when_shown_then_keys_and_sizes_and_no_value() {
    String shown = View.sizes(new SecretBuilder().addToData("password", "c2VjcmV0").addToData("a", "MQ==").build());

    assertThat(shown).isEqualTo("a (1 bytes), password (6 bytes)");
  }

  @Test
  void given_a_long_text_when_wrapped_then_no_line_is_longer_and_no_word_is_lost() {
    assertThat(View.wrap("one two three four", 9)).containsExactly("one two", "three", "four");
  }
}
