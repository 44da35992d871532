package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventBudgetTest {

  private final MutableClock clock = new MutableClock(Instant.parse("2026-01-02T03:04:05Z"));
  private final EventBudget budget = new EventBudget(clock);

  @Test
  void given_a_flood_when_the_budget_is_spent_then_no_more_is_written() {
    assertThat(granted(EventBudget.BURST + 1)).isEqualTo(EventBudget.BURST);
  }

  @Test
  void given_a_spent_budget_when_time_passes_then_there_is_one_for_each_second() {
    granted(EventBudget.BURST);
    clock.advance(Duration.ofMillis(3_500));
    assertThat(granted(10)).isEqualTo(3);
  }

  @Test
  void given_a_spent_budget_when_a_day_passes_then_there_is_no_more_than_at_first() {
    granted(EventBudget.BURST);
    clock.advance(Duration.ofDays(1));
    assertThat(granted(EventBudget.BURST + 100)).isEqualTo(EventBudget.BURST);
  }

  private long granted(int asked) {
    return IntStream.range(0, asked).filter(_ -> budget.take()).count();
  }
}
