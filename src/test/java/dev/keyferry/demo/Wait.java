package dev.keyferry.demo;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for what other processes do; fails at a deadline, or as soon as the operator has ended. */
final class Wait {

  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private final BooleanSupplier operatorRuns;

  Wait(BooleanSupplier operatorRuns) {
    this.operatorRuns = operatorRuns;
  }

  /**
   * Looks until there is something.
   *
   * @param expected what to say where it does not come
   * @param look null as long as it is not there
   */
  <T> T until(String expected, Duration atMost, Supplier<@Nullable T> look) {
    long end = System.nanoTime() + atMost.toNanos();
    do {
      T seen = look.get();
      if (seen != null) {
        return seen;
      }
      if (!operatorRuns.getAsBoolean()) {
        throw new StepFailed(expected + ", but the operator's process has ended");
      }
      pause(LOOK_EVERY);
    } while (System.nanoTime() < end);
    throw new StepFailed(expected + " within " + atMost.toSeconds() + " s");
  }

  /** Fails if what must not happen happens in that time. */
  void watch(String expected, Duration time, BooleanSupplier happens) {
    long end = System.nanoTime() + time.toNanos();
    do {
      if (happens.getAsBoolean()) {
        throw new StepFailed(expected);
      }
      pause(LOOK_EVERY);
    } while (System.nanoTime() < end);
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StepFailed("the demo was interrupted");
    }
  }
}
