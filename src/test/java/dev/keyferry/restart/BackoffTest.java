package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2", "3, 4", "7, 64", "8, 120", "9, 120", "1000000, 120"})
  void given_failures_in_a_row_when_asked_then_between_half_and_all_of_the_doubled_wait(int failures, int seconds) {
    Backoff backoff = new Backoff(new Random(failures));

    assertThat(IntStream.range(0, 200).mapToObj(_ -> backoff.after(failures)))
        .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofMillis(seconds * 500L), Duration.ofSeconds(seconds)));
  }
}
