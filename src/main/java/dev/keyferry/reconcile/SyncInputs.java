package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.fetch.FetchRequest;
import dev.keyferry.fetch.FindRequest;
import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.source.Scope;
import dev.keyferry.status.Outcome;
import dev.keyferry.store.StorePlan;
import dev.keyferry.store.StoreResolution;
import dev.keyferry.store.Stores;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Gathers what a sync starts from: store, identity, refs. */
public final class SyncInputs {

  private final Stores stores;
  private final IdentityResolver identities;
  private final Duration defaultInterval;

  /**
   * Gathers from those.
   *
   * @param defaultInterval for objects that name none
   */
  public SyncInputs(Stores stores, IdentityResolver identities, Duration defaultInterval) {
    this.stores = stores;
    this.identities = identities;
    this.defaultInterval = defaultInterval;
  }

  /** What gathering gave. */
  sealed interface Gathered {
    /** The store, such as {@code SecretStore shop/aws}; null where there is none yet. */
    @Nullable String storeText();
  }

  /**
   * Everything that a sync needs.
   *
   * @param store what the store means for the namespace
   * @param spec the spec, understood
   * @param scope who reads, and where
   */
  record Complete(StorePlan store, SyncSpec.Valid spec, Scope scope) implements Gathered {

    @Override
    public String storeText() {
      return store.store();
    }

    FetchRequest request(ExternalSecret object, boolean retryNow) {
      return new FetchRequest(
          Dependents.owner(object),
          scope,
          spec.refs(),
          spec.interval(),
          retryNow,
          store.strict(),
          SyncStatus.applied(object.getStatus(), spec.refs()));
    }

    FindRequest search(ExternalSecret object, boolean retryNow) {
      return new FindRequest(Dependents.owner(object), scope, spec.queries(), spec.interval(), retryNow);
    }

    Complete with(SyncSpec.Valid other) {
      return new Complete(store, other, scope);
    }
  }

  /**
   * Something is missing.
   *
   * @param outcome what
   * @param storeText the store; null where there is none yet
   */
  record Incomplete(Outcome outcome, @Nullable String storeText) implements Gathered {
    Incomplete(Outcome outcome) {
      this(outcome, null);
    }
  }

  /** Gathers for an object; asks Kubernetes and STS where identities are not known yet. */
  Gathered gather(ExternalSecret object) {
    if (object.getSpec().suspended()) {
      return new Incomplete(new Outcome.Suspended());
    }
    StoreResolution resolution = stores.resolve(object.getMetadata().getNamespace(), object.getSpec().secretStoreRef());
    if (!(resolution instanceof StoreResolution.Usable(var plan))) {
      return new Incomplete(new Outcome.NoStore(resolution));
    }
    return switch (SyncSpec.of(object, plan.service(), plan.prefix(), defaultInterval)) {
      case SyncSpec.Invalid(var message) -> new Incomplete(new Outcome.SpecInvalid(message));
      case SyncSpec.Valid spec -> gather(plan, spec);
    };
  }

  private Gathered gather(StorePlan plan, SyncSpec.Valid spec) {
    Optional<String> refused = KeyRules.refused(plan, spec);
    if (refused.isPresent()) {
      return new Incomplete(new Outcome.KeyNotAllowed(refused.get()), plan.store());
    }
    return switch (identities.resolve(plan.identity())) {
      case IdentityResolver.Unresolved(var failure) -> new Incomplete(new Outcome.NoIdentity(failure), plan.store());
      case IdentityResolver.Resolved(Identity identity) -> new Complete(plan, spec, plan.scope(identity));
    };
  }
}
