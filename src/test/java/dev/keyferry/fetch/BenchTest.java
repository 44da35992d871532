package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.fetch.ChangeDetection.Mode;
import org.junit.jupiter.api.Test;

/** The ratios that the README states, on a fleet small enough for every run. */
class BenchTest {

  private static final int SOURCES = 1_000;
  private static final double POLLING = SOURCES * 12.0;

  @Test
  void given_batches_when_an_hour_is_idle_then_calls_are_a_nineteenth_of_polling() {
    IdleBench.Result idle = IdleBench.run(Mode.BATCHED_READS, SOURCES, SOURCES, 1);
    assertThat(idle.hour()).isBetween(POLLING / 20, POLLING / 19);
    assertThat(idle.rotationReads()).isEqualTo(1);
    assertThat(idle.rotationSeconds()).isLessThanOrEqualTo(300);
  }

  @Test
  void given_lists_when_an_hour_is_idle_then_calls_are_a_hundredth_of_polling() {
    IdleBench.Result idle = IdleBench.run(Mode.SWEEP, SOURCES, SOURCES, 1);
    assertThat(idle.hour()).isBetween(1.0, POLLING / 100);
    assertThat(idle.rotationReads()).isEqualTo(1);
    assertThat(idle.rotationSeconds()).isLessThanOrEqualTo(300);
  }

  @Test
  void given_events_when_hours_are_idle_then_calls_are_a_five_hundredth_of_polling() {
    IdleBench.Result idle = IdleBench.run(Mode.EVENTS, SOURCES, SOURCES, 1);
    assertThat(idle.hour()).isBetween(1.0, POLLING / 500);
    assertThat(idle.rotationReads()).isEqualTo(1);
    assertThat(idle.rotationSeconds()).isLessThanOrEqualTo(1);
  }

  @Test
  void given_a_cold_start_when_all_is_read_then_batches_are_full_and_each_link_of_the_chain_is_one_call() throws Exception {
    try (ColdBench bench = new ColdBench(200)) {
      ColdBench.Result planned = bench.planned(400, 200, 1);
      assertThat(planned.calls()).isEqualTo(10);
      assertThat(planned.sts()).isEqualTo(2);
      assertThat(bench.polled(400, 200, 1).calls()).isEqualTo(400);
    }
  }
}
