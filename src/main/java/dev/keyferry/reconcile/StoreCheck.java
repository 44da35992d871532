package dev.keyferry.reconcile;

import dev.keyferry.api.v1.StoreStatus;
import dev.keyferry.source.CallerArn;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.Reason;
import dev.keyferry.status.Verdict;
import dev.keyferry.store.StorePlan;
import dev.keyferry.store.StoreResolution;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a store's identity works: becomes it and asks STS who it is. */
final class StoreCheck {

  /** How often an identity that works is looked at again. */
  private static final Duration CHECKED_AGAIN = Duration.ofHours(1);

  private static final StoreStatus NONE = new StoreStatus(null, List.of(), null);

  private final IdentityResolver identities;
  private final InstantSource clock;

  StoreCheck(IdentityResolver identities, InstantSource clock) {
    this.identities = identities;
    this.clock = clock;
  }

  /**
   * What checking gave.
   *
   * @param verdict what it means
   * @param status the status that follows
   */
  record Checked(Verdict verdict, StoreStatus status) {}

  /** Checks a store that resolved to that. */
  Checked check(StoreResolution resolution, @Nullable StoreStatus before, @Nullable Long generation) {
    if (!(resolution instanceof StoreResolution.Usable(var plan))) {
      return checked(Verdict.ofStore(resolution), null, before, generation);
    }
    return switch (identities.resolve(plan.identity())) {
      case IdentityResolver.Unresolved(var failure) -> checked(Verdict.ofIdentity(failure), null, before, generation);
      case IdentityResolver.Resolved(var identity) ->
          switch (identities.caller(plan.scope(identity))) {
            case IdentityResolver.NoCaller(var failure) -> checked(Verdict.ofIdentity(failure), null, before, generation);
            case IdentityResolver.Caller(var arn) -> checked(verified(plan, arn), arn, before, generation);
          };
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

  private Checked checked(Verdict verdict, @Nullable String arn, @Nullable StoreStatus before, @Nullable Long generation) {
    Instant now = clock.instant();
    StoreStatus previous = before == null ? NONE : before;
    return new Checked(
        verdict, new StoreStatus(generation, Conditions.of(previous.conditions(), verdict, generation, now), arn));
  }
}
