package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Revision;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the planner knows of one source. Guarded by the planner's lock. */
final class SourceState {

  final SourceKey key;

  /** Who asks for it, and how often each wants it looked at. */
  final Map<String, Duration> owners = new HashMap<>();

  @Nullable Known known;
  @Nullable SourceFailure failure;
  int attempts;
  @Nullable Instant firstNotFound;
  boolean missingConfirmed;

  /** Whether the owners have been told of the failure that stands. */
  boolean failureTold;

  /** Whether somebody asked and was answered with the failure that stands, so that its end is news to them. */
  boolean failureAnswered;

  Instant due = Instant.MIN;

  /** The read under way, or null. */
  @Nullable CompletableFuture<Answer> inFlight;

  /** Whether somebody waits for the read under way. */
  volatile boolean awaited;

  SourceState(SourceKey key) {
    this.key = key;
  }

  /** The shortest interval among the owners; zero (look once) where all want that or there is none. */
  Duration interval() {
    return owners.values().stream().filter(interval -> !interval.isZero()).min(Duration::compareTo).orElse(Duration.ZERO);
  }

  boolean isDue(Instant now) {
    return !due.isAfter(now);
  }

  boolean mayFillBatch(Instant now) {
    return inFlight == null
        && failure == null
        && known != null
        && !Pace.early(known.readAt(), interval(), key.ref().pinned()).isAfter(now);
  }

  boolean isNotFound() {
    return failure != null && failure.kind() == FailureKind.NOT_FOUND;
  }

  /**
   * The last value, without its bytes.
   *
   * @param revision its version
   * @param stages its staging labels
   * @param createdAt when AWS created it
   * @param readAt when it was read
   */
  record Known(Revision revision, List<String> stages, @Nullable Instant createdAt, Instant readAt) {}
}
