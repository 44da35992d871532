package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.fetch.RotationWatch;
import dev.keyferry.fetch.Timer;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.StatusApply;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.status.RotationVerdict;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * Writes the condition {@code RotationHealthy} of ExternalSecrets under a field manager of its own, and only where it differs; what is news
 * becomes an event. Where Kubernetes does not answer, it is tried again.
 */
public final class RotationConditions {

  private static final String MANAGER = "keyferry.dev/rotation";
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final RotationWatch watch;
  private final Dependents dependents;
  private final KubernetesClient client;
  private final RequestPermits permits;
  private final EventRecorder events;
  private final Timer timer;
  private final InstantSource clock;

  /** Writes what the watch knows of the objects that are known. */
  public RotationConditions(
      RotationWatch watch,
      Dependents dependents,
      KubernetesClient client,
      RequestPermits permits,
      EventRecorder events,
      Timer timer,
      InstantSource clock) {
    this.watch = watch;
    this.dependents = dependents;
    this.client = client;
    this.permits = permits;
    this.events = events;
    this.timer = timer;
    this.clock = clock;
  }

  /** Brings the condition of an owner up to date. */
  public void update(String owner) {
    Optional<RotationVerdict> verdict = watch.of(owner).map(RotationVerdict::of);
    Optional<ExternalSecret> known = dependents.find(owner);
    if (verdict.isEmpty() || known.isEmpty() || isAsSaid(known.get(), verdict.get())) {
      return;
    }
    try {
      var found = client.resources(ExternalSecret.class).inNamespace(known.get().getMetadata().getNamespace());
      ExternalSecret live = permits.with(() -> found.withName(known.get().getMetadata().getName()).get());
      if (live != null && !isAsSaid(live, verdict.get())) {
        write(live, verdict.get());
      }
    } catch (KubernetesClientException e) {
      timer.after(AGAIN, () -> update(owner));
    }
  }

  private static Optional<StatusCondition> standing(ExternalSecret object) {
    return object.getStatus() == null ? Optional.empty() : Conditions.find(object.getStatus().conditions(), RotationVerdict.TYPE);
  }

  private static boolean isAsSaid(ExternalSecret object, RotationVerdict verdict) {
    Optional<StatusCondition> standing = standing(object);
    return switch (verdict) {
      case RotationVerdict.Keep() -> true;
      case RotationVerdict.None() -> standing.isEmpty();
      case RotationVerdict.Said(boolean healthy, var reason, var message) ->
          standing
              .filter(c -> c.status().equals(word(healthy)) && c.reason().equals(reason) && message.equals(c.message()))
              .isPresent();
    };
  }

  private void write(ExternalSecret live, RotationVerdict verdict) {
    Optional<StatusCondition> standing = standing(live);
    switch (verdict) {
      case RotationVerdict.Keep() -> {}
      case RotationVerdict.None() -> apply(live, List.of());
      case RotationVerdict.Said(boolean healthy, var reason, var message) -> {
        Instant since =
            standing
                .filter(before -> before.status().equals(word(healthy)))
                .map(StatusCondition::lastTransitionTime)
                .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.SECONDS));
        apply(live, List.of(new StatusCondition(RotationVerdict.TYPE, word(healthy), reason, message, null, since)));
        boolean wasBad = standing.filter(before -> before.status().equals(word(false))).isPresent();
        if (!healthy || wasBad) {
          events.record(SyncReport.about(live), healthy ? EventRecorder.Type.NORMAL : EventRecorder.Type.WARNING, reason, message);
        }
      }
    }
  }

  private void apply(ExternalSecret live, List<StatusCondition> conditions) {
    ExternalSecret body = new ExternalSecret();
    body.setStatus(new ExternalSecretStatus(null, conditions, List.of(), null, null));
    permits.with(() -> StatusApply.as(MANAGER, client, live, body));
  }

  private static String word(boolean healthy) {
    return healthy ? "True" : "False";
  }
}
