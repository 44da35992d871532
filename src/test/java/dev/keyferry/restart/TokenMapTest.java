package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMapTest {

  @Test
  void given_tokens_when_written_then_sorted_on_one_line() {
    assertThat(new TokenMap(Map.of("b", "2", "a", "1", "a/x", "3")).text()).isEqualTo("{\"a\":\"1\",\"a/x\":\"3\",\"b\":\"2\"}");
  }

  @Test
  void given_a_text_when_read_then_written_the_same() {
    String text = "{\"a\":\"1\",\"b\":\"2\"}";

    assertThat(TokenMap.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "\"a\"", "null", "{\"a\":null}", "{\"a\":{}}", "{\"a\":[\"b\"]}", "nonsense"})
  void given_what_is_no_map_of_tokens_when_read_then_empty(String text) {
    assertThat(TokenMap.parse(text)).isEqualTo(TokenMap.EMPTY);
  }

  @Test
  void given_no_annotation_when_read_then_empty() {
    assertThat(TokenMap.parse(null)).isEqualTo(TokenMap.EMPTY);
  }

  @Test
  void given_more_than_100_entries_when_made_then_the_first_100_stay() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 150; i++) {
      many.put("k%03d".formatted(i), "t");
    }

    assertThat(new TokenMap(many).tokens()).hasSize(100).containsKeys("k000", "k099").doesNotContainKey("k100");
  }
}
