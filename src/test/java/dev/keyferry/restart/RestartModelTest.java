package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.TargetRecord;
import dev.keyferry.restart.RestartListener.Result;
import dev.keyferry.restart.RestartModel.Killed;
import dev.keyferry.restart.RestartModel.Rolled;
import dev.keyferry.restart.RestartModel.Workload;
import dev.keyferry.restart.RestartSettings.Mode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random lives of a cluster under the operator's own steps: rotations, edits, scaling, reverts, failing rollouts, a watch that lags, an API that
 * fails or loses answers, and an operator that is killed at any request. What must hold holds at every restart.
 */
class RestartModelTest {

  private static final RestartSettings SETTINGS =
      new RestartSettings(
          Mode.ENFORCE, Duration.ofSeconds(15), Duration.ofMinutes(2), 4, 4, 3, Duration.ofSeconds(1), Duration.ofMinutes(5), 6,
          Duration.ofMinutes(10), true);

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  static IntStream fewSeeds() {
    return IntStream.range(0, 5);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void given_a_random_life_when_the_operator_works_and_dies_then_restarts_are_due_bounded_and_not_lost(int seed) {
    Life life = new Life(new Random(seed), 4);
    for (int step = 0; step < 250; step++) {
      life.step();
    }
    life.settle();
  }

  @ParameterizedTest
  @MethodSource("fewSeeds")
  void given_a_secret_that_moves_for_ever_when_operated_then_workloads_restart_within_their_budget(int seed) {
    Life life = new Life(new Random(seed), 0);
    life.adopt();
    for (int second = 0; second < 3600; second += 5) {
      life.model.rotate("a");
      life.pass(Duration.ofSeconds(5), true);
    }
    Map<WorkloadKey, Long> counts = new HashMap<>();
    life.model.rolled.forEach(rolled -> counts.merge(rolled.workload().key, 1L, Long::sum));
    assertThat(counts.values()).isNotEmpty().allSatisfy(count -> assertThat(count).isBetween(4L, 6L));
  }

  /** The cluster and the operator over it. */
  private static final class Life implements RestartListener, WorkloadStep.Wakes {

    private final RestartModel model;
    private final Random random;
    private final Map<WorkloadKey, WorkloadView> seen = new LinkedHashMap<>();
    private final Map<WorkloadKey, Long> versions = new HashMap<>();
    private final Set<WorkloadKey> due = new LinkedHashSet<>();
    private final Map<WorkloadKey, Instant> alarms = new LinkedHashMap<>();
    private final Map<String, Result> last = new HashMap<>();
    private final Set<List<Object>> restartedFor = new HashSet<>();
    private TargetTokens targets = new TargetTokens();
    private WorkloadStep step;
    private int checked;

    Life(Random random, int faults) {
      this.random = random;
      this.model = new RestartModel(random);
      model.faults = faults;
      model.create("a");
      model.create("b");
      for (int i = 0; i < 7; i++) {
        model.add("w" + i, i % 3 == 0 ? Set.of("a", "b") : i % 3 == 1 ? Set.of("a") : Set.of("b"));
      }
      boot();
    }

    void adopt() {
      pass(Duration.ofSeconds(5), true);
      pass(Duration.ofSeconds(5), true);
    }

    void step() {
      Workload workload = any();
      switch (random.nextInt(14)) {
        case 0, 1 -> model.rotate(random.nextBoolean() ? "a" : "b");
        case 2 -> model.edit(workload);
        case 3 -> model.scale(workload);
        case 4 -> model.revert(workload);
        case 5 -> workload.bad = !workload.bad && random.nextInt(3) == 0;
        case 6 -> workload.style = random.nextInt(4) == 0 ? Rollout.Style.ON_DELETE : Rollout.Style.ROLLING;
        case 7 -> workload.paused = !workload.paused && random.nextInt(3) == 0;
        case 8 -> boot();
        case 9 -> model.create(random.nextBoolean() ? "a" : "b");
        default -> {}
      }
      model.changed.add(workload.key);
      workload.version++;
      pass(Duration.ofSeconds(1 + random.nextInt(40)), false);
    }

    /** Everybody behaves from now on, save for pods that wait to be deleted. */
    void settle() {
      model.faults = 0;
      model.workloads.values().forEach(workload -> {
        workload.bad = false;
        workload.paused = false;
        workload.version++;
        model.changed.add(workload.key);
      });
      for (int minute = 0; minute < 180; minute++) {
        pass(Duration.ofMinutes(1), true);
      }
      model.workloads.values().forEach(this::handledOrReported);
    }

    private void handledOrReported(Workload workload) {
      Instant changed =
          workload.references.stream().map(model.targets::get).filter(t -> !t.initial()).map(TargetToken::changed).max(Instant::compareTo)
              .orElse(Instant.MIN);
      Map<String, String> tokens = new HashMap<>();
      workload.references.forEach(name -> tokens.put(name, model.targets.get(name).token()));
      assertThat(workload.observed.tokens()).as(workload.key + " after " + last.get(workload.key.name())).isEqualTo(tokens);
      boolean stale =
          workload.pods.stream().anyMatch(pod -> !pod.created().isAfter(changed) && !pod.fresh(workload.observed, Instant.MAX));
      if (stale && workload.history.last().filter(t -> !t.isBefore(changed)).isPresent()) {
        assertThat(last.get(workload.key.name())).as("stale pods of " + workload.key)
            .isIn(Result.PARTIAL, Result.PARTIAL_ON_DELETE, Result.REVERTED);
      } else {
        assertThat(stale).as("stale pods of " + workload.key + " after " + last.get(workload.key.name())).isFalse();
      }
    }

    /** Time goes on in small pieces, so that whatever is due is done when it is. */
    void pass(Duration time, boolean complete) {
      for (Duration left = time; left.isPositive(); left = left.minusSeconds(1)) {
        model.now = model.now.plusSeconds(1);
        if (left.equals(time)) {
          model.control(time, complete);
        }
        if (complete || random.nextInt(4) == 0) {
          deliver();
        }
        alarms.entrySet().removeIf(alarm -> !alarm.getValue().isAfter(model.now) && due.add(alarm.getKey()));
        operate();
      }
    }

    private void operate() {
      for (int i = 0; i < 40 && !due.isEmpty(); i++) {
        WorkloadKey key = due.iterator().next();
        due.remove(key);
        try {
          if (!step.take(seen.get(key), Long.toString(versions.get(key)))) {
            alarms.put(key, model.now.plusSeconds(2));
          }
          check();
        } catch (Killed e) {
          check();
          boot();
        }
      }
    }

    /** The watch catches up. */
    private void deliver() {
      tell();
      model.changed.forEach(key -> {
        seen.put(key, model.workloads.get(key).view());
        versions.put(key, model.workloads.get(key).version);
        due.add(key);
      });
      model.changed.clear();
    }

    private void tell() {
      model.targets.forEach((name, token) -> {
        TargetRecord record =
            new TargetRecord(name, "u", token.token(), token.initial(), token.changed().toString(), "", Map.of(), token.since().toString());
        if (targets.put(new SecretKey("ns", name), Map.of(name, record))) {
          model.workloads.values().stream().filter(w -> w.references.contains(name)).forEach(w -> due.add(w.key));
        }
      });
    }

    /** A new operator that knows what the cluster holds, and nothing else. */
    private void boot() {
      targets = new TargetTokens();
      step = new WorkloadStep(model, targets, SETTINGS, () -> model.now, this, this);
      due.clear();
      alarms.clear();
      model.changed.addAll(model.workloads.keySet());
      deliver();
      seen.forEach((key, view) -> step.count(view, Long.toString(versions.get(key))));
    }

    private void check() {
      for (; checked < model.rolled.size(); checked++) {
        Rolled rolled = model.rolled.get(checked);
        dueOnce(rolled);
        paced(rolled);
      }
      bounded();
    }

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

    private void paced(Rolled rolled) {
      List<Instant> before =
          model.rolled.subList(0, checked).stream().filter(r -> r.workload() == rolled.workload()).map(Rolled::at).toList();
      assertThat(before).as("cooldown").allSatisfy(t -> assertThat(Duration.between(t, rolled.at())).isGreaterThanOrEqualTo(Duration.ofMinutes(5)));
      assertThat(before.stream().filter(t -> t.isAfter(rolled.at().minus(Duration.ofHours(1))))).as("budget").hasSizeLessThan(6);
      assertThat(model.rolled.subList(0, checked)).as("spacing").noneMatch(r -> r.at().equals(rolled.at()));
    }

    private void bounded() {
      List<Workload> rolling =
          model.workloads.values().stream()
              .filter(w -> w.restarting)
              .filter(w -> model.now.isBefore(w.history.last().orElseThrow().plus(SETTINGS.timeout())))
              .toList();
      assertThat(rolling).as("in flight").hasSizeLessThanOrEqualTo(4);
      for (String secret : List.of("a", "b")) {
        assertThat(rolling.stream().filter(w -> w.references.contains(secret))).as("in flight with " + secret).hasSizeLessThanOrEqualTo(3);
      }
    }

    private Workload any() {
      return model.workloads.values().stream().sorted((x, y) -> x.key.name().compareTo(y.key.name())).toList().get(random.nextInt(7));
    }

    @Override
    public void now(WorkloadKey key) {
      due.add(key);
    }

    @Override
    public void after(WorkloadKey key, Duration wait) {
      alarms.put(key, model.now.plus(wait));
    }

    @Override
    public void stands(WorkloadView workload) {}

    @Override
    public void restart(WorkloadRef workload, Result result, String message) {
      if (result != Result.FAILED) {
        last.put(workload.name(), result);
      }
    }

    @Override
    public void pending(int pending) {}

    @Override
    public void inFlight(int inFlight) {}

    @Override
    public void stalePods(int pods) {
      assertThat(pods).isNotNegative();
    }

    @Override
    public void rolled(WorkloadRef workload, Duration sinceChange) {}

    @Override
    public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {}
  }
}
