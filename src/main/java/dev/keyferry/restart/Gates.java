package dev.keyferry.restart;

import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Hold.Free;
import dev.keyferry.restart.Hold.Held;
import dev.keyferry.restart.RestartListener.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What stands between a restart that is due and the restart. Everything follows from what the cluster holds and the time, so that it is the
 * same after the operator was replaced. A clock that jumped back never holds a restart for longer than the gate's own time.
 */
final class Gates {

  private final RestartSettings settings;

  Gates(RestartSettings settings) {
    this.settings = settings;
  }

  /** What the workload and its Secrets alone say. */
  Hold own(WorkloadView workload, Examine due, Instant now) {
    return own(workload, workload.wishes(), due, now);
  }

  /** The same for other wishes than the workload's own. */
  Hold own(WorkloadView workload, Wishes wishes, Examine due, Instant now) {
    return first(
        List.of(
            this::mode,
            () -> debounce(due, now),
            () -> rollout(workload, due, now),
            () -> cooldown(workload, now),
            () -> budget(workload, now),
            () -> window(wishes, due, now)));
  }

  /** What the other workloads say. */
  Hold others(WorkloadKey key, Set<String> secrets, Set<WaveKey> waves, Load load, Instant now) {
    return first(List.of(() -> waves(key, waves, load), () -> bounds(key, secrets, load), () -> spacing(load, now)));
  }

  private Hold mode() {
    return switch (settings.mode()) {
      case ENFORCE -> new Free();
      case REPORT -> new Held(Result.REPORTED, null, "restarts are only reported (--restart-mode)");
      case OFF -> new Held(Result.DEFERRED_OFF, null, "restarts are off (--restart-mode)");
    };
  }

  private Hold debounce(Examine due, Instant now) {
    if (settings.debounce().isZero()) {
      return new Free();
    }
    Instant quiet = later(due.changed(), settings.debounce());
    Instant last = later(due.since(), settings.debounceMax());
    Instant until = quiet.isBefore(last) ? quiet : last;
    boolean unbelievable = until.isAfter(now.plus(settings.debounce().multipliedBy(2)));
    return unbelievable || !now.isBefore(until) ? new Free() : new Held(Result.DEFERRED_DEBOUNCE, until, "further changes may follow");
  }

  private Hold rollout(WorkloadView workload, Examine due, Instant now) {
    if (workload.rollout().phase() != Rollout.Phase.PROGRESSING) {
      return new Free();
    }
    boolean own = workload.history().unverified();
    Instant begun = own ? workload.history().last().orElseThrow() : due.changed();
    Duration patience = own ? workload.traits().patience(settings.timeout()) : settings.timeout();
    Instant until = later(begun, patience);
    return ahead(now, until, patience)
        ? new Held(Result.DEFERRED_ROLLOUT, until, own ? "its last restart is not over" : "a rollout is under way")
        : new Free();
  }

  private Hold cooldown(WorkloadView workload, Instant now) {
    return workload
        .history()
        .last()
        .map(last -> later(last, settings.cooldown()))
        .filter(until -> ahead(now, until, settings.cooldown()))
        .<Hold>map(until -> new Held(Result.DEFERRED_COOLDOWN, until, "it was restarted a short while ago"))
        .orElseGet(Free::new);
  }

  private Hold budget(WorkloadView workload, Instant now) {
    if (settings.budget() == 0) {
      return new Free();
    }
    List<Instant> recent =
        workload.history().restarts().stream().filter(t -> ahead(now, t.plus(History.KEPT), History.KEPT)).toList();
    if (recent.size() < settings.budget()) {
      return new Free();
    }
    Instant until = recent.get(settings.budget() - 1).plus(History.KEPT);
    return new Held(Result.DEFERRED_BUDGET, until, "it was restarted " + settings.budget() + " times within an hour");
  }

  private Hold window(Wishes wishes, Examine due, Instant now) {
    if (wishes.window() == null) {
      return new Free();
    }
    Instant opens = wishes.window().next(now);
    Instant last = wishes.maxDefer() == null ? Instant.MAX : later(due.since(), wishes.maxDefer());
    boolean undated = due.since().equals(Instant.MAX);
    return !now.isBefore(opens) || (!undated && !now.isBefore(last))
        ? new Free()
        : new Held(Result.DEFERRED_WINDOW, opens.isBefore(last) ? opens : last, "it is let at " + (opens.isBefore(last) ? opens : last));
  }

  private Hold waves(WorkloadKey key, Set<WaveKey> waves, Load load) {
    for (WaveKey wave : waves) {
      Wave others = load.wave(wave, key);
      if (others.failed().isPresent()) {
        String failed = others.failed().get().kind().kind() + " " + others.failed().get().name();
        return new Held(Result.DEFERRED_HALTED, null, "the rollout of " + failed + " failed, which uses the same Secret");
      }
      if (others.outage() || others.inFlight() > 0 && load.outage(key)) {
        return new Held(Result.DEFERRED_IN_FLIGHT, null, "a restart that takes all pods away at once is no other's company");
      }
      if (settings.canary() && others.inFlight() > 0 && others.proven() == 0) {
        return new Held(Result.DEFERRED_CANARY, null, "one other workload goes first");
      }
    }
    return new Free();
  }

  private Hold bounds(WorkloadKey key, Set<String> secrets, Load load) {
    boolean full =
        load.inFlight(key) >= settings.inFlight()
            || load.inFlight(key, key.namespace()) >= settings.inFlightNamespace()
            || secrets.stream().anyMatch(name -> load.inFlight(key, new SecretKey(key.namespace(), name)) >= settings.inFlightSecret());
    return full ? new Held(Result.DEFERRED_IN_FLIGHT, null, "enough other restarts are under way") : new Free();
  }

  private Hold spacing(Load load, Instant now) {
    Instant until = later(load.lastRestart(), settings.spacing());
    return ahead(now, until, settings.spacing())
        ? new Held(Result.DEFERRED_IN_FLIGHT, until, "enough other restarts are under way")
        : new Free();
  }

  /** Whether a time is to come, and no further away than it can be where clocks are right. */
  private static boolean ahead(Instant now, Instant until, Duration most) {
    return now.isBefore(until) && !until.isAfter(now.plus(most).plusSeconds(1));
  }

  private static Instant later(Instant time, Duration wait) {
    return time.isAfter(Instant.MAX.minus(wait)) ? Instant.MAX : time.plus(wait);
  }

  private static Hold first(List<Supplier<Hold>> gates) {
    return gates.stream().map(Supplier::get).filter(Held.class::isInstance).findFirst().orElseGet(Free::new);
  }

  /** Which restarts are under way, and how those before them went. None of it counts the workload that asks. */
  interface Load {

    /** Over all. */
    int inFlight(WorkloadKey except);

    /** In a namespace. */
    int inFlight(WorkloadKey except, String namespace);

    /** Among the workloads that use a Secret. */
    int inFlight(WorkloadKey except, SecretKey secret);

    /** How it went with the others that have that token already. */
    Wave wave(WaveKey wave, WorkloadKey except);

    /** Whether a restart of the workload takes all its pods away at once. */
    default boolean outage(WorkloadKey key) {
      return false;
    }

    /** When a workload was last restarted; the distant past where none was. */
    Instant lastRestart();
  }

  /**
   * The workloads that one change of a Secret restarts.
   *
   * @param namespace of the Secret
   * @param key the token's, see {@link TargetToken#key}
   * @param token the token that they are restarted for
   */
  record WaveKey(String namespace, String key, String token) {}

  /**
   * How far a wave is.
   *
   * @param inFlight workloads that roll
   * @param proven workloads that run well with it
   * @param failed one whose rollout failed
   * @param outage whether one that rolls has all its pods away at once
   */
  record Wave(int inFlight, int proven, Optional<WorkloadKey> failed, boolean outage) {}
}
