package dev.keyferry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MutableClockTest {

  @Test
  void given_a_clock_when_advanced_then_it_stands_that_much_later() {
    MutableClock clock = MutableClock.atNewYear();

    clock.advance(Duration.ofMinutes(5));

    assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-01T00:05:00Z"));
  }
}
