package dev.keyferry.bootstrap;

import dev.keyferry.observe.Health;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether the operator hears of changes. A watch whose connection breaks is made anew by itself; one that stays away although the API server
 * answers would leave the operator blind, and only a new process is sure to see again.
 */
final class WatchHealth {

  private static final Duration BLIND = Duration.ofMinutes(2);

  private final BooleanSupplier watching;
  private final BooleanSupplier answers;
  private final InstantSource clock;
  private @Nullable Instant since;

  /**
   * Judges by those.
   *
   * @param watching whether every watch is there now
   * @param answers asks the API server; called only where a watch has been away for long
   */
  WatchHealth(BooleanSupplier watching, BooleanSupplier answers, InstantSource clock) {
    this.watching = watching;
    this.answers = answers;
    this.clock = clock;
  }

  /** Bad once a watch has been found away at each check for 2 minutes while the API server answers. */
  synchronized Health check() {
    if (watching.getAsBoolean()) {
      since = null;
      return new Health.Ok();
    }
    Instant now = clock.instant();
    since = since == null ? now : since;
    return now.isBefore(since.plus(BLIND)) || !answers.getAsBoolean()
        ? new Health.Ok()
        : new Health.Bad("a watch of the Kubernetes API has been away for 2 minutes");
  }
}
