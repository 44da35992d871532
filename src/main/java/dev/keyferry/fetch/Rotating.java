package dev.keyferry.fetch;

import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one secret's rotation. Guarded by the watch's lock. */
final class Rotating {

  private static final Duration AFTER_NEXT = RotationHealth.OVERDUE.plusMinutes(1);
  private static final Duration BAD_AGAIN = Duration.ofMinutes(30);
  private static final Duration MOVED_AGAIN = Duration.ofSeconds(30);

  final Key key;
  final Set<String> owners = new HashSet<>();
  RotationHealth health = new RotationHealth.Unknown();
  Instant due;
  boolean urgent;
  boolean asking;
  private String version = "";
  private RotationHealth.@Nullable Report report;
  private @Nullable Instant last;
  private @Nullable String pending;
  private @Nullable Instant pendingSince;

  Rotating(Key key, Instant due) {
    this.key = key;
    this.due = due;
  }

  /** Whose secret, as who reads it. */
  record Key(Scope scope, String arn) {}

  /** The version that was read: where rotation was not well, a new one may have ended that. */
  void read(String now, Instant at) {
    if (health.bad() && !version.isEmpty() && !version.equals(now)) {
      soon(at.plus(MOVED_AGAIN));
    }
    version = now;
  }

  /** AWS reported a failure; an older report gives way. */
  void reported(RotationHealth.Report failure, Instant now) {
    report = failure;
    soon(now);
  }

  /** Whether a rotation is known that those facts do not know of. */
  boolean knowsNewer(RotationFacts facts) {
    return last != null && (facts.last() == null || facts.last().isBefore(last));
  }

  /** Facts came in. */
  void told(RotationFacts facts, Duration interval, Instant now) {
    last = facts.last();
    if (facts.pending() == null || !facts.pending().equals(pending)) {
      pending = facts.pending();
      pendingSince = pending == null ? null : now;
    }
    health = RotationHealth.judge(facts, pendingSince, report, now);
    if (health instanceof RotationHealth.Healthy && pending == null) {
      report = null;
    }
    due = now.plus(health.bad() && interval.compareTo(BAD_AGAIN) > 0 ? BAD_AGAIN : interval);
    urgent = health.bad();
    if (facts.enabled() && facts.next() != null) {
      sooner(facts.next().plus(AFTER_NEXT), now);
    }
    if (facts.enabled() && pendingSince != null) {
      sooner(pendingSince.plus(RotationHealth.STUCK), now);
    }
  }

  /** Nobody may ask. */
  void denied(Instant again) {
    health = new RotationHealth.Silent();
    due = again;
    urgent = false;
  }

  private void sooner(Instant at, Instant now) {
    if (at.isAfter(now) && at.isBefore(due)) {
      due = at;
      urgent = true;
    }
  }

  private void soon(Instant at) {
    urgent = true;
    due = at.isBefore(due) ? at : due;
  }
}
