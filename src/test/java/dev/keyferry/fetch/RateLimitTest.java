package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private final MutableClock clock = MutableClock.atNewYear();
  private final RateLimit rate = new RateLimit();

  @Test
  void given_no_throttle_when_reads_are_sent_then_none_waits() {
    send(10_000);

    assertThat(rate.wait(clock.instant())).isZero();
    assertThat(rate.isFree()).isTrue();
  }

  @Test
  void given_a_hundred_reads_a_second_when_throttled_then_half_of_that_is_left() {
    send(100);
    rate.throttled(clock.instant());

    assertThat(rate.perSecond()).isEqualTo(50);
    assertThat(rate.wait(clock.instant())).isEqualTo(Duration.ofMillis(20));
  }

  @Test
  void given_a_burst_that_is_throttled_when_all_its_answers_come_then_it_counts_once() {
    send(100);
    for (int i = 0; i < 90; i++) {
      rate.throttled(clock.instant());
    }

    assertThat(rate.perSecond()).isEqualTo(50);
  }

  @Test
  void given_throttles_second_after_second_when_halved_then_one_read_a_second_is_left() {
    send(100);
    for (int i = 0; i < 20; i++) {
      rate.throttled(clock.instant());
      clock.advance(Duration.ofSeconds(1));
    }

    assertThat(rate.perSecond()).isEqualTo(RateLimit.SLOWEST);
  }

  @Test
  void given_a_limit_when_answers_come_then_it_grows_by_a_tenth_of_what_was_too_much_each_second() {
    send(100);
    rate.throttled(clock.instant());
    for (int i = 0; i < 30; i++) {
      clock.advance(Duration.ofMillis(100));
      rate.answered(clock.instant());
    }

    assertThat(rate.perSecond()).isCloseTo(80, within(0.001));
  }

  @Test
  void given_a_limit_when_twice_of_what_was_too_much_goes_well_then_it_is_gone() {
    send(100);
    rate.throttled(clock.instant());
    for (int second = 0; second < 15; second++) {
      clock.advance(Duration.ofSeconds(1));
      rate.answered(clock.instant());
    }

    assertThat(rate.isFree()).isTrue();
  }

  @Test
  void given_a_limit_when_reads_are_sent_then_each_waits_for_its_share_of_a_second() {
    send(20);
    rate.throttled(clock.instant());
    int sent = 0;
    for (int i = 0; i < 1000; i++) {
      clock.advance(Duration.ofMillis(10));
      if (rate.wait(clock.instant()).isZero()) {
        rate.sent(clock.instant());
        sent++;
      }
    }

    assertThat(sent).isEqualTo(100);
  }

  private void send(int count) {
    for (int i = 0; i < count; i++) {
      rate.sent(clock.instant());
    }
  }
}
