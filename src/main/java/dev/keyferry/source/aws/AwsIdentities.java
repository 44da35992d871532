package dev.keyferry.source.aws;

import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * Resolves identities and holds their credentials. What Kubernetes holds is read live, at most once a minute for each spec and only while
 * it is in use: by resolving, or by reads with its credentials. After AWS refused credentials it is read again at once. An identity whose
 * base has changed has no credentials any more; whoever reads with it is told so and resolves anew. Resolving never calls AWS; reads do,
 * and their failures are values.
 */
public final class AwsIdentities implements IdentityResolver {

  private static final Duration LOOK = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final Duration SWEEP = Duration.ofMinutes(10);

  /** Longer than any usual time between two reads of a source: what is forgotten has to be resolved before it can read again. */
  private static final Duration FORGOTTEN = Duration.ofDays(8);

  /** What is known of one spec. */
  private static final class Known {
    private final IdentitySpec spec;
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Seen seen;
    private volatile Instant used = Instant.MIN;

    Known(IdentitySpec spec) {
      this.spec = spec;
    }
  }

  /** What a look gave, and the links that were entered for it. */
  private record Seen(IdentityResult result, List<String> digests, Instant until) {
    boolean isOver(Instant now) {
      return !now.isBefore(until);
    }

    Seen until(Instant other) {
      return new Seen(result, digests, other);
    }
  }

  private final Bases bases;
  private final Sessions sessions;
  private final AwsClients clients;
  private final Clock clock;
  private final String fallbackRegion;
  private final ConcurrentMap<IdentitySpec, Known> specs = new ConcurrentHashMap<>();
  private final ConcurrentMap<Identity, Set<Known>> byIdentity = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> nextSweep;

  AwsIdentities(Bases bases, Sessions sessions, AwsClients clients, Clock clock, String fallbackRegion) {
    this.bases = bases;
    this.sessions = sessions;
    this.clients = clients;
    this.clock = clock;
    this.fallbackRegion = fallbackRegion;
    this.nextSweep = new AtomicReference<>(clock.instant().plus(SWEEP));
  }

  @Override
  public IdentityResult resolve(IdentitySpec asked) {
    dropIdle();
    Known known = specs.computeIfAbsent(placed(asked), Known::new);
    Seen seen = current(known);
    if (seen.result() instanceof Resolved(Identity identity)) {
      sessions.touch(identity);
    }
    return seen.result();
  }

  @Override
  public CallerResult caller(Scope scope) {
    String region = scope.region().isBlank() ? fallbackRegion : scope.region();
    Scope at = new Scope(scope.identity(), region, null, scope.kind());
    var answer =
        new SignedCalls(clients, this)
            .make(
                at,
                AwsService.STS,
                "GetCallerIdentity",
                null,
                with ->
                    clients.sts(region, scope.kind()).getCallerIdentity(r -> r.overrideConfiguration(o -> o.credentialsProvider(with))).arn());
    return switch (answer) {
      case SignedCalls.Given<String>(String arn) -> new Caller(arn);
      case SignedCalls.Refused<String>(SourceFailure failure) -> new NoCaller(failure);
    };
  }

  /** Credentials to read with, while what they were made from is as it was. Blocks where it is looked at or they must be made. */
  Session obtain(Identity identity) {
    byIdentity.getOrDefault(identity, Set.of()).forEach(this::current);
    Session session = sessions.obtain(identity);
    if (session instanceof Session.Unavailable(SourceFailure.Credentials failure, Session.Age age) && age != Session.Age.REPEATED) {
      lookAgain(identity);
    }
    return session;
  }

  /** AWS refused the credentials as expired or unknown: they and what they were made from are looked for anew. */
  void refused(Identity identity, AwsCredentials credentials) {
    sessions.refused(identity, credentials);
    lookAgain(identity);
  }

  private IdentitySpec placed(IdentitySpec asked) {
    return asked.region().isBlank()
        ? new IdentitySpec(asked.base(), asked.chain(), fallbackRegion, asked.sessionName(), asked.kind(), asked.failoverRegions())
        : asked;
  }

  private Seen current(Known known) {
    Instant now = clock.instant();
    known.used = now;
    Seen seen = known.seen;
    return seen == null || seen.isOver(now) ? look(known) : seen;
  }

  private Seen look(Known known) {
    known.looking.lock();
    try {
      Instant now = clock.instant();
      Seen before = known.seen;
      if (before != null && !before.isOver(now)) {
        return before;
      }
      Seen after = looked(known.spec, before, now);
      if (before != null) {
        sessions.leave(before.digests().stream().filter(digest -> !after.digests().contains(digest)).toList());
      }
      index(known, before, after);
      known.seen = after;
      return after;
    } finally {
      known.looking.unlock();
    }
  }

  private Seen looked(IdentitySpec spec, @Nullable Seen before, Instant now) {
    return switch (bases.look(spec.base())) {
      case Base.Ready(Base base) -> {
        List<String> digests = sessions.enter(spec, base);
        yield new Seen(new Resolved(new Identity(digests.getLast())), digests, now.plus(LOOK));
      }
      case Base.Missing(SourceFailure failure) -> new Seen(new Unresolved(failure), List.of(), now.plus(LOOK_AGAIN));
      case Base.Unknown(SourceFailure failure) ->
          before == null ? new Seen(new Unresolved(failure), List.of(), now.plus(LOOK_AGAIN)) : before.until(now.plus(LOOK_AGAIN));
    };
  }

  private void index(Known known, @Nullable Seen before, Seen after) {
    if (before != null && before.result().equals(after.result())) {
      return;
    }
    if (before != null) {
      unindex(known, before);
    }
    if (after.result() instanceof Resolved(Identity identity)) {
      byIdentity.compute(
          identity,
          (key, others) -> {
            Set<Known> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(known);
            return all;
          });
    }
  }

  private void unindex(Known known, Seen seen) {
    if (seen.result() instanceof Resolved(Identity identity)) {
      byIdentity.computeIfPresent(
          identity,
          (key, all) -> {
            all.remove(known);
            return all.isEmpty() ? null : all;
          });
    }
  }

  /** Has what the identity was made from looked at when it is next resolved or read with. */
  void lookAgain(Identity identity) {
    for (Known known : byIdentity.getOrDefault(identity, Set.of())) {
      Seen seen = known.seen;
      if (seen != null && seen.result().equals(new Resolved(identity))) {
        known.seen = seen.until(Instant.MIN);
      }
    }
  }

  private void dropIdle() {
    Instant now = clock.instant();
    Instant due = nextSweep.get();
    if (now.isBefore(due) || !nextSweep.compareAndSet(due, now.plus(SWEEP))) {
      return;
    }
    Instant limit = now.minus(FORGOTTEN);
    for (Known known : specs.values()) {
      Seen seen = known.seen;
      if (known.used.isBefore(limit) && specs.remove(known.spec, known) && seen != null) {
        unindex(known, seen);
      }
    }
    sessions.dropIdle();
  }
}
