package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.RestartListener.Result;
import dev.keyferry.restart.RestartModel.Rolled;
import dev.keyferry.restart.RestartModel.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What holds of every restart, and in the end. Times are compared only where the clock was not set in between. */
final class RestartChecks {

  private final RestartModel model;
  private final RestartSettings settings;
  private final Set<List<Object>> restartedFor = new HashSet<>();
  private int checked;

  RestartChecks(RestartModel model, RestartSettings settings) {
    this.model = model;
    this.settings = settings;
  }

  /** Looks at what was restarted since the last look. */
  void check() {
    for (; checked < model.rolled.size(); checked++) {
      Rolled rolled = model.rolled.get(checked);
      if (rolled.again()) {
        continue;
      }
      dueOnce(rolled);
      paced(rolled, model.rolled.subList(0, checked));
      inWindow(rolled);
      bounded(rolled.era().getFirst());
    }
  }

  /** Nobody can know any more what a workload was restarted for. */
  void forget(Workload workload) {
    restartedFor.removeIf(reason -> reason.getFirst().equals(workload.key));
  }

  /** No restart without a moved revision, and one at most for each. */
  private void dueOnce(Rolled rolled) {
    List<List<Object>> reasons = new ArrayList<>();
    rolled.tokens().tokens().forEach((key, token) -> {
      if (!rolled.recorded().has(key, token) && !rolled.before().has(key, token)) {
        reasons.add(List.of(rolled.workload().key, key, token));
      }
    });
    assertThat(reasons).as("a token that moved").isNotEmpty();
    assertThat(restartedFor).as("two restarts for one token").doesNotContainAnyElementsOf(reasons);
    restartedFor.addAll(reasons);
  }

  private void paced(Rolled rolled, List<Rolled> before) {
    List<Instant> own =
        before.stream().filter(r -> !r.again() && r.workload() == rolled.workload() && r.era().equals(rolled.era())).map(Rolled::at).toList();
    assertThat(own).as("cooldown").allMatch(t -> Duration.between(t, rolled.at()).compareTo(settings.cooldown()) >= 0);
    assertThat(own.stream().filter(t -> t.isAfter(rolled.at().minus(History.KEPT)))).as("budget").hasSizeLessThan(settings.budget());
    assertThat(before).as("spacing").noneMatch(r -> r.era().getFirst().equals(rolled.era().getFirst()) && r.at().equals(rolled.at()));
  }

  private void inWindow(Rolled rolled) {
    Wishes wishes = rolled.workload().wishes;
    if (wishes.window() != null && wishes.maxDefer() == null && model.now.isAfter(rolled.workload().wished)) {
      assertThat(wishes.window().next(rolled.at())).as("window").isEqualTo(rolled.at());
    }
  }

  private void bounded(int jumps) {
    List<Workload> rolling =
        model.workloads.values().stream()
            .filter(w -> w.restarting && w.rolledSince == jumps)
            .filter(w -> model.clock().isBefore(w.history.last().orElseThrow().plus(settings.timeout())))
            .toList();
    assertThat(rolling).as("in flight").hasSizeLessThanOrEqualTo(settings.inFlight());
    for (String secret : List.of("a", "b")) {
      assertThat(rolling.stream().filter(w -> w.references.contains(secret)))
          .as("in flight with " + secret)
          .hasSizeLessThanOrEqualTo(settings.inFlightSecret());
    }
  }

  /** Each workload is known to run with what its Secrets hold, and pods of which that is not true are told of. */
  void handledOrReported(Workload workload, Optional<Result> state) {
    Map<String, String> tokens = new HashMap<>();
    workload.references.forEach(name -> tokens.put(name, model.targets.get(name).token()));
    assertThat(workload.observed.tokens()).as("%s, which is %s", workload.key, state).isEqualTo(tokens);
    Instant moved = workload.references.stream().map(name -> model.moved.getOrDefault(name, Instant.MIN)).max(Instant::compareTo).orElseThrow();
    boolean stale =
        workload.pods.stream().anyMatch(pod -> !pod.created().isAfter(moved) && !pod.fresh(workload.observed, Instant.MAX));
    if (stale) {
      assertThat(state).as("stale pods of %s", workload.key).get().isIn(Result.PARTIAL, Result.PARTIAL_ON_DELETE, Result.REVERTED);
    }
  }
}
