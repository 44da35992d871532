package dev.keyferry.fetch;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.RotationSource;
import dev.keyferry.source.RotationStep;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Watches the rotation of the secrets that are read. It learns from lists, which cost nothing more, and asks AWS itself at most once a
 * minute on the whole, but for what is urgent: a rotation's date that has just passed, a reported failure, one that stands. Where an
 * identity may not ask, it is not asked again within an hour.
 */
public final class RotationWatch {

  private static final Duration FIRST_LOOK = Duration.ofMinutes(1);
  private static final Duration UNANSWERED = Duration.ofMinutes(10);
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);
  private static final Duration ROUTINE = Duration.ofMinutes(1);
  private static final int BURST = 20;

  private final RotationSource source;
  private final Duration interval;
  private final InstantSource clock;
  private final Executor executor;
  private final RotationCounts counts;
  private final CallBudget routine;
  private final CallBudget urgent;
  private final ReentrantLock lock = new ReentrantLock();
  private final RotatingSecrets secrets;
  private final DescribeRights rights = new DescribeRights();
  private final LookLoop loop;

  /**
   * Watches nothing yet.
   *
   * @param interval the shortest time between two routine looks at one secret; zero looks at none
   * @param executor asks; it blocks
   */
  public RotationWatch(
      RotationSource source, Duration interval, InstantSource clock, Executor executor, Timer timer, RotationListener listener) {
    this.source = source;
    this.interval = interval;
    this.clock = clock;
    this.executor = executor;
    this.counts = new RotationCounts(listener);
    this.secrets = new RotatingSecrets(counts);
    this.routine = new CallBudget(BURST, interval.isZero() ? ROUTINE : min(ROUTINE, interval), clock.instant());
    this.urgent = new CallBudget(BURST, Duration.ofSeconds(5), clock.instant());
    this.loop = new LookLoop(timer, lock, this::lookAndSleep);
  }

  /**
   * Begins to look.
   *
   * @param changed is told of every owner whose secrets' rotation stands otherwise than before
   */
  public void start(Consumer<String> changed) {
    if (!interval.isZero()) {
      loop.start(changed);
    }
  }

  /** Looks no more, until started again. */
  public void stop() {
    loop.stop();
  }

  /** An owner has read those; what it read before and is not among them is watched for it no more. */
  public void read(String owner, Scope scope, Collection<Fetched.Found> found) {
    if (interval.isZero()) {
      return;
    }
    Map<String, String> versions =
        found.stream()
            .filter(one -> one.ref().service() == SourceService.SECRETS_MANAGER && !one.ref().pinned())
            .collect(Collectors.toMap(one -> one.revision().arn(), one -> one.revision().version(), (first, _) -> first));
    boolean other;
    lock.lock();
    try {
      Instant now = clock.instant();
      other = secrets.read(owner, scope, versions, now.plus(min(FIRST_LOOK, interval)), now);
    } finally {
      lock.unlock();
    }
    if (other) {
      loop.tell(Set.of(owner));
    }
  }

  /** Forgets an owner that is gone. */
  public void forget(String owner) {
    lock.lock();
    try {
      secrets.forget(owner);
    } finally {
      lock.unlock();
    }
  }

  /** A list showed a secret: nothing is to be asked for a while. A list may lag; what is older than what is known does not count. */
  public void listed(Scope scope, RotationFacts facts) {
    Set<String> toTell = Set.of();
    lock.lock();
    try {
      Rotating state = secrets.get(new Rotating.Key(scope, facts.arn()));
      if (state != null && !state.knowsNewer(facts)) {
        toTell = took(state, facts);
      }
    } finally {
      lock.unlock();
    }
    loop.tell(toTell);
  }

  /**
   * AWS reported that a rotation failed. The report is believed once AWS itself says that a version is still pending.
   *
   * @param arn the secret's full ARN
   * @param step where it failed; null where unknown
   * @param at when
   */
  public void failed(String arn, @Nullable RotationStep step, Instant at) {
    lock.lock();
    try {
      Instant now = clock.instant();
      secrets.all().stream()
          .filter(state -> state.key.arn().equals(arn))
          .forEach(state -> state.reported(new RotationHealth.Report(step, at), now));
    } finally {
      lock.unlock();
    }
  }

  /** How an owner's secrets stand, by ARN; {@code Unknown} where nobody has looked. Empty where it has read nothing yet. */
  public Optional<Map<String, RotationHealth>> of(String owner) {
    lock.lock();
    try {
      return secrets.of(owner);
    } finally {
      lock.unlock();
    }
  }

  /** Asks for what is due now. */
  void lookNow() {
    lock.lock();
    try {
      Instant now = clock.instant();
      rights.keep(secrets.scopes());
      List<Rotating> due =
          secrets.all().stream()
              .filter(state -> !state.asking && !state.due.isAfter(now) && rights.mayAsk(state.key.scope(), now))
              .sorted(Comparator.comparing((Rotating state) -> !state.urgent).thenComparing(state -> state.due))
              .limit(2 * BURST)
              .toList();
      for (Rotating state : due) {
        if ((state.urgent ? urgent : routine).take(now)) {
          state.asking = true;
          executor.execute(() -> ask(state));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private Duration lookAndSleep() {
    lookNow();
    return min(LONGEST_SLEEP, interval);
  }

  private void ask(Rotating state) {
    RotationSource.Answer answer = new RotationSource.Unanswered();
    try {
      answer = source.describe(state.key.scope(), state.key.arn());
    } finally {
      answered(state, answer);
    }
  }

  private void answered(Rotating state, RotationSource.Answer answer) {
    Set<String> toTell = Set.of();
    lock.lock();
    try {
      Instant now = clock.instant();
      state.asking = false;
      if (secrets.get(state.key) != state) {
        return;
      }
      switch (answer) {
        case RotationSource.Told(var facts) -> {
          rights.answered(state.key.scope());
          toTell = took(state, facts);
        }
        case RotationSource.Denied() -> {
          rights.denied(state.key.scope(), now);
          RotationHealth before = state.health;
          state.denied(now.plus(max(DescribeRights.DENIED, interval)));
          toTell = changed(before, state);
        }
        case RotationSource.Unanswered() -> state.due = now.plus(min(UNANSWERED, interval));
      }
    } finally {
      lock.unlock();
    }
    loop.tell(toTell);
  }

  private Set<String> took(Rotating state, RotationFacts facts) {
    RotationHealth before = state.health;
    state.told(facts, interval, clock.instant());
    return changed(before, state);
  }

  private Set<String> changed(RotationHealth before, Rotating state) {
    if (before.equals(state.health)) {
      return Set.of();
    }
    counts.moved(before, state.health);
    return Set.copyOf(state.owners);
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration max(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
