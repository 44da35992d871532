package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random lives of a cluster under the operator's own steps: rotations, edits, scaling, reverts, undone rollouts, failing rollouts, windows,
 * restored backups, a watch that lags or is lost, an API that fails or loses answers, a clock that is set, and an operator that is killed at
 * any request. What must hold holds at every restart.
 */
class RestartModelTest {

  private static final int LIVES = 2_000;

  @Test
  void given_random_lives_when_the_operator_works_and_dies_then_restarts_are_due_bounded_and_not_lost() {
    each(LIVES, seed -> new RestartLife(new Random(seed), 4).live(60, false));
  }

  @Test
  void given_random_lives_when_the_clock_is_set_now_and_then_then_restarts_are_due_bounded_and_not_lost() {
    each(LIVES / 4, seed -> new RestartLife(new Random(seed), 4).live(60, true));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void given_a_secret_that_moves_for_ever_when_operated_then_workloads_restart_within_their_budget(int seed) {
    RestartLife life = new RestartLife(new Random(seed), 0);
    life.pass(Duration.ofSeconds(10), true);
    for (int second = 0; second < 3600; second += 5) {
      life.model.rotate("a");
      life.pass(Duration.ofSeconds(5), true);
    }
    Map<WorkloadKey, Long> counts = new HashMap<>();
    life.model.rolled.forEach(rolled -> counts.merge(rolled.workload().key, 1L, Long::sum));
    assertThat(counts.values()).isNotEmpty().allSatisfy(count -> assertThat(count).isBetween(4L, 6L));
  }

  private static void each(int lives, Consumer<Integer> life) {
    IntStream.range(0, lives).forEach(seed -> {
      try {
        life.accept(seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("the life of seed " + seed + ": " + e.getMessage(), e);
      }
    });
  }
}
