package dev.keyferry.restart;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Judges texts that say when a workload may be restarted. */
public final class RestartTimes {

  private RestartTimes() {}

  /**
   * What cannot be understood.
   *
   * @param window days, hours and zone; null for none
   * @param maxDefer a duration; null for none
   * @return the field and the fix; empty where both are understood or missing
   */
  public static Optional<String> mistake(@Nullable String window, @Nullable String maxDefer) {
    if (window != null && Window.parse(window).isEmpty()) {
      return Optional.of("window \"" + window + "\" is not understood: write days, hours and a zone, as in Sat,Sun 02:00-04:00 Europe/Berlin");
    }
    return maxDefer != null && Wishes.duration(maxDefer).isEmpty()
        ? Optional.of("maxDefer \"" + maxDefer + "\" is not a duration: write 90m, 24h or 7d")
        : Optional.empty();
  }
}
