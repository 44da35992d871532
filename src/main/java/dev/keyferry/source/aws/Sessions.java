package dev.keyferry.source.aws;

import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.SourceFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** Credentials by identity. Chains that begin alike share the cells of what they share, so each link costs one call in its lifetime. */
final class Sessions {

  private static final Duration IDLE = Duration.ofHours(1);

  private final Sts sts;
  private final Clock clock;
  private final IdentityDigest digest = new IdentityDigest();
  private final ConcurrentMap<String, SessionCell> cells = new ConcurrentHashMap<>();

  Sessions(Sts sts, Clock clock) {
    this.sts = sts;
    this.clock = clock;
  }

  /**
   * Makes the cells of a chain without calling AWS.
   *
   * @return digests of the chain's links, first to last; the last one is the identity's
   */
  List<String> enter(IdentitySpec spec, Base base) {
    List<String> digests = new ArrayList<>();
    Sts.Manner manner = new Sts.Manner(spec.region(), spec.kind(), spec.sessionName(), spec.failoverRegions());
    String current = digest.of(base, manner);
    digests.add(current);
    SessionCell cell = cells.computeIfAbsent(current, key -> new SessionCell(clock, null, () -> sts.begin(base, manner)));
    for (RoleLink link : spec.chain()) {
      current = digest.of(current, link);
      digests.add(current);
      SessionCell before = cell;
      cell = cells.computeIfAbsent(current, key -> new SessionCell(clock, before, () -> assume(before, link, manner)));
    }
    cell.touch();
    return digests;
  }

  /** The identity's credentials. Blocks where they must be made. */
  Session obtain(Identity identity) {
    SessionCell cell = cells.get(identity.digest());
    if (cell == null) {
      String message = "The store's credentials have changed; the new ones are used from the next try on.";
      return new Session.Unavailable(new SourceFailure.Credentials(message), Session.Age.FRESH);
    }
    return cell.obtain();
  }

  /** Marks the identity as in use. */
  void touch(Identity identity) {
    SessionCell cell = cells.get(identity.digest());
    if (cell != null) {
      cell.touch();
    }
  }

  /** Forgets credentials that AWS refused. */
  void refused(Identity identity, AwsCredentials credentials) {
    SessionCell cell = cells.get(identity.digest());
    if (cell != null) {
      cell.drop(credentials);
    }
  }

  /** Forgets links and their credentials. */
  void leave(List<String> digests) {
    digests.forEach(cells::remove);
  }

  /** Forgets what was not used for an hour. */
  void dropIdle() {
    Instant limit = clock.instant().minus(IDLE);
    cells.values().removeIf(cell -> cell.used().isBefore(limit));
  }

  private Session assume(SessionCell before, RoleLink link, Sts.Manner manner) {
    Session first = before.obtain();
    if (!(first instanceof Session.Open open)) {
      return first;
    }
    Session result = sts.assume(link, open.credentials(), manner);
    if (!(result instanceof Session.Unavailable unavailable) || unavailable.age() != Session.Age.STALE) {
      return result;
    }
    before.drop(open.credentials());
    return switch (before.obtain()) {
      case Session.Open renewed when !renewed.credentials().equals(open.credentials()) ->
          sts.assume(link, renewed.credentials(), manner);
      case Session.Open same -> result;
      case Session.Unavailable none -> none;
    };
  }
}
