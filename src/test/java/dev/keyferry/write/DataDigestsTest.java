package dev.keyferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataDigestsTest {

  private final DataDigests digests = new DataDigests(key(1));

  @Test
  void given_raw_and_encoded_values_when_digested_then_they_are_equal() {
    byte[] value = {0, -1, 10, 'x'};

    assertThat(digests.of(Map.of("k", value))).isEqualTo(digests.ofEncoded(Map.of("k", Base64.getEncoder().encodeToString(value))));
  }

  @Test
  void given_another_process_s_key_when_digested_then_the_digests_differ() {
    Map<String, byte[]> data = Map.of("k", "hunter2".getBytes(StandardCharsets.UTF_8));

    assertThat(new DataDigests(key(2)).of(data)).isNotEqualTo(digests.of(data));
  }

  @Test
  void given_values_when_digested_then_their_bytes_decide_and_do_not_show() {
    var digested = digests.of(Map.of("a", "hunter2".getBytes(StandardCharsets.UTF_8), "b", "hunter3".getBytes(StandardCharsets.UTF_8)));

    assertThat(digested.get("a")).matches("[0-9a-f]{32}").isNotEqualTo(digested.get("b"));
  }

  @Test
  void given_no_data_when_digested_then_there_is_nothing() {
    assertThat(digests.ofEncoded(null)).isEmpty();
  }

  @Test
  void given_a_null_value_or_one_that_is_no_base64_when_digested_then_it_counts_as_it_stands() {
    Map<String, String> odd = new HashMap<>();
    odd.put("empty", null);
    odd.put("odd", "%%%");

    assertThat(digests.ofEncoded(odd))
        .isEqualTo(digests.of(Map.of("empty", new byte[0], "odd", "%%%".getBytes(StandardCharsets.UTF_8))));
  }

  private static byte[] key(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return key;
  }
}
