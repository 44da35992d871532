package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.fetch.Answer;
import dev.keyferry.fetch.FetchPlanner;
import dev.keyferry.fetch.FetchRequest;
import dev.keyferry.fetch.FindPlanner;
import dev.keyferry.fetch.RotationWatch;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.Outcome;
import dev.keyferry.status.Verdict;
import dev.keyferry.write.TargetWriter;
import dev.keyferry.write.WriteRequest;
import dev.keyferry.write.WriteResult;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps one ExternalSecret's target equal to what AWS holds: store, identity, fetch, render, write, status. */
@ControllerConfiguration(name = "externalsecret")
public final class ExternalSecretReconciler implements Reconciler<ExternalSecret> {

  private final Gate gate;
  private final SyncInputs inputs;
  private final FetchPlanner planner;
  private final FindPlanner finder;
  private final RotationWatch rotations;
  private final TargetWriter writer;
  private final Dependents dependents;
  private final SyncReport report;
  private final InstantSource clock;
  private final StatusWriter<ExternalSecretStatus, ExternalSecret> statuses;
  private final TargetLocks locks = new TargetLocks();
  private final Blips blips = new Blips();
  private final SyncRequests requests = new SyncRequests();

  /** Reconciles with those steps. */
  public ExternalSecretReconciler(
      Gate gate,
      SyncInputs inputs,
      FetchPlanner planner,
      FindPlanner finder,
      RotationWatch rotations,
      TargetWriter writer,
      Dependents dependents,
      SyncReport report,
      KubernetesClient client,
      RequestPermits permits,
      InstantSource clock) {
    this.gate = gate;
    this.inputs = inputs;
    this.planner = planner;
    this.finder = finder;
    this.rotations = rotations;
    this.writer = writer;
    this.dependents = dependents;
    this.report = report;
    this.clock = clock;
    this.statuses = new StatusWriter<>(client, permits, ExternalSecret::new, SyncStatus::own);
  }

  @Override
  public List<EventSource<?, ExternalSecret>> prepareEventSources(EventSourceContext<ExternalSecret> context) {
    Wakeups<ExternalSecret> wakeups = new Wakeups<>("wakeups", this::noticed, this::deleted);
    dependents.over(context.getPrimaryCache(), wakeups);
    return List.of(wakeups);
  }

  @Override
  public UpdateControl<ExternalSecret> reconcile(ExternalSecret object, Context<ExternalSecret> context) throws InterruptedException {
    gate.pass();
    Instant began = clock.instant();
    if (requests.take(object)) {
      planner.doubt(Dependents.owner(object));
      finder.doubtNow(Dependents.owner(object));
    }
    ExternalSecretStatus before = statuses.current(object);
    SyncInputs.Gathered gathered = inputs.gather(object);
    Ended ended =
        switch (gathered) {
          case SyncInputs.Incomplete(var outcome, _) -> {
            if (!(outcome instanceof Outcome.NoIdentity(var failure) && failure.kind().passing())) {
              forget(object);
            }
            yield new Ended(outcome, List.of());
          }
          case SyncInputs.Complete complete -> find(object, complete, context);
        };
    if (context.getPrimaryCache().get(ResourceID.fromResource(object)).isEmpty()) {
      // Its deletion may have been told before the fetch, which would then keep its sources for ever.
      forget(object);
    }
    if (!stillThere(object, context) || isPassing(ended.outcome(), before, object)) {
      return UpdateControl.noUpdate();
    }
    Verdict verdict = SyncStatus.verdict(ended.outcome(), before);
    if (isBlip(ended.outcome(), before, object)) {
      return again(verdict);
    }
    Instant now = clock.instant();
    ExternalSecretStatus status =
        SyncStatus.judged(before == null ? SyncStatus.NONE : before, verdict, object.getMetadata().getGeneration(), now);
    if (ended.outcome() instanceof Outcome.Written(var result) && gathered instanceof SyncInputs.Complete complete && held(result)) {
      status = SyncStatus.written(status, result, complete.spec().target(), complete.store().region(), ended.found(), now);
    }
    if (ended.outcome() instanceof Outcome.Deleted) {
      status = SyncStatus.deleted(status, now);
    }
    report.ended(object, ended.outcome(), verdict, SyncSpec.targetName(object), gathered.storeText(), before, Duration.between(began, now));
    statuses.write(object, status);
    return again(verdict);
  }

  private static UpdateControl<ExternalSecret> again(Verdict verdict) {
    return verdict.again().map(again -> UpdateControl.<ExternalSecret>noUpdate().rescheduleAfter(again)).orElseGet(UpdateControl::noUpdate);
  }

  /** The reads that all known ExternalSecrets need, for the planner to begin with in full batches. */
  public Collection<FetchRequest> expectedReads() {
    return dependents.all().stream()
        .map(
            object ->
                inputs.gather(object) instanceof SyncInputs.Complete complete
                    ? Optional.of(complete.request(object, false))
                    : Optional.<FetchRequest>empty())
        .flatMap(Optional::stream)
        .toList();
  }

  private Ended find(ExternalSecret object, SyncInputs.Complete complete, Context<ExternalSecret> context) {
    if (complete.spec().searches().isEmpty()) {
      finder.forget(Dependents.owner(object));
      return sync(object, complete, context);
    }
    return switch (Found.of(complete.spec(), complete.store().allowedKeys(), finder.find(complete.search(object, isNewSpec(object))))) {
      case Found.Unknown(var failures) -> new Ended(new Outcome.NotFetched(failures), List.of());
      case Found.Forbidden(var message) -> new Ended(new Outcome.KeyNotAllowed(message), List.of());
      case Found.Collides(var message) -> new Ended(new Outcome.NotRendered(message), List.of());
      case Found.Known(var spec) -> {
        Ended ended = sync(object, complete.with(spec), context);
        if (ended.outcome() instanceof Outcome.NotFetched(var failures) && failures.stream().anyMatch(ExternalSecretReconciler::gone)) {
          finder.doubt(Dependents.owner(object));
        }
        yield ended;
      }
    };
  }

  private static boolean gone(Answer.Failed failed) {
    return failed.failure().kind() == FailureKind.NOT_FOUND || failed.failure().kind() == FailureKind.MARKED_FOR_DELETION;
  }

  private Ended sync(ExternalSecret object, SyncInputs.Complete complete, Context<ExternalSecret> context) {
    var answers = planner.fetch(complete.request(object, isNewSpec(object)));
    return switch (SyncStep.of(object, complete, answers)) {
      case SyncStep.KeepUnread(var failures) -> new Ended(new Outcome.NotFetched(failures), List.of());
      case SyncStep.KeepInvalid(var message) -> new Ended(new Outcome.NotRendered(message), List.of());
      case SyncStep.KeepForbidden(var message) -> new Ended(new Outcome.KeyNotAllowed(message), List.of());
      case SyncStep.Delete() -> {
        var metadata = object.getMetadata();
        var owner = new WriteRequest.Owner(metadata.getNamespace(), metadata.getName(), metadata.getUid());
        locks.with(owner.namespace(), complete.spec().target(), () -> writer.delete(owner, complete.spec().target()));
        yield new Ended(new Outcome.Deleted(), List.of());
      }
      case SyncStep.Write(var request, var found) -> {
        if (!stillThere(object, context)) {
          yield new Ended(new Outcome.Suspended(), List.of());
        }
        WriteResult result = locks.with(request.owner().namespace(), request.target(), () -> writer.write(request));
        if (held(result)) {
          writer.deleteFormer(request.owner(), request.target());
          rotations.read(Dependents.owner(object), complete.scope(), found);
        }
        if (result instanceof WriteResult.Updated(_, boolean drift) && !drift) {
          report.propagated(statuses.current(object), found, clock.instant());
          if (request.restarts().trigger() == WriteRequest.Trigger.VERSION) {
            report.pinned(object, statuses.current(object), request.target(), found);
          }
        }
        yield new Ended(new Outcome.Written(result), found);
      }
    };
  }

  private void forget(ExternalSecret object) {
    planner.forget(Dependents.owner(object));
    finder.forget(Dependents.owner(object));
    rotations.forget(Dependents.owner(object));
  }

  private void noticed(ExternalSecret object) {
    if (requests.noticed(object)) {
      dependents.sourceChanged(Dependents.owner(object));
    }
  }

  private void deleted(ExternalSecret object) {
    requests.forget(object);
    forget(object);
    report.gone(object);
    statuses.forget(object.getMetadata().getUid());
    blips.over(object.getMetadata().getUid());
  }

  private static boolean held(WriteResult result) {
    return switch (result) {
      case WriteResult.Created(_), WriteResult.Updated(_, _), WriteResult.Unchanged(_) -> true;
      case WriteResult.Absent(_), WriteResult.Refused(_, _), WriteResult.Failed(_) -> false;
    };
  }

  private boolean isNewSpec(ExternalSecret object) {
    ExternalSecretStatus status = statuses.current(object);
    return status == null || !Objects.equals(status.observedGeneration(), object.getMetadata().getGeneration());
  }

  private static boolean stillThere(ExternalSecret object, Context<ExternalSecret> context) {
    return context
        .getPrimaryCache()
        .get(ResourceID.fromResource(object))
        .filter(current -> object.getMetadata().getUid().equals(current.getMetadata().getUid()))
        .isPresent();
  }

  /* A throttled call or a dropped connection is no news while the target is as it should be. */
  private boolean isPassing(Outcome outcome, @Nullable ExternalSecretStatus before, ExternalSecret object) {
    boolean blip =
        outcome instanceof Outcome.NotFetched(var failures)
            && failures.stream().allMatch(one -> one.failure().kind().passing() && one.attempts() <= FetchPlanner.UNTOLD_FAILURES);
    return blip
        && before != null
        && !isNewSpec(object)
        && Blips.isReady(before.conditions());
  }

  /* Neither is an API server that did not say who reads; nobody wakes the object when it does, so that it looks again itself. */
  private boolean isBlip(Outcome outcome, @Nullable ExternalSecretStatus before, ExternalSecret object) {
    String uid = object.getMetadata().getUid();
    if (!(outcome instanceof Outcome.NoIdentity(var failure)) || !failure.kind().passing()) {
      blips.over(uid);
      return false;
    }
    return before != null && !isNewSpec(object) && blips.untold(uid, before.conditions());
  }

  /**
   * How a sync ended.
   *
   * @param outcome how
   * @param found the values that the target now holds; empty where it was not written
   */
  private record Ended(Outcome outcome, List<Fetched.Found> found) {}
}
