package dev.keyferry.restart;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A workload's restarts as its annotations remember them.
 *
 * @param restarts when, newest first: those of the hour before the newest, at most {@value #MAX}
 * @param verified the one whose rollout was last seen complete; null for none
 */
record History(List<Instant> restarts, @Nullable Instant verified) {

  static final int MAX = 60;
  static final Duration KEPT = Duration.ofHours(1);
  static final History NONE = new History(List.of(), null);

  /** The list never changes. */
  History {
    restarts = List.copyOf(restarts);
  }

  /** What {@code keyferry.dev/restarted-at} and {@code keyferry.dev/restart-verified} say; what cannot be read is left out. */
  static History parse(@Nullable String restarts, @Nullable String verified) {
    List<Instant> read = new ArrayList<>();
    if (restarts != null) {
      Arrays.stream(restarts.split(",")).limit(MAX).map(History::instant).flatMap(Optional::stream).forEach(read::add);
    }
    read.sort(Collections.reverseOrder());
    return new History(read, verified == null ? null : instant(verified).orElse(null));
  }

  /** The newest restart. */
  Optional<Instant> last() {
    return restarts.isEmpty() ? Optional.empty() : Optional.of(restarts.getFirst());
  }

  /** Whether the rollout of the newest restart has not been seen complete. */
  boolean unverified() {
    return !restarts.isEmpty() && !Objects.equals(restarts.getFirst(), verified);
  }

  /**
   * The same after a restart now, which is the newest whatever the clock says: restarts that a clock since set back puts after it count as
   * just before it, so that the budget remembers them. A restart in the same second as the last one counts for the next second, so that the
   * two differ.
   */
  History restarted(Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    Instant time = last().filter(second::equals).isPresent() || second.equals(verified) ? second.plusSeconds(1) : second;
    List<Instant> kept = new ArrayList<>(List.of(time));
    for (Instant before : restarts) {
      Instant at = before.isBefore(kept.getLast()) ? before : kept.getLast().minusSeconds(1);
      if (at.isAfter(time.minus(KEPT)) && kept.size() < MAX) {
        kept.add(at);
      }
    }
    return new History(kept, verified);
  }

  /** The same once the rollout of the newest restart is complete. */
  History complete() {
    return new History(restarts, last().orElse(null));
  }

  /** The text of {@code keyferry.dev/restarted-at}. */
  String restartsText() {
    return restarts.stream().map(Instant::toString).collect(Collectors.joining(","));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text.strip()));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
