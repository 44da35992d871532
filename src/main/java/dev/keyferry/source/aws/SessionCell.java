package dev.keyferry.source.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/**
 * The credentials of one link of a chain. They are made by one caller at a time while others wait, or while the old ones are valid, go on
 * with those. A failure is repeated to all who ask within seconds, so that a thousand sources of a denied role cost one call.
 */
final class SessionCell {

  private static final Duration AHEAD = Duration.ofMinutes(5);
  private static final Duration RETRY_WHILE_VALID = Duration.ofSeconds(30);

  /** Where new credentials were refused as well, others are no help for this long: each of many reads would cost a call of STS. */
  private static final Duration DROP_AGAIN = Duration.ofSeconds(10);

  /** Credentials and the time from which new ones are asked for. */
  private record Kept(Session.Open session, Instant refreshAt) {
    boolean valid(Instant now) {
      return session.expires() == null || now.isBefore(session.expires());
    }
  }

  private final Clock clock;
  private final @Nullable SessionCell parent;
  private final Supplier<Session> maker;
  private final ReentrantLock making = new ReentrantLock();
  private volatile @Nullable Kept kept;
  private volatile Session.@Nullable Unavailable failed;
  private volatile Instant nextTry = Instant.MIN;
  private Instant nextDrop = Instant.MIN;
  private volatile Instant used;

  /**
   * An empty cell.
   *
   * @param clock the operator's
   * @param parent the cell that the maker draws on; null for a base
   * @param maker makes credentials; blocks
   */
  SessionCell(Clock clock, @Nullable SessionCell parent, Supplier<Session> maker) {
    this.clock = clock;
    this.parent = parent;
    this.maker = maker;
    this.used = clock.instant();
  }

  /** Valid credentials, made now where there are none. Blocks. */
  Session obtain() {
    touch();
    Instant now = clock.instant();
    Kept current = kept;
    if (current != null && now.isBefore(current.refreshAt())) {
      return current.session();
    }
    if (current != null && current.valid(now)) {
      return now.isBefore(nextTry) || !making.tryLock() ? current.session() : holding();
    }
    making.lock();
    return holding();
  }

  /** Forgets the credentials that were refused, unless they have been replaced since, or were made for that cause seconds ago. */
  void drop(AwsCredentials refused) {
    making.lock();
    try {
      Kept current = kept;
      Instant now = clock.instant();
      if (current != null && current.session().credentials().equals(refused) && !now.isBefore(nextDrop)) {
        kept = null;
        nextTry = Instant.MIN;
        nextDrop = now.plus(DROP_AGAIN);
      }
    } finally {
      making.unlock();
    }
  }

  /** Marks this link and those before it as in use. */
  void touch() {
    used = clock.instant();
    if (parent != null) {
      parent.touch();
    }
  }

  Instant used() {
    return used;
  }

  private Session holding() {
    try {
      Instant now = clock.instant();
      Kept current = kept;
      if (current != null && now.isBefore(current.refreshAt())) {
        return current.session();
      }
      Session.Unavailable last = failed;
      if (last != null && now.isBefore(nextTry) && (current == null || !current.valid(now))) {
        return new Session.Unavailable(last.failure(), Session.Age.REPEATED);
      }
      return made(maker.get(), current);
    } finally {
      making.unlock();
    }
  }

  private Session made(Session result, @Nullable Kept old) {
    Instant now = clock.instant();
    return switch (result) {
      case Session.Open fresh -> {
        kept = new Kept(fresh, refreshAt(fresh, now));
        failed = null;
        nextTry = Instant.MIN;
        yield fresh;
      }
      case Session.Unavailable failure when old != null && old.valid(now) -> {
        nextTry = now.plus(RETRY_WHILE_VALID);
        yield old.session();
      }
      case Session.Unavailable failure -> {
        kept = null;
        failed = failure;
        nextTry = now.plus(failure.failure().kind().firstDelay().dividedBy(2));
        yield failure;
      }
    };
  }

  private static Instant refreshAt(Session.Open fresh, Instant now) {
    Instant expires = fresh.expires();
    if (expires == null) {
      return Instant.MAX;
    }
    Duration half = Duration.between(now, expires).dividedBy(2);
    return expires.minus(half.compareTo(AHEAD) < 0 ? half : AHEAD);
  }
}
