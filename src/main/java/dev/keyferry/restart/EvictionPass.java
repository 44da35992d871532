package dev.keyferry.restart;

import dev.keyferry.restart.Decision.Verify;
import dev.keyferry.restart.RestartListener.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes the next step in evicting a workload's old pods. Which pods are old, and whether the last replacement serves, is read from the pods
 * each time; only how long a refusal is respected is kept here, and lost with the process.
 */
final class EvictionPass {

  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration BLOCKED_FIRST = Duration.ofSeconds(5);
  private static final Duration BLOCKED_LONGEST = Duration.ofMinutes(5);
  private static final int MAX_DOUBLINGS = 6;

  private final Evictions evictions;
  private final RestartSettings settings;
  private final Map<WorkloadKey, Refusal> refusals = new ConcurrentHashMap<>();
  private final Set<WorkloadKey> failed = ConcurrentHashMap.newKeySet();

  EvictionPass(Evictions evictions, RestartSettings settings) {
    this.evictions = evictions;
    this.settings = settings;
  }

  /** How a step ended. */
  sealed interface Outcome {

    /** Every pod is new and serves. */
    record Done() implements Outcome {}

    /**
     * It goes on.
     *
     * @param left old pods
     * @param again when to look
     */
    record Going(int left, Duration again) implements Outcome {}

    /**
     * Something stands against it, or it has failed.
     *
     * @param why what
     * @param left old pods
     * @param again when to look
     * @param said why, for people
     */
    record Held(Result why, int left, Duration again, String said) implements Outcome {}
  }

  /** Whether a replacement does not come to serve. */
  boolean failed(WorkloadKey key) {
    return failed.contains(key);
  }

  /** The workload is gone, or done. */
  void forget(WorkloadKey key) {
    refusals.remove(key);
    failed.remove(key);
  }

  /** Takes the next step of a workload whose pods are evicted. */
  Outcome go(WorkloadView workload, Verify verify, Instant now) {
    Predicate<EvictablePod> old = old(workload, verify);
    List<EvictablePod> pods = evictions.pods(workload);
    Duration early = Duration.between(now, cutoff(workload, verify));
    if (early.isPositive() && early.compareTo(LONGEST) < 0) {
      return new Outcome.Going((int) pods.stream().filter(old).count(), early);
    }
    return switch (NextEviction.of(pods, workload.traits().pods(), old, verify.restarted())) {
      case NextEviction.Done() -> {
        forget(workload.key());
        yield new Outcome.Done();
      }
      case NextEviction.Await await -> await(workload, await, now);
      case NextEviction.Evict evict -> {
        failed.remove(workload.key());
        yield evict(workload, evict, now);
      }
    };
  }

  private Outcome await(WorkloadView workload, NextEviction.Await await, Instant now) {
    Duration waited = Duration.between(await.since(), now);
    if (waited.compareTo(workload.traits().patience(settings.timeout())) > 0) {
      failed.add(workload.key());
      return new Outcome.Held(Result.ROLLOUT_FAILED, await.left(), LONGEST, "no further pod is evicted: " + await.what());
    }
    failed.remove(workload.key());
    Duration again = waited.dividedBy(4);
    return new Outcome.Going(await.left(), again.compareTo(SOON) < 0 ? SOON : again.compareTo(LONGEST) > 0 ? LONGEST : again);
  }

  private Outcome evict(WorkloadView workload, NextEviction.Evict next, Instant now) {
    if (settings.mode() != RestartSettings.Mode.ENFORCE) {
      return new Outcome.Held(Result.DEFERRED_OFF, next.left(), BLOCKED_LONGEST, "no further pod is evicted: --restart-mode forbids it");
    }
    Refusal refusal = refusals.get(workload.key());
    if (refusal != null && now.isBefore(refusal.until) && refusal.until.isBefore(now.plus(BLOCKED_LONGEST).plus(SOON))) {
      return held(refusal, next.left(), Duration.between(now, refusal.until));
    }
    return switch (evictions.evict(workload, next.pod())) {
      case EVICTED -> {
        refusals.remove(workload.key());
        yield new Outcome.Going(next.left() - 1, SOON);
      }
      case GONE -> new Outcome.Going(next.left() - 1, SOON);
      case BLOCKED -> refused(workload.key(), Result.DEFERRED_PDB, refusal, next.left(), now);
      case FORBIDDEN -> refused(workload.key(), Result.EVICTION_FORBIDDEN, refusal, next.left(), now);
    };
  }

  private Outcome refused(WorkloadKey key, Result why, @Nullable Refusal before, int left, Instant now) {
    int times = before == null || before.why != why ? 0 : before.times + 1;
    Duration wait = BLOCKED_FIRST.multipliedBy(1L << Math.min(times, MAX_DOUBLINGS));
    wait = wait.compareTo(BLOCKED_LONGEST) > 0 ? BLOCKED_LONGEST : wait;
    Refusal refusal = new Refusal(why, times, now.plus(wait));
    refusals.put(key, refusal);
    return held(refusal, left, wait);
  }

  private static Outcome held(Refusal refusal, int left, Duration again) {
    String said =
        refusal.why == Result.DEFERRED_PDB
            ? "its PodDisruptionBudget lets no pod be evicted now"
            : "the operator may not evict pods: grant it create on pods/eviction (chart value restarts.eviction)";
    return new Outcome.Held(refusal.why, left, again, said);
  }

  /** Before that time a replacement would count as old, too. */
  private static Instant cutoff(WorkloadView workload, Verify verify) {
    Instant before = workload.traits().method() instanceof Method.Evict(Instant at) && at != null ? at : Instant.EPOCH;
    Instant newer = dated(verify) ? Cutoff.after(verify.changed()) : Instant.EPOCH;
    return before.isAfter(newer) ? before : newer;
  }

  private static boolean dated(Verify verify) {
    return verify.changed().isBefore(verify.restarted().plus(Duration.ofDays(1)));
  }

  /** By age; pods of a rollout that was made for the same change count as new. */
  private static Predicate<EvictablePod> old(WorkloadView workload, Verify verify) {
    @Nullable Instant before = workload.traits().method() instanceof Method.Evict(Instant at) && at != null ? at : null;
    boolean dated = dated(verify);
    return pod ->
        before != null && pod.seen().created().isBefore(before)
            || dated && !pod.seen().fresh(workload.observed(), verify.changed())
            || before == null && !dated && pod.seen().created().isBefore(verify.restarted());
  }

  private record Refusal(Result why, int times, Instant until) {}
}
