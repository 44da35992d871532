package dev.keyferry.restart;

import dev.keyferry.restart.Decision.Defer;
import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Decision.Force;
import dev.keyferry.restart.Decision.Invalid;
import dev.keyferry.restart.Decision.Note;
import dev.keyferry.restart.Decision.Nothing;
import dev.keyferry.restart.Decision.Restart;
import dev.keyferry.restart.Decision.Verify;
import dev.keyferry.restart.Hold.Free;
import dev.keyferry.restart.Hold.Held;
import dev.keyferry.restart.RestartListener.Result;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides about one workload and carries the decision out. Not for two threads on one workload at once. */
final class WorkloadStep {

  /** How long what waits for others is left alone if nobody wakes it. */
  private static final Duration UNWOKEN = Duration.ofSeconds(30);

  /** How long nothing is looked at, at most, so that a clock that jumps delays nothing for long. */
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private static final Duration SOON = Duration.ofSeconds(2);
  private static final Duration SHORTEST = Duration.ofMillis(50);
  private static final Duration FAILED_AGAIN = Duration.ofMinutes(1);

  private final Requests requests;
  private final TargetTokens targets;
  private final RestartSettings settings;
  private final InstantSource clock;
  private final RestartListener listener;
  private final Wakes wakes;
  private final Gates gates;
  private final Fleet fleet;
  private final PendingWorkloads pending;
  private final StalePods stale;
  private final Said said;
  private final EvictionPass evictions;
  private final WrittenTokens written = new WrittenTokens();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Attempts attempts = new Attempts();
  private final Set<String> invalid = ConcurrentHashMap.newKeySet();
  private final Map<WorkloadKey, Instant> partial = new ConcurrentHashMap<>();

  WorkloadStep(
      Requests requests,
      TargetTokens targets,
      RestartSettings settings,
      InstantSource clock,
      RestartListener listener,
      Wakes wakes) {
    this.requests = requests;
    this.targets = targets;
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
    this.wakes = wakes;
    this.gates = new Gates(settings);
    this.fleet = new Fleet(gates);
    this.pending = new PendingWorkloads(listener);
    this.stale = new StalePods(listener);
    this.evictions = new EvictionPass(requests.evictions(), settings);
    this.said = new Said(listener, wakes::stands);
  }

  /** Has workloads looked at again. */
  interface Wakes {

    /** Now. */
    void now(WorkloadKey key);

    /** After that time, in place of a former such wish. */
    void after(WorkloadKey key, Duration wait);

    /** A workload stands otherwise than before. */
    void stands(WorkloadView workload);
  }

  /** How many workloads wait for a restart. */
  int pending() {
    return pending.count();
  }

  /** How a workload stands; empty until it was looked at. */
  Optional<Result> state(WorkloadKey key) {
    return said.state(key);
  }

  /** Counts a workload before the first decision about any. */
  void count(WorkloadView seen, @Nullable String resourceVersion) {
    see(written.over(seen, resourceVersion));
  }

  /** The workload is gone. */
  void forget(WorkloadKey key) {
    written.forget(key);
    partial.remove(key);
    attempts.over(key);
    evictions.forget(key);
    said.forget(key);
    pending.remove(key);
    stale.remove(key);
    fleet.forget(key, clock.instant()).forEach(wakes::now);
    tellInFlight();
  }

  /**
   * Brings one workload up to date.
   *
   * @param seen the workload as its informer has it
   * @param resourceVersion of that state
   * @return false where a request failed, so that it is to be tried again
   */
  boolean take(WorkloadView seen, @Nullable String resourceVersion) {
    WorkloadView workload = written.over(seen, resourceVersion);
    try {
      see(workload);
      carryOut(workload, RestartPlanner.plan(workload, targets.of(workload)));
      if (attempts.any(workload.key())) {
        wakes.after(workload.key(), Attempts.UNSURE.plus(SOON));
      }
      return true;
    } catch (KubernetesClientException e) {
      said.once(workload, Result.FAILED, Said.failure(e));
      return false;
    }
  }

  private void see(WorkloadView workload) {
    Instant now = clock.instant();
    boolean left = workload.history().last().filter(last -> last.equals(partial.get(workload.key()))).isPresent();
    fleet.outage(workload.key(), outage(workload));
    Standing standing = Standing.of(workload, now, settings.timeout(), left);
    fleet.see(known(workload, standing, now), now).forEach(wakes::now);
    tellInFlight();
  }

  private Standing known(WorkloadView workload, Standing standing, Instant now) {
    if (attempts.unsure(workload, now)) {
      return standing.with(Standing.State.IN_FLIGHT);
    }
    boolean failed = workload.traits().evicts() && workload.history().unverified() && evictions.failed(workload.key());
    return failed ? standing.with(Standing.State.FAILED) : standing;
  }

  private static boolean outage(WorkloadView workload) {
    return workload.traits().method().template() && workload.rollout().style() == Rollout.Style.ALL_AT_ONCE;
  }

  private void tellInFlight() {
    int now = fleet.inFlight();
    if (inFlight.getAndSet(now) != now) {
      listener.inFlight(now);
    }
  }

  private void carryOut(WorkloadView workload, Decision decision) {
    switch (decision) {
      case Nothing() -> settled(workload);
      case Invalid(String value) -> {
        stopWaiting(workload);
        said.lasting(
            workload, Result.INVALID_ANNOTATION, value, "keyferry.dev/restart-on-change is neither true nor false nor names of Secrets");
      }
      case Note note -> note(workload, note);
      case Defer(Set<String> keys, var meanwhile) -> {
        pending.add(workload.key());
        fleet.settled(workload.key());
        meanwhile.ifPresent(note -> write(workload, note));
        said.lasting(workload, Result.DEFERRED_PAUSED, keys.toString(), "restarts when it is resumed: " + Said.changed(keys));
      }
      case Examine examine -> examine(workload, examine);
      case Verify verify -> verify(workload, verify);
      case Force(Restart restart) -> force(workload, restart);
      case Restart restart -> roll(workload, restart, Result.RESTARTED);
    }
  }

  /** A workload that has replicas again, as the watch has not told yet, may have pods of before the change. */
  private void note(WorkloadView workload, Note note) {
    if (note.notes().stream().anyMatch(reason -> reason.result() == Result.SCALED_TO_ZERO)) {
      Instant changed = targets.of(workload).values().stream().map(TargetToken::changed).max(Instant::compareTo).orElse(Instant.EPOCH);
      Predicate<PodView> fresh = pod -> pod.fresh(note.observed(), changed);
      if (!requests.pods(workload, fresh).stream().allMatch(fresh)) {
        pending.add(workload.key());
        wakes.after(workload.key(), SOON);
        return;
      }
    }
    write(workload, note);
    settled(workload);
  }

  private void examine(WorkloadView workload, Examine due) {
    if (workload.wishes().invalid() != null && invalid.add(workload.uid() + workload.wishes().invalid())) {
      String annotation = "keyferry.dev/" + workload.wishes().invalid();
      said.once(workload, Wishes.result(workload.wishes().invalid()), annotation + " is not understood and counts as missing");
    }
    if (completeUnseen(workload)) {
      lookAtPods(workload, new Verify(workload.history().last().orElseThrow(), due.changed()));
      wakes.now(workload.key());
      return;
    }
    pending.add(workload.key());
    Fleet.Candidate candidate = Fleet.Candidate.of(workload, due.restart());
    Hold own = gates.own(workload, targets.wishes(workload, due.keys(), clock.instant()), due, clock.instant());
    Hold hold = own instanceof Held ? own : fleet.check(candidate, clock.instant());
    boolean early = hold instanceof Held held && held.why() == Result.DEFERRED_DEBOUNCE;
    if (!early && !(hold instanceof Held && stale.counted(workload.key(), due.restart().tokens()))) {
      List<PodView> pods = requests.pods(workload, pod -> pod.fresh(due));
      if (!(RestartPlanner.examined(due, pods) instanceof Restart)) {
        carryOut(workload, due.fresh());
        return;
      }
      stale.put(workload.key(), due.restart().tokens(), (int) pods.stream().filter(pod -> !pod.fresh(due)).count());
    }
    switch (hold instanceof Held ? hold : fleet.admit(candidate, clock.instant())) {
      case Free() -> roll(workload, due.restart(), Result.RESTARTED);
      case Held held -> hold(workload, due, held, own instanceof Held);
    }
    if (early) {
      fleet.expect(candidate);
    }
  }

  /** Its last restart has come to its end without having been looked at; until then it takes a place from the others. */
  private boolean completeUnseen(WorkloadView workload) {
    return workload.rollout().phase() == Rollout.Phase.COMPLETE
        && !workload.traits().evicts()
        && workload.history().unverified()
        && !workload.history().last().equals(Optional.ofNullable(partial.get(workload.key())));
  }

  private void hold(WorkloadView workload, Examine due, Held held, boolean own) {
    if (own) {
      fleet.settled(workload.key());
    }
    if (held.until() != null) {
      wakeAt(workload.key(), held.until());
    } else if (!own) {
      wakes.after(workload.key(), UNWOKEN);
    }
    said.lasting(workload, held.why(), due.keys().toString(), Said.changed(due.keys()) + ", no restart yet: " + held.said());
  }

  private void force(WorkloadView workload, Restart restart) {
    pending.add(workload.key());
    if (settings.mode() == RestartSettings.Mode.ENFORCE) {
      fleet.begin(Fleet.Candidate.of(workload, restart), clock.instant());
      roll(workload, restart, Result.RESTARTED_NOW);
    } else {
      String message = Said.changed(restart.keys()) + ", no restart: --restart-mode forbids it";
      said.lasting(workload, Result.DEFERRED_OFF, restart.keys().toString(), message);
    }
  }

  private void roll(WorkloadView workload, Restart restart, Result result) {
    History history = workload.history().restarted(clock.instant());
    attempts.sent(workload.key(), clock.instant());
    Instant cutoff = Cutoff.of(restart.keys(), targets.of(workload), history.last().orElseThrow());
    WorkloadView due = workload.by(workload.traits().method().at(cutoff));
    WorkloadView rolled = written.rolled(due, restart.tokens(), history, requests.roll(due, restart.tokens(), history));
    attempts.over(workload.key());
    said.once(workload, result, Said.changed(restart.keys()) + Said.how(workload));
    if (outage(workload)) {
      said.once(workload, Result.FULL_OUTAGE, "all pods go before the first new one comes (strategy Recreate)");
    }
    partial.remove(workload.key());
    settled(rolled);
    see(rolled);
    wakeAt(workload.key(), history.last().orElseThrow().plus(rolled.traits().patience(settings.timeout())));
    if (rolled.rollout().phase() == Rollout.Phase.UNSEEN || rolled.traits().evicts()) {
      wakes.now(workload.key());
    }
  }

  private void verify(WorkloadView workload, Verify verify) {
    stopWaiting(workload);
    Instant now = clock.instant();
    if (workload.traits().evicts()) {
      evict(workload, verify, evictions.go(workload, verify, now));
      return;
    }
    switch (Standing.state(workload, now, settings.timeout(), false)) {
      case FAILED -> {
        // Not begun again for the same version: kubelet tries the same pods again by itself, and another rollout would make no others.
        String message = "the rollout that a changed Secret began does not come to its end";
        said.lasting(workload, Result.ROLLOUT_FAILED, verify.restarted().toString(), message);
        wakes.after(workload.key(), FAILED_AGAIN);
      }
      case IN_FLIGHT, IDLE, PROVEN -> {
        if (workload.rollout().underWay()) {
          said.stands(workload, Result.RESTARTED);
          wakeAt(workload.key(), verify.restarted().plus(workload.traits().patience(settings.timeout())));
        } else {
          lookAtPods(workload, verify);
        }
      }
    }
  }

  private void evict(WorkloadView workload, Verify verify, EvictionPass.Outcome outcome) {
    switch (outcome) {
      case EvictionPass.Outcome.Done() -> complete(workload, verify);
      case EvictionPass.Outcome.Going(int left, Duration again) -> {
        stale.put(workload.key(), workload.observed(), left);
        partial.remove(workload.key());
        see(workload);
        said.stands(workload, Result.RESTARTED);
        wakes.after(workload.key(), again);
      }
      case EvictionPass.Outcome.Held(Result why, int left, Duration again, String text) -> {
        stale.put(workload.key(), workload.observed(), left);
        partial.put(workload.key(), verify.restarted());
        see(workload);
        said.lasting(workload, why, verify.restarted().toString(), text);
        wakes.after(workload.key(), again);
      }
    }
  }

  private void lookAtPods(WorkloadView workload, Verify verify) {
    Predicate<PodView> fresh = pod -> pod.fresh(workload.observed(), verify.changed());
    List<PodView> left = requests.pods(workload, fresh).stream().filter(fresh.negate()).toList();
    if (left.isEmpty()) {
      complete(workload, verify);
      return;
    }
    stale.put(workload.key(), workload.observed(), left.size());
    partial.put(workload.key(), verify.restarted());
    see(workload);
    Result result = Leftover.of(workload);
    said.lasting(workload, result, verify.restarted().toString(), Leftover.message(result, workload));
    wakes.after(workload.key(), LONGEST);
  }

  private void complete(WorkloadView workload, Verify verify) {
    History history = workload.history().complete();
    WorkloadView done =
        written.observed(workload, workload.observed(), history, requests.observe(workload, workload.observed(), history));
    partial.remove(workload.key());
    said.once(workload, Result.VERIFIED, "every pod runs with what its Secrets hold");
    if (verify.changed().isAfter(Instant.EPOCH) && verify.changed().isBefore(Instant.MAX)) {
      listener.rolled(workload.ref(), Duration.between(verify.changed(), clock.instant()));
    }
    settled(done);
    see(done);
  }

  private void write(WorkloadView workload, Note note) {
    String version = requests.observe(workload, note.observed(), workload.history());
    see(written.observed(workload, note.observed(), workload.history(), version));
    note.notes().forEach(reason -> said.once(workload, reason.result(), Said.recorded(reason.result(), reason.keys())));
  }

  private void settled(WorkloadView workload) {
    stopWaiting(workload);
    stale.remove(workload.key());
    said.settled(workload);
  }

  private void stopWaiting(WorkloadView workload) {
    pending.remove(workload.key());
    fleet.settled(workload.key());
  }

  private void wakeAt(WorkloadKey key, Instant until) {
    Instant now = clock.instant();
    Duration wait = until.isAfter(now.plus(LONGEST)) ? LONGEST : Duration.between(now, until);
    wakes.after(key, wait.compareTo(SHORTEST) < 0 ? SHORTEST : wait);
  }
}
