package dev.keyferry.restart;

import dev.keyferry.restart.Gates.Wave;
import dev.keyferry.restart.Gates.WaveKey;
import dev.keyferry.restart.Hold.Free;
import dev.keyferry.restart.Hold.Held;
import dev.keyferry.restart.RestartListener.Result;
import dev.keyferry.restart.Standing.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How every workload stands, as the informers and the last writes have it; the cluster itself is the truth. Admits one restart after the
 * other, so that the bounds hold at every instant.
 */
final class Fleet implements Gates.Load {

  private static final Comparator<WorkloadKey> ORDER =
      Comparator.comparing(WorkloadKey::namespace).thenComparing(WorkloadKey::name).thenComparing(WorkloadKey::kind);

  /** How long to wait before a look at whether it is one's turn. */
  private static final Duration TURN = Duration.ofSeconds(1);

  /** How far ahead of the clock a restart may be dated, see {@link History#restarted}. */
  private static final Duration ROUNDED = Duration.ofSeconds(1);

  private final Map<WorkloadKey, Standing> standings = new HashMap<>();
  private final Map<WaveKey, Set<WorkloadKey>> waves = new HashMap<>();
  private final Map<WorkloadKey, Candidate> waiting = new TreeMap<>(ORDER);
  private final Map<WorkloadKey, Candidate> coming = new HashMap<>();
  private final Set<WorkloadKey> rolling = new HashSet<>();
  private final Set<WorkloadKey> outages = new HashSet<>();
  private final Gates gates;
  private Instant lastRestart = Instant.EPOCH;

  Fleet(Gates gates) {
    this.gates = gates;
  }

  /** Takes how a workload stands. Returns those that may be restarted now and could not before. */
  synchronized List<WorkloadKey> see(Standing now, Instant time) {
    Standing before = put(now, time);
    boolean news = before != null && before.state() != now.state();
    return news ? admissible(time) : List.of();
  }

  /** Takes whether a restart of the workload takes all its pods away at once. */
  synchronized void outage(WorkloadKey key, boolean all) {
    if (all) {
      outages.add(key);
    } else {
      outages.remove(key);
    }
  }

  @Override
  public synchronized boolean outage(WorkloadKey key) {
    return outages.contains(key);
  }

  /** Forgets a workload. Returns those that may be restarted now and could not before. */
  synchronized List<WorkloadKey> forget(WorkloadKey key, Instant time) {
    settled(key);
    outages.remove(key);
    Standing before = remove(key);
    return before == null ? List.of() : admissible(time);
  }

  /** What stands against a restart, if it were now. */
  synchronized Hold check(Candidate candidate, Instant now) {
    coming.remove(candidate.key());
    Hold hold = hold(candidate, now);
    if (hold instanceof Held) {
      waiting.put(candidate.key(), candidate);
    }
    return hold;
  }

  /** Takes that a restart is soon to be asked for, so that those of lower priority let it go first. */
  synchronized void expect(Candidate candidate) {
    coming.put(candidate.key(), candidate);
  }

  private Hold hold(Candidate candidate, Instant now) {
    boolean others =
        Stream.concat(waiting.values().stream(), coming.values().stream())
            .anyMatch(other -> other.precedes(candidate) && !halted(other, now));
    return others
        ? new Held(Result.DEFERRED_PRIORITY, now.plus(TURN), "workloads of a higher keyferry.dev/restart-priority go first")
        : byGates(candidate, now);
  }

  private Hold byGates(Candidate candidate, Instant now) {
    return gates.others(candidate.key(), candidate.secrets(), candidate.waves(), this, now);
  }

  /** One that a failed rollout holds back does not hold back others. */
  private boolean halted(Candidate candidate, Instant now) {
    return byGates(candidate, now) instanceof Held held && held.why() == Result.DEFERRED_HALTED;
  }

  /** Counts a restart as under way where nothing stands against it. */
  synchronized Hold admit(Candidate candidate, Instant now) {
    Hold hold = check(candidate, now);
    if (hold instanceof Free) {
      begin(candidate, now);
    }
    return hold;
  }

  /** Counts a restart as under way, whatever stands against it. */
  synchronized void begin(Candidate candidate, Instant now) {
    settled(candidate.key());
    put(new Standing(candidate.key(), State.IN_FLIGHT, candidate.secrets(), candidate.waves(), now), now);
  }

  /** It waits no more. */
  synchronized void settled(WorkloadKey key) {
    waiting.remove(key);
    coming.remove(key);
  }

  synchronized int inFlight() {
    return rolling.size();
  }

  @Override
  public synchronized int inFlight(WorkloadKey except) {
    return rolling.size() - (rolling.contains(except) ? 1 : 0);
  }

  @Override
  public synchronized int inFlight(WorkloadKey except, String namespace) {
    return (int) rolling.stream().filter(key -> key.namespace().equals(namespace) && !key.equals(except)).count();
  }

  @Override
  public synchronized int inFlight(WorkloadKey except, SecretKey secret) {
    return (int)
        rolling.stream()
            .filter(key -> key.namespace().equals(secret.namespace()) && !key.equals(except))
            .filter(key -> standings.get(key).secrets().contains(secret.name()))
            .count();
  }

  @Override
  public synchronized Wave wave(WaveKey wave, WorkloadKey except) {
    int inFlight = 0;
    int proven = 0;
    boolean outage = false;
    @Nullable WorkloadKey failed = null;
    for (WorkloadKey key : waves.getOrDefault(wave, Set.of())) {
      State state = key.equals(except) ? State.IDLE : standings.get(key).state();
      inFlight += state == State.IN_FLIGHT ? 1 : 0;
      outage |= state == State.IN_FLIGHT && outages.contains(key);
      proven += state == State.PROVEN ? 1 : 0;
      failed = state == State.FAILED && (failed == null || ORDER.compare(key, failed) < 0) ? key : failed;
    }
    return new Wave(inFlight, proven, Optional.ofNullable(failed), outage);
  }

  @Override
  public synchronized Instant lastRestart() {
    return lastRestart;
  }

  private List<WorkloadKey> admissible(Instant now) {
    List<WorkloadKey> free = new ArrayList<>();
    for (Candidate candidate : waiting.values()) {
      if (hold(candidate, now) instanceof Free) {
        free.add(candidate.key());
      }
    }
    return free.subList(0, Math.min(free.size(), Candidate.WOKEN));
  }

  private @Nullable Standing put(Standing now, Instant time) {
    Standing before = remove(now.key());
    standings.put(now.key(), now);
    now.waves().forEach(wave -> waves.computeIfAbsent(wave, _ -> new HashSet<>()).add(now.key()));
    if (now.state() == State.IN_FLIGHT) {
      rolling.add(now.key());
    }
    restarted(now.lastRestart(), time);
    return before;
  }

  /** What lies ahead, since the clock was set back, does not hide what comes after it. */
  private void restarted(Instant when, Instant now) {
    Instant latest = now.plus(ROUNDED);
    Instant believed = lastRestart.isAfter(latest) ? Instant.EPOCH : lastRestart;
    lastRestart = when.isAfter(believed) && !when.isAfter(latest) ? when : believed;
  }

  private @Nullable Standing remove(WorkloadKey key) {
    Standing before = standings.remove(key);
    rolling.remove(key);
    if (before != null) {
      before.waves().forEach(wave -> leave(wave, key));
    }
    return before;
  }

  private void leave(WaveKey wave, WorkloadKey key) {
    Set<WorkloadKey> members = waves.getOrDefault(wave, Set.of());
    members.remove(key);
    if (members.isEmpty()) {
      waves.remove(wave);
    }
  }

  /**
   * A workload whose restart is due.
   *
   * @param key which
   * @param secrets the Secrets that restart it
   * @param waves those of what has moved
   * @param priority the higher, the earlier in a wave
   */
  record Candidate(WorkloadKey key, Set<String> secrets, Set<WaveKey> waves, int priority) {

    /** How many are woken at once, at most: those that come too late wait again. */
    private static final int WOKEN = 20;

    static Candidate of(WorkloadView view, Decision.Restart restart) {
      Set<WaveKey> waves = new HashSet<>();
      restart.keys().forEach(key -> waves.add(new WaveKey(view.key().namespace(), key, restart.tokens().tokens().getOrDefault(key, ""))));
      return new Candidate(view.key(), view.secrets(), waves, view.wishes().priority());
    }

    /** Whether it goes before another one of a wave that both have part in. */
    boolean precedes(Candidate other) {
      return priority > other.priority && !Collections.disjoint(waves, other.waves);
    }
  }
}
