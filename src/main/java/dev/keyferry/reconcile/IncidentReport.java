package dev.keyferry.reconcile;

import dev.keyferry.fetch.Timer;
import dev.keyferry.status.EventRecorder;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of incidents: at its begin and its end a line in the log with numbers, and an event on the store in a sentence that stays the same.
 * Where the store is gone, the log alone is told.
 */
public final class IncidentReport {

  private static final Logger LOGGER = LoggerFactory.getLogger(IncidentReport.class);

  private final EventRecorder events;
  private final Function<String, Optional<EventRecorder.About>> stores;
  private final Timer timer;
  private final InstantSource clock;
  private final Incidents incidents = new Incidents();
  private @Nullable Instant timed;

  /**
   * Nothing fails yet.
   *
   * @param stores finds a store by its text, such as {@code SecretStore shop/aws}
   * @param timer waits while news is held back
   */
  public IncidentReport(
      EventRecorder events, Function<String, Optional<EventRecorder.About>> stores, Timer timer, InstantSource clock) {
    this.events = events;
    this.stores = stores;
    this.timer = timer;
    this.clock = clock;
  }

  /** How many ExternalSecrets fail in standing incidents, by store and reason. */
  public synchronized Collection<SyncListener.Incident> standing() {
    Map<String, SyncListener.Incident> byLabels = new TreeMap<>();
    incidents
        .standing()
        .forEach(
            (cause, objects) ->
                byLabels.merge(
                    cause.store() + "|" + cause.reason(),
                    new SyncListener.Incident(cause.store(), cause.reason(), objects),
                    (one, other) -> new SyncListener.Incident(one.store(), one.reason(), one.externalSecrets() + other.externalSecrets())));
    return byLabels.values();
  }

  /** An object failed; null news was told before. */
  synchronized void failed(String uid, Incidents.Cause cause, Incidents.@Nullable News news) {
    tellSoon(incidents.failed(uid, cause, news, clock.instant()));
    wait(clock.instant());
  }

  /**
   * An object fails no more, or is gone.
   *
   * @return whether its failure was told with an incident's only, so that its end need not be told
   */
  synchronized boolean left(String uid) {
    Incidents.Left left = incidents.left(uid, clock.instant());
    tellSoon(left.tellings());
    return left.untold();
  }

  private synchronized void tellDue() {
    timed = null;
    Instant now = clock.instant();
    tell(incidents.due(now));
    wait(now);
  }

  private void wait(Instant now) {
    Instant next = incidents.next().orElse(null);
    if (next != null && (timed == null || next.isBefore(timed))) {
      timed = next;
      Duration left = Duration.between(now, next);
      timer.after(left.isNegative() ? Duration.ZERO : left, this::tellDue);
    }
  }

  /* Elsewhere, since a reconcile's log lines name its object, and no incident is about that one alone. */
  private void tellSoon(List<Incidents.Telling> tellings) {
    if (!tellings.isEmpty()) {
      timer.after(Duration.ZERO, () -> tell(tellings));
    }
  }

  private void tell(List<Incidents.Telling> tellings) {
    for (Incidents.Telling telling : tellings) {
      switch (telling) {
        case Incidents.Single(var news) -> events.record(news.about(), EventRecorder.Type.WARNING, news.reason(), news.message());
        case Incidents.Began(var cause, int objects) -> {
          LOGGER
              .atWarn()
              .addKeyValue("store", cause.store())
              .addKeyValue("reason", cause.reason())
              .addKeyValue("externalSecrets", objects)
              .log("many ExternalSecrets fail alike: {}", cause.what());
          event(cause, EventRecorder.Type.WARNING, cause.reason(), "Many ExternalSecrets that read through this store fail alike: "
              + cause.what() + " Each one's condition says what it lacks.");
        }
        case Incidents.Ended(var cause, int most, var lasted) -> {
          LOGGER
              .atInfo()
              .addKeyValue("store", cause.store())
              .addKeyValue("reason", cause.reason())
              .addKeyValue("externalSecrets", most)
              .addKeyValue("seconds", lasted.toSeconds())
              .log("many ExternalSecrets failed alike, and do so no more: {}", cause.what());
          event(cause, EventRecorder.Type.NORMAL, "IncidentOver", "The ExternalSecrets that read through this store fail no more with "
              + cause.reason() + ": " + cause.what());
        }
      }
    }
  }

  private void event(Incidents.Cause cause, EventRecorder.Type type, String reason, String message) {
    stores.apply(cause.store()).ifPresent(about -> events.record(about, type, reason, message));
  }
}
