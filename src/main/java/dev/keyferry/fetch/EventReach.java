package dev.keyferry.fetch;

import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where events tell of changes: they do in an account's region once one has come from there within a week, while the queues can be read.
 * Where a list shows a change that no event had told of, a rule or a trail is missing, and for a day they count for nothing.
 */
public final class EventReach {

  private static final Duration HEARD = Duration.ofDays(7);
  private static final Duration DISTRUSTED = Duration.ofDays(1);

  /** Longer than a loop waits between two tries to read its queue. */
  private static final Duration FAILED = Duration.ofMinutes(6);

  private final InstantSource clock;
  private final Map<Place, Instant> heard = new ConcurrentHashMap<>();
  private final Map<Place, Instant> distrustedUntil = new ConcurrentHashMap<>();
  private volatile Instant failedAt = Instant.MIN;

  private record Place(SourceService service, String region, String account) {}

  /** Nothing has been heard yet. */
  public EventReach(InstantSource clock) {
    this.clock = clock;
  }

  /** An event told of a change. */
  public void heard(SourceChange change) {
    String account = change.account() == null ? SourceId.of(change.service(), change.id()).account() : change.account();
    if (account != null) {
      heard.put(new Place(change.service(), change.region(), account), clock.instant());
    }
  }

  /** A queue could not be read. */
  public void failed() {
    failedAt = clock.instant();
  }

  /** No event told of a change there. */
  void missed(SourceService service, String region, String account) {
    distrustedUntil.put(new Place(service, region, account), clock.instant().plus(DISTRUSTED));
  }

  /** Whether events tell of the changes there; null is an account that is not known. */
  boolean reaches(SourceService service, String region, @Nullable String account) {
    if (account == null || heard.isEmpty()) {
      return false;
    }
    Instant now = clock.instant();
    Place place = new Place(service, region, account);
    boolean fails = failedAt.isAfter(now.minus(FAILED));
    return !fails
        && heard.getOrDefault(place, Instant.MIN).isAfter(now.minus(HEARD))
        && !distrustedUntil.getOrDefault(place, Instant.MIN).isAfter(now);
  }
}
