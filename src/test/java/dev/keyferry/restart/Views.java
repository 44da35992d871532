package dev.keyferry.restart;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/** Makes workloads and targets for tests of decisions. */
final class Views {

  static final Instant CHANGED = Instant.parse("2026-03-01T10:00:00Z");

  private Views() {}

  static WorkloadView workload(String optIn, Set<String> references, Map<String, String> template, Map<String, String> observed) {
    return new WorkloadView(
        new WorkloadKey(WorkloadKind.DEPLOYMENT, "shop", "web"),
        "uid-1",
        OptIn.parse(optIn),
        references,
        new TokenMap(template),
        new TokenMap(observed),
        1,
        false,
        false,
        null);
  }

  static WorkloadView with(WorkloadView view, int replicas, boolean paused, boolean deleting) {
    return new WorkloadView(
        view.key(), view.uid(), view.optIn(), view.references(), view.template(), view.observed(), replicas, paused, deleting, null);
  }

  static TargetToken moved(String token) {
    return new TargetToken(token, false, CHANGED);
  }

  static TargetToken first(String token) {
    return new TargetToken(token, true, CHANGED);
  }
}
