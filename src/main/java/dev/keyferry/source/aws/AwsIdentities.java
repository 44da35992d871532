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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * Resolves identities and holds their credentials. What Kubernetes holds is read live, at most once a minute for each spec, and again at
 * once after AWS refused credentials that were made from it. Resolving never calls AWS; reads do, and their failures are values.
 */
public final class AwsIdentities implements IdentityResolver {

  private static final Duration LOOK = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofHours(1);
  private static final Duration SWEEP = Duration.ofMinutes(10);

  /** What is known of one spec. */
  private static final class Known {
    private final ReentrantLock looking = new ReentrantLock();
    private volatile @Nullable Seen seen;
    private volatile Instant used = Instant.MIN;
  }

  /** What a look gave, and the links that were entered for it. */
  private record Seen(IdentityResult result, List<String> digests, Instant until) {}

  private final Bases bases;
  private final Sessions sessions;
  private final AwsClients clients;
  private final Clock clock;
  private final String fallbackRegion;
  private final ConcurrentMap<IdentitySpec, Known> specs = new ConcurrentHashMap<>();
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
    IdentitySpec spec =
        asked.region().isBlank() ? new IdentitySpec(asked.base(), asked.chain(), fallbackRegion, asked.sessionName()) : asked;
    Known known = specs.computeIfAbsent(spec, key -> new Known());
    known.used = clock.instant();
    Seen seen = known.seen;
    if (seen == null || !known.used.isBefore(seen.until())) {
      seen = look(spec, known);
    } else if (seen.result() instanceof Resolved(Identity identity)) {
      sessions.touch(identity);
    }
    return seen.result();
  }

  @Override
  public CallerResult caller(Scope scope) {
    String region = scope.region().isBlank() ? fallbackRegion : scope.region();
    Scope at = new Scope(scope.identity(), region, null);
    var answer =
        new SignedCalls(clients, this)
            .make(
                at,
                AwsService.STS,
                "GetCallerIdentity",
                null,
                with -> clients.sts(region).getCallerIdentity(r -> r.overrideConfiguration(o -> o.credentialsProvider(with))).arn());
    return switch (answer) {
      case SignedCalls.Given<String>(String arn) -> new Caller(arn);
      case SignedCalls.Refused<String>(SourceFailure failure) -> new NoCaller(failure);
    };
  }

  /** Credentials to read with. Blocks where they must be made. */
  Session obtain(Identity identity) {
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

  private Seen look(IdentitySpec spec, Known known) {
    known.looking.lock();
    try {
      Instant now = clock.instant();
      Seen before = known.seen;
      if (before != null && now.isBefore(before.until())) {
        return before;
      }
      Seen after =
          switch (bases.look(spec.base())) {
            case Base.Ready(Base base) -> {
              List<String> digests = sessions.enter(spec, base);
              yield new Seen(new Resolved(new Identity(digests.getLast())), digests, now.plus(LOOK));
            }
            case Base.Missing(SourceFailure failure) -> new Seen(new Unresolved(failure), List.of(), now.plus(LOOK_AGAIN));
          };
      if (before != null) {
        sessions.leave(before.digests().stream().filter(digest -> !after.digests().contains(digest)).toList());
      }
      known.seen = after;
      return after;
    } finally {
      known.looking.unlock();
    }
  }

  private void lookAgain(Identity identity) {
    for (Known known : specs.values()) {
      Seen seen = known.seen;
      if (seen != null && seen.result().equals(new Resolved(identity))) {
        known.seen = new Seen(seen.result(), seen.digests(), Instant.MIN);
      }
    }
  }

  private void dropIdle() {
    Instant now = clock.instant();
    Instant due = nextSweep.get();
    if (now.isBefore(due) || !nextSweep.compareAndSet(due, now.plus(SWEEP))) {
      return;
    }
    Instant limit = now.minus(IDLE);
    specs.values().removeIf(known -> known.used.isBefore(limit));
    sessions.dropIdle();
  }
}
