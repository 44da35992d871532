package dev.keyferry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "0,PT0S", "0s,PT0S", "15s,PT15S", "5m,PT5M", "1h30m,PT1H30M", "1.5h,PT1H30M", "250ms,PT0.25S", "1h1m1s1ms,PT1H1M1.001S", "90m,PT1H30M"
  })
  void given_a_duration_when_parsed_then_its_time(String text, Duration expected) {
    assertThat(Durations.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "often", "15", "-5m", "+5m", "5 m", "5M", "5d", "1h-3m", ".5h", "5.h", "5m ", "99999999999999h", "٣s", "1e3s"})
  void given_anything_else_when_parsed_then_nothing(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
