package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowTest {

  /** 2026-03-28 is a Saturday; clocks in Berlin go from 02:00 to 03:00 on the 29th, and in 2026-10-25 from 03:00 to 02:00. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sat,Sun 02:00-04:00 Europe/Berlin | 2026-03-28T00:59:59Z | 2026-03-28T01:00:00Z",
        "Sat,Sun 02:00-04:00 Europe/Berlin | 2026-03-28T01:00:00Z | 2026-03-28T01:00:00Z",
        "Sat,Sun 02:00-04:00 Europe/Berlin | 2026-03-28T02:59:59Z | 2026-03-28T02:59:59Z",
        "Sat,Sun 02:00-04:00 Europe/Berlin | 2026-03-28T03:00:00Z | 2026-03-29T01:00:00Z",
        "Sat,Sun 02:00-04:00 Europe/Berlin | 2026-03-29T01:59:59Z | 2026-03-29T01:59:59Z",
        "Sat,Sun 02:00-04:00 Europe/Berlin | 2026-03-29T02:00:00Z | 2026-04-04T00:00:00Z",
        "Sun 02:00-02:30 Europe/Berlin     | 2026-03-29T00:30:00Z | 2026-03-29T01:00:00Z",
        "Sun 01:00-04:00 Europe/Berlin     | 2026-10-25T02:59:59Z | 2026-10-25T02:59:59Z",
        "Sun 01:00-04:00 Europe/Berlin     | 2026-10-25T03:00:00Z | 2026-11-01T00:00:00Z",
        "22:00-02:00                       | 2026-03-28T01:59:59Z | 2026-03-28T01:59:59Z",
        "22:00-02:00                       | 2026-03-28T02:00:00Z | 2026-03-28T22:00:00Z",
        "Fri 22:00-02:00                   | 2026-03-28T01:00:00Z | 2026-03-28T01:00:00Z",
        "Sat 22:00-02:00                   | 2026-03-28T01:00:00Z | 2026-03-28T22:00:00Z",
        "Mon-Fri 09:00-17:00 UTC           | 2026-03-28T10:00:00Z | 2026-03-30T09:00:00Z",
        "Fri-Mon 09:00-17:00 UTC           | 2026-03-28T10:00:00Z | 2026-03-28T10:00:00Z",
        "sat 00:00-00:00 Asia/Tokyo        | 2026-03-27T15:00:00Z | 2026-03-27T15:00:00Z",
      })
  void given_a_window_when_asked_then_when_it_is_next_open(String text, Instant now, Instant expected) {
    assertThat(Window.parse(text).orElseThrow().next(now)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Sat", "02:00", "2:00-4:00", "25:00-26:00", "Sam 02:00-04:00", "Sat, 02:00-04:00", "02:00-04:00 Mars/Olympus", "Mon-Tue-Wed 02:00-04:00"})
  void given_what_is_no_window_when_read_then_empty(String text) {
    assertThat(Window.parse(text)).isEmpty();
  }

  @Test
  void given_any_time_when_asked_then_open_within_a_week_and_stays_so() {
    Window window = Window.parse("Wed 23:30-00:15 America/New_York").orElseThrow();
    Random random = new Random(7);
    for (int i = 0; i < 500; i++) {
      Instant now = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(random.nextInt(365 * 86_400));
      Instant next = window.next(now);

      assertThat(next).isBetween(now, now.plus(Duration.ofDays(8)));
      assertThat(window.next(next)).isEqualTo(next);
    }
  }
}
