package dev.keyferry.restart;

import dev.keyferry.restart.Decision.Defer;
import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Decision.Invalid;
import dev.keyferry.restart.Decision.Note;
import dev.keyferry.restart.Decision.Nothing;
import dev.keyferry.restart.Decision.Reason;
import dev.keyferry.restart.Decision.Force;
import dev.keyferry.restart.Decision.Restart;
import dev.keyferry.restart.Decision.Verify;
import dev.keyferry.restart.RestartListener.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Decides by comparing states alone: the tokens of the targets, the tokens that a workload carries, the age of its pods. The same states give
 * the same decision, so that a crash anywhere loses no restart and makes none twice.
 *
 * <p>{@link Gates} stand between {@link Examine} and {@link Restart}.
 */
final class RestartPlanner {

  /** A pod must be younger than the change by more than this: times are whole seconds, and a kubelet may serve what it has cached. */
  static final Duration FRESH_AFTER = Duration.ofSeconds(2);

  private RestartPlanner() {}

  /**
   * Decides what needs no look at the pods.
   *
   * @param workload the workload as it is
   * @param targets the token of each ExternalSecret in each target that is known, by its key; more than the workload's are allowed
   */
  static Decision plan(WorkloadView workload, Map<String, TargetToken> targets) {
    if (workload.deleting()) {
      return new Nothing();
    }
    if (workload.optIn() instanceof OptIn.Invalid(String value)) {
      return new Invalid(value);
    }
    Set<String> secrets = workload.secrets();
    NavigableMap<String, TargetToken> desired = new TreeMap<>();
    targets.forEach((key, token) -> {
      if (secrets.contains(TargetToken.secretOf(key))) {
        desired.put(key, token);
      }
    });
    if (workload.wishes().now() != null) {
      desired.put(TargetToken.NOW, new TargetToken(workload.wishes().now(), false, Instant.EPOCH));
    }
    while (desired.size() > TokenMap.MAX) {
      desired.pollLastEntry();
    }
    return new Comparison(workload, desired).decide();
  }

  /** Ends the examination of {@link Examine}: restarts unless there are pods and all of them are fresh. */
  static Decision examined(Examine examine, Collection<PodView> pods) {
    boolean fresh = !pods.isEmpty() && pods.stream().allMatch(pod -> pod.fresh(examine));
    return fresh ? examine.fresh() : examine.restart();
  }

  /** Whether a pod was made after a change for certain. */
  static boolean fresh(Instant created, Instant changed) {
    return created.minus(FRESH_AFTER).isAfter(changed);
  }

  private record Comparison(WorkloadView workload, Map<String, TargetToken> desired) {

    Decision decide() {
      Set<String> pending = keys(this::pending);
      Set<String> adopted = keys(this::adopted);
      if (pending.isEmpty()) {
        Set<String> record = keys(this::unrecorded);
        return record.isEmpty() ? settled() : note(record, reasons(Result.ADOPTED, adopted));
      }
      if (workload.replicas() == 0) {
        return note(desired.keySet(), reasons(Result.ADOPTED, adopted, Result.SCALED_TO_ZERO, pending));
      }
      if (workload.paused()) {
        return new Defer(pending, meanwhile(pending, adopted));
      }
      Restart restart = new Restart(tokens(desired.keySet()), pending);
      if (pending.contains(TargetToken.NOW)) {
        return new Force(restart);
      }
      Instant changed = pending.stream().map(key -> desired.get(key).changed()).max(Instant::compareTo).orElseThrow();
      Instant since = pending.stream().map(key -> desired.get(key).since()).min(Instant::compareTo).orElseThrow();
      Instant last = workload.history().last().orElse(Instant.MIN);
      return new Examine(
          pending,
          changed,
          since.isBefore(last) ? (last.isBefore(changed) ? last : changed) : since,
          restart,
          note(desired.keySet(), reasons(Result.ADOPTED, adopted, Result.ALREADY_FRESH, pending)));
    }

    private Decision settled() {
      if (!workload.history().unverified()) {
        return new Nothing();
      }
      Instant changed = desired.values().stream().map(TargetToken::changed).max(Instant::compareTo).orElse(Instant.EPOCH);
      return new Verify(workload.history().last().orElseThrow(), changed);
    }

    private Optional<Note> meanwhile(Set<String> pending, Set<String> adopted) {
      Set<String> record = keys(key -> unrecorded(key) && !pending.contains(key));
      return record.isEmpty() ? Optional.empty() : Optional.of(note(record, reasons(Result.ADOPTED, adopted)));
    }

    private boolean upToDate(String key) {
      String token = desired.get(key).token();
      return workload.template().has(key, token) || workload.observed().has(key, token);
    }

    private boolean known(String key) {
      boolean any = key.equals(TargetToken.NOW) && !(workload.template().tokens().isEmpty() && workload.observed().tokens().isEmpty());
      return any || workload.template().get(key) != null || workload.observed().get(key) != null;
    }

    private boolean pending(String key) {
      return !upToDate(key) && known(key) && !desired.get(key).initial();
    }

    private boolean adopted(String key) {
      return !upToDate(key) && !pending(key);
    }

    private boolean unrecorded(String key) {
      return !workload.observed().has(key, desired.get(key).token());
    }

    private Set<String> keys(Predicate<String> which) {
      return desired.keySet().stream().filter(which).collect(Collectors.toCollection(TreeSet::new));
    }

    private Note note(Set<String> keys, List<Reason> reasons) {
      return new Note(tokens(keys), reasons);
    }

    /** The targets' tokens of these keys on top of what the workload carries and still uses. */
    private TokenMap tokens(Set<String> keys) {
      Map<String, String> tokens = new TreeMap<>();
      putUsed(tokens, workload.template());
      putUsed(tokens, workload.observed());
      keys.forEach(key -> tokens.put(key, desired.get(key).token()));
      List<String> surplus = tokens.keySet().stream().filter(key -> !desired.containsKey(key)).toList();
      surplus.stream().limit(Math.max(0, tokens.size() - TokenMap.MAX)).forEach(tokens::remove);
      return new TokenMap(tokens);
    }

    /** A target that is not known now may come back, so that only what is not used, or what its target has dropped, goes. */
    private void putUsed(Map<String, String> tokens, TokenMap carried) {
      carried.tokens().forEach((key, token) -> {
        String secret = TargetToken.secretOf(key);
        boolean dropped = !desired.containsKey(key) && desired.keySet().stream().anyMatch(other -> TargetToken.secretOf(other).equals(secret));
        if (key.equals(TargetToken.NOW) || workload.secrets().contains(secret) && !dropped) {
          tokens.put(key, token);
        }
      });
    }

    private static List<Reason> reasons(Result result, Set<String> keys) {
      return keys.isEmpty() ? List.of() : List.of(new Reason(result, Collections.unmodifiableSet(keys)));
    }

    private static List<Reason> reasons(Result one, Set<String> oneKeys, Result other, Set<String> otherKeys) {
      List<Reason> all = new ArrayList<>(reasons(one, oneKeys));
      all.addAll(reasons(other, otherKeys));
      return List.copyOf(all);
    }
  }
}
