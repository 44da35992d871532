package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ApiGroup;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.kube.Marks;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.EventRecorder;
import dev.keyferry.status.Outcome;
import dev.keyferry.status.Verdict;
import dev.keyferry.write.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Tells people and metrics what a reconcile did: events where something changed, counts always. */
public final class SyncReport {

  private final EventRecorder events;
  private final SyncListener listener;
  private final IncidentReport incidents;

  /** Tells those; what many objects of a store have in common is told by the last. */
  public SyncReport(EventRecorder events, SyncListener listener, IncidentReport incidents) {
    this.events = events;
    this.listener = listener;
    this.incidents = incidents;
  }

  /**
   * A reconcile ended with that outcome.
   *
   * @param store such as {@code SecretStore shop/aws}; null where it had none
   */
  void ended(
      ExternalSecret object,
      Outcome outcome,
      Verdict verdict,
      String target,
      @Nullable String store,
      @Nullable ExternalSecretStatus before,
      Duration took) {
    listener.reconciled(result(outcome), verdict.reason().word(), took);
    EventRecorder.About about = about(object);
    boolean news = Conditions.isNews(before == null ? List.of() : before.conditions(), verdict);
    Optional<SourceFailure> failure = failure(outcome);
    if (store != null && failure.isPresent()) {
      String reason = verdict.reason().word();
      incidents.failed(
          about.uid(),
          new Incidents.Cause(store, reason, failure.get().cause()),
          news ? new Incidents.News(about, reason, verdict.message()) : null);
      return;
    }
    boolean untold = incidents.left(about.uid());
    if (outcome instanceof Outcome.Written(var result)) {
      switch (result) {
        case WriteResult.Created(_) -> {
          events.record(about, EventRecorder.Type.NORMAL, "Created", "Secret " + target + " created");
          return;
        }
        case WriteResult.Updated(_, boolean drift) -> {
          String what = drift ? "Secret " + target + " repaired: somebody had changed it" : "Secret " + target + " updated";
          events.record(about, EventRecorder.Type.NORMAL, drift ? "DriftRepaired" : "Updated", what);
          return;
        }
        case WriteResult.Unchanged(_), WriteResult.Absent(_), WriteResult.Refused(_, _), WriteResult.Failed(_) -> {}
      }
    }
    boolean endOfUntold = untold && verdict.ready() == Verdict.Ready.TRUE;
    if (news && !endOfUntold) {
      boolean warning = verdict.ready() == Verdict.Ready.FALSE;
      events.record(
          about, warning ? EventRecorder.Type.WARNING : EventRecorder.Type.NORMAL, verdict.reason().word(), verdict.message());
    }
  }

  /** An object is gone. */
  void gone(ExternalSecret object) {
    incidents.left(object.getMetadata().getUid());
  }

  /** Why AWS was not read; empty where that is not what kept the object from being synced. */
  private static Optional<SourceFailure> failure(Outcome outcome) {
    return switch (outcome) {
      case Outcome.NotFetched(var failures) -> Optional.of(failures.getFirst().failure());
      case Outcome.NoIdentity(var failure) -> Optional.of(failure);
      case Outcome.Suspended(), Outcome.SpecInvalid(_), Outcome.NoStore(_), Outcome.KeyNotAllowed(_), Outcome.NotRendered(_), Outcome.Deleted(), Outcome.Written(_) ->
          Optional.empty();
    };
  }

  /** New versions have reached a target that held older ones. */
  void propagated(@Nullable ExternalSecretStatus before, Collection<Fetched.Found> found, Instant now) {
    if (before == null || before.sources().isEmpty()) {
      return;
    }
    Set<String> held = before.sources().stream().map(SourceStatus::revision).collect(Collectors.toSet());
    found.stream()
        .filter(one -> !held.contains(one.revision().version()))
        .map(Fetched.Found::createdAt)
        .filter(Objects::nonNull)
        .forEach(created -> listener.propagated(Duration.between(created, now)));
  }

  /** A target has new content, some of it perhaps because a pin in the spec changed: that restarts nothing. */
  void pinned(ExternalSecret object, @Nullable ExternalSecretStatus before, String target, Collection<Fetched.Found> found) {
    List<String> moved = before == null ? List.of() : Pins.moved(before.sources(), found);
    if (!moved.isEmpty()) {
      events.record(
          about(object),
          EventRecorder.Type.NORMAL,
          "PinnedNotRestarted",
          "Secret " + target + " has another version of " + String.join(", ", moved)
              + ", since the spec pins it: that restarts no workload. To restart one, give it the annotation "
              + Marks.RESTART_NOW + " with a new text");
    }
  }

  static EventRecorder.About about(ExternalSecret object) {
    var metadata = object.getMetadata();
    return new EventRecorder.About(
        ApiGroup.API_VERSION, "ExternalSecret", metadata.getNamespace(), metadata.getName(), metadata.getUid());
  }

  private static String result(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Suspended() -> "skipped";
      case Outcome.SpecInvalid(_), Outcome.NoStore(_), Outcome.KeyNotAllowed(_), Outcome.NoIdentity(_), Outcome.NotFetched(_), Outcome.NotRendered(_) -> "failed";
      case Outcome.Deleted() -> "deleted";
      case Outcome.Written(var result) ->
          switch (result) {
            case WriteResult.Created(_) -> "created";
            case WriteResult.Updated(_, _) -> "updated";
            case WriteResult.Unchanged(_) -> "unchanged";
            case WriteResult.Absent(_), WriteResult.Refused(_, _), WriteResult.Failed(_) -> "failed";
          };
    };
  }
}
