package dev.keyferry.restart;

import dev.keyferry.restart.RestartListener.Result;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Tells the listener in words. What lasts is told when it begins, not each time that it is seen again. */
final class Said {

  private final RestartListener listener;
  private final Consumer<WorkloadView> changed;
  private final Map<WorkloadKey, String> lasting = new ConcurrentHashMap<>();
  private final Map<WorkloadKey, Result> states = new ConcurrentHashMap<>();

  /**
   * Has told nothing.
   *
   * @param listener told in words
   * @param changed told when a workload stands otherwise than before
   */
  Said(RestartListener listener, Consumer<WorkloadView> changed) {
    this.listener = listener;
    this.changed = changed;
  }

  /** How a workload stands: the result that lasts, or VERIFIED for no such. Empty until it was looked at. */
  Optional<Result> state(WorkloadKey key) {
    return Optional.ofNullable(states.get(key));
  }

  /** Takes how a workload stands. */
  void stands(WorkloadView workload, Result result) {
    if (states.put(workload.key(), result) != result) {
      changed.accept(workload);
    }
  }

  /** The workload is gone. */
  void forget(WorkloadKey key) {
    lasting.remove(key);
    states.remove(key);
  }

  void once(WorkloadView workload, Result result, String message) {
    listener.restart(workload.ref(), result, message);
  }

  /** Tells it unless it was the last thing told of the workload. */
  void lasting(WorkloadView workload, Result result, String detail, String message) {
    stands(workload, result);
    String now = workload.uid() + result + detail;
    if (!now.equals(lasting.put(workload.key(), now))) {
      listener.restart(workload.ref(), result, message);
    }
  }

  /** Nothing lasts any more. */
  void settled(WorkloadView workload) {
    lasting.remove(workload.key());
    stands(workload, workload.history().unverified() ? Result.RESTARTED : Result.VERIFIED);
  }

  static String recorded(Result result, Set<String> keys) {
    return switch (result) {
      case ADOPTED -> "will restart when a Secret changes: " + secrets(keys);
      case ALREADY_FRESH -> "every pod is newer than the change, no restart: " + changed(keys);
      case SCALED_TO_ZERO -> "no replicas, no restart: " + changed(keys);
      default -> changed(keys);
    };
  }

  static String changed(Set<String> keys) {
    return keys.contains(TargetToken.NOW) ? "keyferry.dev/restart-now asks for it" : secrets(keys) + " changed";
  }

  /** How pods are replaced where that is worth a word; goes on with a sentence, or is empty. */
  static String how(WorkloadView workload) {
    return switch (workload.traits().method()) {
      case Method.Evict _ -> ": its pods are evicted one by one";
      case Method.RestartAt _ -> ": Argo restarts its pods";
      case Method.Behind(String name, _) -> ": the pod template of Deployment " + name + " is changed";
      case Method.Template() -> "";
    };
  }

  static String failure(KubernetesClientException e) {
    return e.getCode() > 0
        ? "Kubernetes answered " + e.getCode() + (e.getStatus() == null || e.getStatus().getReason() == null ? "" : " " + e.getStatus().getReason())
        : "Kubernetes was not reached";
  }

  private static String secrets(Set<String> keys) {
    Set<String> names =
        keys.stream().map(TargetToken::secretOf).filter(name -> !name.isEmpty()).collect(Collectors.toCollection(TreeSet::new));
    return (names.size() == 1 ? "Secret " : "Secrets ") + String.join(", ", names);
  }
}
