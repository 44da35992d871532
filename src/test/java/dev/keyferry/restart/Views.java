package dev.keyferry.restart;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Makes workloads and targets for tests of decisions. */
final class Views {

  static final Instant CHANGED = Instant.parse("2026-03-01T10:00:00Z");

  private Views() {}

  /** What decisions see of an object that a test read through the API. */
  static WorkloadView of(Deployment whole) {
    return Workloads.view(Serialization.unmarshal(Serialization.asJson(whole), AppsWorkload.Deployment.class));
  }

  static WorkloadView workload(String optIn, Set<String> references, Map<String, String> template, Map<String, String> observed) {
    return new WorkloadView(
        new WorkloadKey(WorkloadKind.DEPLOYMENT, "shop", "web"),
        "uid-1",
        OptIn.parse(optIn),
        references,
        new TokenMap(template),
        new TokenMap(observed),
        History.NONE,
        Rollout.UNSEEN,
        Wishes.NONE,
        1,
        false,
        false,
        null);
  }

  static WorkloadView with(WorkloadView view, int replicas, boolean paused, boolean deleting) {
    return new WorkloadView(
        view.key(), view.uid(), view.optIn(), view.references(), view.template(), view.observed(), view.history(), view.rollout(), view.wishes(),
        replicas, paused, deleting, null);
  }

  static WorkloadView named(WorkloadView view, String namespace, String name) {
    return new WorkloadView(
        new WorkloadKey(WorkloadKind.DEPLOYMENT, namespace, name), view.uid(), view.optIn(), view.references(), view.template(), view.observed(),
        view.history(), view.rollout(), view.wishes(), view.replicas(), view.paused(), view.deleting(), null);
  }

  static WorkloadView asked(WorkloadView view, String now) {
    return new WorkloadView(
        view.key(), view.uid(), view.optIn(), view.references(), view.template(), view.observed(), view.history(), view.rollout(), new Wishes(now, null, null, null),
        view.replicas(), view.paused(), view.deleting(), null);
  }

  static WorkloadView rolling(WorkloadView view, History history, Rollout.Phase phase) {
    return view.with(view.template(), view.observed(), history, new Rollout(phase, Rollout.Style.ROLLING));
  }

  /** Settings under which every restart is at once. */
  static RestartSettings atOnce() {
    return new RestartSettings(
        RestartSettings.Mode.ENFORCE, Duration.ZERO, Duration.ZERO, 1000, 1000, 1000, Duration.ZERO, Duration.ZERO, 0, Duration.ofMinutes(10), false);
  }

  /** The operator's defaults. */
  static RestartSettings defaults() {
    return new RestartSettings(
        RestartSettings.Mode.ENFORCE, Duration.ofSeconds(15), Duration.ofMinutes(2), 10, 3, 5, Duration.ofSeconds(1), Duration.ofMinutes(5), 6,
        Duration.ofMinutes(10), true);
  }

  static TargetToken moved(String token) {
    return new TargetToken(token, false, CHANGED);
  }

  static TargetToken first(String token) {
    return new TargetToken(token, true, CHANGED);
  }
}
