package dev.keyferry.restart;

import dev.keyferry.restart.Gates.Wave;
import dev.keyferry.restart.Gates.WaveKey;
import dev.keyferry.restart.Hold.Free;
import dev.keyferry.restart.Hold.Held;
import dev.keyferry.restart.Standing.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How every workload stands, as the informers and the last writes have it; the cluster itself is the truth. Admits one restart after the
 * other, so that the bounds hold at every instant.
 */
final class Fleet implements Gates.Load {

  private static final Comparator<WorkloadKey> ORDER =
      Comparator.comparing(WorkloadKey::namespace).thenComparing(WorkloadKey::name).thenComparing(WorkloadKey::kind);

  /** How far ahead of the clock a restart may be dated, see {@link History#restarted}. */
  private static final Duration ROUNDED = Duration.ofSeconds(1);

  private final Map<WorkloadKey, Standing> standings = new HashMap<>();
  private final Map<WaveKey, Set<WorkloadKey>> waves = new HashMap<>();
  private final Map<WorkloadKey, Candidate> waiting = new TreeMap<>(ORDER);
  private final Set<WorkloadKey> rolling = new HashSet<>();
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

  /** Forgets a workload. Returns those that may be restarted now and could not before. */
  synchronized List<WorkloadKey> forget(WorkloadKey key, Instant time) {
    waiting.remove(key);
    Standing before = remove(key);
    return before == null ? List.of() : admissible(time);
  }

  /** What stands against a restart, if it were now. */
  synchronized Hold check(Candidate candidate, Instant now) {
    Hold hold = gates.others(candidate.key(), candidate.secrets(), candidate.waves(), this, now);
    if (hold instanceof Held) {
      waiting.put(candidate.key(), candidate);
    }
    return hold;
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
    waiting.remove(candidate.key());
    put(new Standing(candidate.key(), State.IN_FLIGHT, candidate.secrets(), candidate.waves(), now), now);
  }

  /** It waits no more. */
  synchronized void settled(WorkloadKey key) {
    waiting.remove(key);
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
    @Nullable WorkloadKey failed = null;
    for (WorkloadKey key : waves.getOrDefault(wave, Set.of())) {
      State state = key.equals(except) ? State.IDLE : standings.get(key).state();
      inFlight += state == State.IN_FLIGHT ? 1 : 0;
      proven += state == State.PROVEN ? 1 : 0;
      failed = state == State.FAILED && (failed == null || ORDER.compare(key, failed) < 0) ? key : failed;
    }
    return new Wave(inFlight, proven, Optional.ofNullable(failed));
  }

  @Override
  public synchronized Instant lastRestart() {
    return lastRestart;
  }

  private List<WorkloadKey> admissible(Instant now) {
    List<WorkloadKey> free = new ArrayList<>();
    for (Candidate candidate : waiting.values()) {
      if (gates.others(candidate.key(), candidate.secrets(), candidate.waves(), this, now) instanceof Free) {
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
   */
  record Candidate(WorkloadKey key, Set<String> secrets, Set<WaveKey> waves) {

    /** How many are woken at once, at most: those that come too late wait again. */
    private static final int WOKEN = 20;

    static Candidate of(WorkloadView view, Decision.Restart restart) {
      Set<WaveKey> waves = new HashSet<>();
      restart.keys().forEach(key -> waves.add(new WaveKey(view.key().namespace(), key, restart.tokens().tokens().getOrDefault(key, ""))));
      return new Candidate(view.key(), view.secrets(), waves);
    }
  }
}
