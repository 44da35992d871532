package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PaceTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void given_any_interval_when_jittered_then_it_is_only_shortened_and_by_a_tenth_at_most() {
    Random random = new Random(11);
    for (int i = 0; i < 10_000; i++) {
      Duration interval = Duration.ofNanos(1 + random.nextLong(Duration.ofDays(400).toNanos()));

      Duration wait = Duration.between(START, Pace.afterSuccess(START, interval, false, random));

      assertThat(wait).isLessThanOrEqualTo(interval).isGreaterThanOrEqualTo(interval.multipliedBy(9).dividedBy(10).minusNanos(1_000_000));
    }
  }

  @Test
  void given_many_sources_when_jittered_then_they_do_not_align() {
    Random random = new Random(5);

    long different = random.ints(200).mapToObj(i -> Pace.afterSuccess(START, Duration.ofMinutes(5), false, random)).distinct().count();

    assertThat(different).isGreaterThan(190);
  }

  @Test
  void given_the_longest_duration_that_a_spec_may_hold_when_paced_then_it_does_not_overflow() {
    assertThat(Pace.afterSuccess(START, Duration.ofNanos(Long.MAX_VALUE), false, new Random(1))).isAfter(START);
  }

  @Test
  void given_a_pinned_source_when_paced_then_a_shorter_interval_counts_as_an_hour_and_a_longer_one_as_itself() {
    assertThat(Pace.early(START, Duration.ofMinutes(5), true)).isEqualTo(START.plus(Duration.ofMinutes(48)));
    assertThat(Pace.early(START, Duration.ofHours(10), true)).isEqualTo(START.plus(Duration.ofHours(8)));
  }

  @Test
  void given_an_interval_of_zero_when_paced_then_it_is_never_due() {
    assertThat(Pace.afterSuccess(START, Duration.ZERO, false, new Random(1))).isEqualTo(Instant.MAX);
    assertThat(Pace.early(START, Duration.ZERO, true)).isEqualTo(Instant.MAX);
  }

  @Test
  void given_a_source_that_was_found_missing_when_the_next_try_is_later_than_a_minute_then_it_is_tried_when_that_counts() {
    Instant late = START.plusSeconds(100);

    assertThat(Pace.confirming(late, START, START.plusSeconds(30))).isEqualTo(START.plusSeconds(60));
    assertThat(Pace.confirming(late, START, START.plusSeconds(60))).isEqualTo(late);
    assertThat(Pace.confirming(START.plusSeconds(45), START, START.plusSeconds(30))).isEqualTo(START.plusSeconds(45));
  }

  @ParameterizedTest
  @EnumSource(FailureKind.class)
  void given_a_class_of_failure_when_it_goes_on_then_its_own_wait_doubles_to_its_own_bound(FailureKind kind) {
    Random random = new Random(3);
    Duration full = kind.firstDelay();
    for (int attempts = 1; attempts < 100; attempts++) {
      Duration wait = Duration.between(START, Pace.afterFailure(START, kind, attempts, random));

      assertThat(wait).isBetween(full.multipliedBy(3).dividedBy(4).minusMillis(1), full);
      full = full.multipliedBy(2).compareTo(kind.maxDelay()) < 0 ? full.multipliedBy(2) : kind.maxDelay();
    }
  }
}
