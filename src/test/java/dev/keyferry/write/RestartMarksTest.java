package dev.keyferry.write;

import static dev.keyferry.write.WriteFixtures.NOW;
import static dev.keyferry.write.WriteFixtures.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.TargetRecord;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestartMarksTest {

  private static final byte[] KEY = new byte[32];
  private static final byte[] OTHER = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

  private final TargetRecord first = next(null, KEY, "1", Map.of("a", "x", "b", "y"));

  @Test
  void given_trigger_data_when_a_new_version_has_the_same_value_then_the_record_is_the_same() {
    assertThat(next(first, KEY, "2", Map.of("a", "x", "b", "y"))).isEqualTo(first);
  }

  @Test
  void given_trigger_data_when_a_value_moves_then_the_token_advances() {
    assertThat(next(first, KEY, "1", Map.of("a", "x", "b", "z")).token()).isNotEqualTo(first.token());
  }

  @Test
  void given_trigger_data_when_a_key_comes_or_goes_then_the_token_advances() {
    assertThat(next(first, KEY, "1", Map.of("a", "x")).token()).isNotEqualTo(first.token());
    assertThat(next(first, KEY, "1", Map.of("a", "x", "b", "y", "c", "")).token()).isNotEqualTo(first.token());
  }

  @Test
  void given_data_that_only_divides_otherwise_when_compared_then_it_differs() {
    assertThat(next(first, KEY, "1", Map.of("a", "xb", "y", "")).token()).isNotEqualTo(first.token());
  }

  @Test
  void given_another_key_when_recorded_then_the_token_stays_and_the_next_change_counts() {
    TargetRecord adopted = next(first, OTHER, "1", Map.of("a", "x", "b", "y"));

    assertThat(adopted.token()).isEqualTo(first.token());
    assertThat(adopted.revisions()).hasSize(1).isNotEqualTo(first.revisions());
    assertThat(next(adopted, OTHER, "1", Map.of("a", "z", "b", "y")).token()).isNotEqualTo(first.token());
  }

  @Test
  void given_no_key_when_the_data_moves_then_the_move_is_found_once_there_is_one() {
    TargetRecord later = next(first, null, "2", Map.of("a", "z", "b", "y"));

    assertThat(later.token()).isEqualTo(first.token());
    assertThat(later.revisions()).isEqualTo(first.revisions());
    assertThat(next(later, KEY, "2", Map.of("a", "z", "b", "y")).token()).isNotEqualTo(first.token());
  }

  @Test
  void given_another_trigger_when_recorded_then_the_token_stays() {
    WriteRequest version = request(CreationPolicy.OWNER, Map.of("a", "x", "b", "y"), Map.of("ref", "arn@2"));
    TargetRecord byVersion = Tokens.next(version, Optional.of(first), NOW);

    assertThat(byVersion.token()).isEqualTo(first.token());
    assertThat(next(byVersion, KEY, "3", Map.of("a", "z", "b", "y")).token()).isEqualTo(first.token());
  }

  @Test
  void given_a_digest_when_recorded_then_neither_value_nor_key_is_in_the_text() {
    assertThat(next(null, KEY, "1", Map.of("a", "hunter2")).text()).doesNotContain("hunter2", "00000000");
  }

  @ParameterizedTest
  @CsvSource({"AUTO, true, true", "AUTO, false, false", "ALWAYS, false, true", "NEVER, true, false"})
  void given_a_choice_when_completed_then_reloader_is_kept_away_as_it_says(ReloaderIgnore choice, boolean enabled, boolean ignored) {
    WriteRequest request = request(CreationPolicy.OWNER, Map.of(), Map.of());
    WriteRequest asked = enabled ? WriteFixtures.restarting(request, WriteRequest.Trigger.VERSION, false) : request;

    assertThat(new RestartMarks(Optional::empty, choice).complete(asked).restarts().reloaderIgnore()).isEqualTo(ignored);
  }

  @Test
  void given_words_when_read_then_each_is_known() {
    assertThat(ReloaderIgnore.ofWord("Auto")).contains(ReloaderIgnore.AUTO);
    assertThat(ReloaderIgnore.ofWord("auto")).isEmpty();
  }

  private static TargetRecord next(TargetRecord before, byte[] key, String version, Map<String, String> data) {
    WriteRequest request =
        WriteFixtures.restarting(
            request(CreationPolicy.OWNER, data, Map.of("ref", "arn@" + version)), WriteRequest.Trigger.DATA, false);
    WriteRequest complete = new RestartMarks(() -> Optional.ofNullable(key), ReloaderIgnore.NEVER).complete(request);
    return Tokens.next(complete, Optional.ofNullable(before), NOW);
  }
}
