package dev.keyferry.restart;

import dev.keyferry.restart.Decision.Defer;
import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Decision.Invalid;
import dev.keyferry.restart.Decision.Note;
import dev.keyferry.restart.Decision.Nothing;
import dev.keyferry.restart.Decision.Restart;
import dev.keyferry.restart.RestartListener.Result;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decides about one workload and carries the decision out. Not for two threads on one workload at once. */
final class WorkloadStep {

  private final WorkloadRequests requests;
  private final TargetTokens targets;
  private final RestartListener listener;
  private final PendingWorkloads pending;
  private final WrittenTokens written = new WrittenTokens();
  private final Map<WorkloadKey, String> told = new ConcurrentHashMap<>();

  WorkloadStep(WorkloadRequests requests, TargetTokens targets, RestartListener listener) {
    this.requests = requests;
    this.targets = targets;
    this.listener = listener;
    this.pending = new PendingWorkloads(listener);
  }

  /** How many workloads wait for a restart. */
  int pending() {
    return pending.count();
  }

  /** The workload is gone. */
  void forget(WorkloadKey key) {
    written.forget(key);
    told.remove(key);
    pending.remove(key);
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
      carryOut(workload, RestartPlanner.plan(workload, targets.of(workload)));
      return true;
    } catch (KubernetesClientException e) {
      listener.restart(workload.ref(), Result.FAILED, failure(e));
      return false;
    }
  }

  private void carryOut(WorkloadView workload, Decision decision) {
    switch (decision) {
      case Nothing() -> settled(workload);
      case Invalid(String value) -> {
        pending.remove(workload.key());
        tellOnce(workload, Result.INVALID_ANNOTATION, value, "keyferry.dev/restart-on-change is neither true nor false nor names of Secrets");
      }
      case Note note -> {
        write(workload, note);
        settled(workload);
      }
      case Defer(Set<String> keys, var meanwhile) -> {
        pending.add(workload.key());
        meanwhile.ifPresent(note -> write(workload, note));
        tellOnce(workload, Result.DEFERRED_PAUSED, keys.toString(), "restarts when it is resumed: " + changed(keys));
      }
      case Examine examine -> {
        pending.add(workload.key());
        carryOut(workload, RestartPlanner.examined(examine, requests.pods(workload, pod -> RestartPlanner.fresh(pod, examine))));
      }
      case Restart(TokenMap tokens, Set<String> keys) -> {
        roll(workload, tokens, keys);
        settled(workload);
      }
    }
  }

  /** In this order: a crash in between leaves a template that says what it was rolled for. */
  private void roll(WorkloadView workload, TokenMap tokens, Set<String> keys) {
    written.rolled(workload, tokens, requests.roll(workload, tokens));
    pending.remove(workload.key());
    listener.restart(workload.ref(), Result.RESTARTED, changed(keys));
    written.observed(workload, tokens, requests.observe(workload, tokens));
  }

  private void write(WorkloadView workload, Note note) {
    written.observed(workload, note.observed(), requests.observe(workload, note.observed()));
    note.notes().forEach(reason -> listener.restart(workload.ref(), reason.result(), message(reason.result(), reason.keys())));
  }

  private void settled(WorkloadView workload) {
    pending.remove(workload.key());
    told.remove(workload.key());
  }

  /** What lasts is told when it begins, not each time that it is seen again. */
  private void tellOnce(WorkloadView workload, Result result, String detail, String message) {
    String now = workload.uid() + result + detail;
    if (!now.equals(told.put(workload.key(), now))) {
      listener.restart(workload.ref(), result, message);
    }
  }

  private static String message(Result result, Set<String> keys) {
    return switch (result) {
      case ADOPTED -> "will restart when a Secret changes: " + secrets(keys);
      case ALREADY_FRESH -> "every pod is newer than the change, no restart: " + changed(keys);
      case SCALED_TO_ZERO -> "no replicas, no restart: " + changed(keys);
      case RESTARTED, DEFERRED_PAUSED, INVALID_ANNOTATION, FAILED -> changed(keys);
    };
  }

  private static String changed(Set<String> keys) {
    return secrets(keys) + " changed";
  }

  private static String secrets(Set<String> keys) {
    Set<String> names = keys.stream().map(TargetToken::secretOf).collect(Collectors.toCollection(TreeSet::new));
    return (names.size() == 1 ? "Secret " : "Secrets ") + String.join(", ", names);
  }

  private static String failure(KubernetesClientException e) {
    return e.getCode() > 0
        ? "Kubernetes answered " + e.getCode() + (e.getStatus() == null || e.getStatus().getReason() == null ? "" : " " + e.getStatus().getReason())
        : "Kubernetes was not reached";
  }
}
