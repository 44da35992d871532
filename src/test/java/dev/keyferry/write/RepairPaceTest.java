package dev.keyferry.write;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RepairPaceTest {

  private final RepairPace pace = new RepairPace();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void given_few_repairs_when_another_is_needed_then_it_is_made_at_once() {
    repair(4);

    assertThat(pace.wait("a", now)).isEmpty();
  }

  @Test
  void given_five_repairs_when_another_is_needed_then_it_waits() {
    repair(5);

    assertThat(pace.wait("a", now)).hasValue(Duration.ofSeconds(10));
    assertThat(pace.wait("a", now.plusSeconds(9))).hasValue(Duration.ofSeconds(1));
    assertThat(pace.wait("a", now.plusSeconds(10))).isEmpty();
  }

  @Test
  void given_more_repairs_when_another_is_needed_then_the_wait_doubles_to_five_minutes() {
    repair(5);
    for (long seconds : new long[] {10, 20, 40, 80, 160, 300, 300, 300, 300, 300, 300, 300, 300, 300}) {
      assertThat(pace.wait("a", now)).hasValue(Duration.ofSeconds(seconds));
      now = now.plusSeconds(seconds);
      repair(1);
    }
  }

  @Test
  void given_a_contested_target_when_another_is_repaired_then_it_does_not_wait() {
    repair(9);

    assertThat(pace.wait("b", now)).isEmpty();
  }

  @Test
  void given_ten_quiet_minutes_when_a_repair_is_needed_then_all_is_forgotten() {
    repair(9);
    now = now.plus(Duration.ofMinutes(10)).plusMillis(1);

    assertThat(pace.wait("a", now)).isEmpty();
    repair(4);
    assertThat(pace.wait("a", now)).isEmpty();
  }

  private void repair(int times) {
    for (int i = 0; i < times; i++) {
      pace.repaired("a", now);
    }
  }
}
