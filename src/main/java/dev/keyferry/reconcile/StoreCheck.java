package dev.keyferry.reconcile;

import dev.keyferry.api.v1.DetectionStatus;
import dev.keyferry.api.v1.StoreStatus;
import dev.keyferry.fetch.ChangeDetection;
import dev.keyferry.fetch.SweepPlanner;
import dev.keyferry.source.CallerArn;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.source.Scope;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.Reason;
import dev.keyferry.status.Verdict;
import dev.keyferry.store.StorePlan;
import dev.keyferry.store.StoreResolution;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a store's identity works: becomes it and asks STS who it is. */
final class StoreCheck {

  /** How often an identity that works is looked at again. */
  private static final Duration CHECKED_AGAIN = Duration.ofHours(1);

  private static final StoreStatus NONE = new StoreStatus(null, List.of(), null, null);

  private final IdentityResolver identities;
  private final SweepPlanner sweeps;
  private final InstantSource clock;

  StoreCheck(IdentityResolver identities, SweepPlanner sweeps, InstantSource clock) {
    this.identities = identities;
    this.sweeps = sweeps;
    this.clock = clock;
  }

  /**
   * What checking gave.
   *
   * @param verdict what it means
   * @param status the status that follows
   * @param scope what it reads as; null where that is not known or there are many
   */
  record Checked(Verdict verdict, StoreStatus status, @Nullable Scope scope) {}

  /** The status once changes are noticed in another way and nothing else has happened; empty where that is not sure. */
  Optional<Checked> again(StoreResolution resolution, @Nullable StoreStatus before, @Nullable Long generation) {
    if (before == null
        || before.identity() == null
        || !Objects.equals(before.observedGeneration(), generation)
        || !(resolution instanceof StoreResolution.Usable(var plan))
        || !(identities.resolve(plan.identity()) instanceof IdentityResolver.Resolved(var identity))) {
      return Optional.empty();
    }
    Scope scope = plan.scope(identity);
    StoreStatus status = new StoreStatus(before.observedGeneration(), before.conditions(), before.identity(), detection(plan, scope));
    return Optional.of(new Checked(verified(plan, before.identity()), status, scope));
  }

  /** Checks a store that resolved to that. */
  Checked check(StoreResolution resolution, @Nullable StoreStatus before, @Nullable Long generation) {
    if (!(resolution instanceof StoreResolution.Usable(var plan))) {
      return checked(Verdict.ofStore(resolution), before, generation);
    }
    return switch (identities.resolve(plan.identity())) {
      case IdentityResolver.Unresolved(var failure) -> checked(Verdict.ofIdentity(failure), before, generation);
      case IdentityResolver.Resolved(var identity) -> {
        Scope scope = plan.scope(identity);
        yield switch (identities.caller(scope)) {
          case IdentityResolver.NoCaller(var failure) -> checked(Verdict.ofIdentity(failure), before, generation);
          case IdentityResolver.Caller(var arn) -> checked(verified(plan, arn), arn, detection(plan, scope), scope, before, generation);
        };
      }
    };
  }

  private static Verdict verified(StorePlan plan, String arn) {
    return new Verdict(
        Verdict.Ready.TRUE,
        Reason.IDENTITY_VERIFIED,
        "reads " + plan.service().word() + " in " + plan.region() + " as " + arn
            + (CallerArn.isNode(arn) ? ", the role of a node, which every pod there may be" : ""),
        Verdict.Progress.DONE,
        Optional.of(CHECKED_AGAIN));
  }

  private DetectionStatus detection(StorePlan plan, Scope scope) {
    ChangeDetection detection = sweeps.detection(scope, plan.service(), plan.strict());
    return new DetectionStatus(detection.mode().word(), detection.advice().sentence());
  }

  private Checked checked(Verdict verdict, @Nullable StoreStatus before, @Nullable Long generation) {
    return checked(verdict, null, null, null, before, generation);
  }

  private Checked checked(
      Verdict verdict,
      @Nullable String arn,
      @Nullable DetectionStatus detection,
      @Nullable Scope scope,
      @Nullable StoreStatus before,
      @Nullable Long generation) {
    Instant now = clock.instant();
    StoreStatus previous = before == null ? NONE : before;
    StoreStatus status = new StoreStatus(generation, Conditions.of(previous.conditions(), verdict, generation, now), arn, detection);
    return new Checked(verdict, status, scope);
  }
}
