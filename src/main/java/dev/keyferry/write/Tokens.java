package dev.keyferry.write;

import dev.keyferry.kube.TargetRecord;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The token of a target: what restarts compare. It advances only when a ref that was there before and still is has moved to another
 * revision; so never on a first sync, nor when refs come, go, or change their property.
 *
 * <p>A token that advances follows from the one before it, so that it is never one that was there earlier, not even when AWS goes back to
 * exactly the old revisions: a pod template that somebody took back to an earlier state may carry the token of that time.
 */
final class Tokens {

  /* Bounds the annotation: 200 refs of 36 bytes stay well below the 256 KiB that a Secret's annotations may hold in all. */
  private static final int MAX_REVISIONS = 200;

  /* Changes that follow one another within this time count as one series. */
  private static final Duration SERIES = Duration.ofMinutes(2);

  private Tokens() {}

  /** The record that follows the previous one. */
  static TargetRecord next(WriteRequest request, Optional<TargetRecord> previous, Instant now) {
    SortedMap<String, String> revisions = revisions(request, previous);
    boolean moved = previous.isPresent() && moved(previous.get().revisions(), revisions);
    boolean first = previous.isEmpty();
    boolean renewed = first || moved;
    String fresh = TargetRecord.shortDigest((moved ? previous.get().token() : "") + revisions);
    return new TargetRecord(
        request.owner().name(),
        request.owner().uid(),
        renewed ? fresh : previous.get().token(),
        first || (previous.get().initial() && !moved),
        renewed ? now.truncatedTo(ChronoUnit.SECONDS).toString() : previous.get().changed(),
        TargetRecord.shortDigest(request.secret().keys() + request.secret().layout() + digests(request.quiet())),
        revisions,
        moved ? since(previous.get(), now) : previous.map(TargetRecord::since).orElse(null),
        request.restarts().wish(),
        request.restarts().reloaderIgnore());
  }

  private static SortedMap<String, String> revisions(WriteRequest request, Optional<TargetRecord> previous) {
    return switch (request.restarts().trigger()) {
      case VERSION, DATA -> digests(request.revisions());
      case LATER -> new TreeMap<>(previous.map(TargetRecord::revisions).orElse(Map.of()));
    };
  }

  /** When the series began that a change now belongs to; null where it begins one. */
  private static @Nullable String since(TargetRecord previous, Instant now) {
    try {
      boolean series = !previous.initial() && now.isBefore(Instant.parse(previous.changed()).plus(SERIES));
      return !series ? null : previous.since() == null ? previous.changed() : previous.since();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean moved(Map<String, String> before, Map<String, String> after) {
    return after.entrySet().stream().anyMatch(e -> before.containsKey(e.getKey()) && !before.get(e.getKey()).equals(e.getValue()));
  }

  private static SortedMap<String, String> digests(Map<String, String> revisions) {
    SortedMap<String, String> digests = new TreeMap<>();
    new TreeMap<>(revisions).entrySet().stream()
        .limit(MAX_REVISIONS)
        .forEach(e -> digests.put(TargetRecord.shortDigest(e.getKey()), TargetRecord.shortDigest(e.getValue())));
    return digests;
  }
}
