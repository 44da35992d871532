package dev.keyferry.restart;

import dev.keyferry.kube.TargetRecord;
import dev.keyferry.restart.RestartModel.Killed;
import dev.keyferry.restart.RestartModel.Workload;
import dev.keyferry.restart.RestartSettings.Mode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** What happens to a cluster, and the operator over it, second by second. */
final class RestartLife implements RestartListener, WorkloadStep.Wakes {

  static final RestartSettings SETTINGS =
      new RestartSettings(
          Mode.ENFORCE, Duration.ofSeconds(15), Duration.ofMinutes(2), 4, 4, 3, Duration.ofSeconds(1), Duration.ofMinutes(5), 6,
          Duration.ofMinutes(10), true);

  private static final int WORKLOADS = 7;

  /** The last of them opens while everybody behaves again, so that no restart waits for longer than the test does. */
  private static final List<Wishes> WINDOWS =
      List.of(
          Wishes.parse(null, "00:20-00:35", "20m"),
          Wishes.parse(null, "23:30-00:10 UTC", "45m"),
          Wishes.parse(null, "Mon 10:00-11:00 Asia/Tokyo", "10m"),
          Wishes.parse(null, "02:00-06:00", null));

  final RestartModel model;
  private final Random random;
  private final RestartChecks checks;
  private final List<Workload> workloads;
  private final Map<WorkloadKey, WorkloadView> seen = new LinkedHashMap<>();
  private final Map<WorkloadKey, Long> versions = new HashMap<>();
  private final Set<WorkloadKey> due = new LinkedHashSet<>();
  private final Map<WorkloadKey, Instant> alarms = new LinkedHashMap<>();
  private final Map<String, TargetToken> told = new HashMap<>();
  private TargetTokens targets = new TargetTokens();
  private WorkloadStep step;
  private Instant blind = Instant.MIN;

  RestartLife(Random random, int faults) {
    this.random = random;
    this.model = new RestartModel(random);
    this.checks = new RestartChecks(model, SETTINGS);
    model.faults = faults;
    model.create("a");
    model.create("b");
    for (int i = 0; i < WORKLOADS; i++) {
      model.add("w" + i, i % 3 == 0 ? Set.of("a", "b") : i % 3 == 1 ? Set.of("a") : Set.of("b"));
    }
    workloads = new ArrayList<>(model.workloads.values());
    workloads.sort(Comparator.comparing(workload -> workload.key.name()));
    boot();
  }

  /** That many things happen, then everybody behaves. */
  void live(int events, boolean jumps) {
    pass(Duration.ofSeconds(10), true);
    for (int i = 0; i < events; i++) {
      happen(jumps);
    }
    settle();
  }

  private void happen(boolean jumps) {
    Workload workload = workloads.get(random.nextInt(WORKLOADS));
    switch (random.nextInt(18)) {
      case 0, 1 -> model.rotate(random.nextBoolean() ? "a" : "b");
      case 2 -> model.edit(workload);
      case 3 -> model.scale(workload);
      case 4 -> model.revert(workload);
      case 5 -> workload.bad = !workload.bad && random.nextInt(3) == 0;
      case 6 -> workload.style = random.nextInt(4) == 0 ? Rollout.Style.ON_DELETE : Rollout.Style.ROLLING;
      case 7 -> workload.paused = !workload.paused && random.nextInt(3) == 0;
      case 8 -> boot();
      case 9 -> model.create(random.nextBoolean() ? "a" : "b");
      case 10 -> model.undo(workload);
      case 11 -> forget(workload);
      case 12 -> wish(workload);
      case 13 -> blind = model.now.plusSeconds(random.nextInt(25));
      case 14 -> jump(jumps);
      default -> {}
    }
    model.changed.add(workload.key);
    workload.version++;
    pass(Duration.ofSeconds(1 + random.nextInt(40)), false);
  }

  private void forget(Workload workload) {
    if (model.forget(workload)) {
      checks.forget(workload);
    }
  }

  /** It takes a while until the watch has told. */
  private void wish(Workload workload) {
    workload.wishes = random.nextBoolean() ? Wishes.NONE : WINDOWS.get(random.nextInt(WINDOWS.size()));
    workload.wished = model.now.plusSeconds(120);
  }

  private void jump(boolean jumps) {
    if (jumps) {
      model.jump(random.nextInt(3) == 0 ? Duration.ZERO : Duration.ofSeconds(random.nextInt(1_500)));
    }
  }

  /** Everybody behaves from now on, save for pods that wait to be deleted. */
  private void settle() {
    model.faults = 0;
    model.jump(Duration.ZERO);
    workloads.forEach(workload -> {
      workload.bad = false;
      workload.paused = false;
      workload.version++;
      model.changed.add(workload.key);
    });
    for (int minute = 0; minute < 180; minute++) {
      pass(Duration.ofMinutes(1), true);
    }
    workloads.forEach(workload -> checks.handledOrReported(workload, step.state(workload.key)));
  }

  /** Time goes on in small pieces, so that whatever is due is done when it is. */
  void pass(Duration time, boolean complete) {
    Instant end = model.now.plus(time);
    model.now = model.now.plusSeconds(1);
    model.control(time, complete);
    for (; !model.now.isAfter(end); model.now = next(end, complete)) {
      if (complete || (random.nextInt(4) == 0 && model.now.isAfter(blind))) {
        deliver();
      }
      alarms.entrySet().removeIf(alarm -> !alarm.getValue().isAfter(model.now) && due.add(alarm.getKey()));
      operate();
    }
    model.now = end;
  }

  /** The next second in which something may happen. */
  private Instant next(Instant end, boolean complete) {
    Instant second = model.now.plusSeconds(1);
    if (!complete || !model.changed.isEmpty() || !due.isEmpty()) {
      return second;
    }
    Instant alarm = alarms.values().stream().min(Instant::compareTo).orElse(end).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    return alarm.isBefore(second) ? second : alarm;
  }

  private void operate() {
    for (int i = 0; i < 40 && !due.isEmpty(); i++) {
      WorkloadKey key = due.iterator().next();
      due.remove(key);
      try {
        if (!step.take(seen.get(key), Long.toString(versions.get(key)))) {
          alarms.put(key, model.now.plusSeconds(2));
        }
        checks.check();
      } catch (Killed e) {
        checks.check();
        boot();
      }
    }
  }

  /** The watch catches up. */
  private void deliver() {
    tell();
    model.changed.forEach(key -> {
      model.workloads.get(key).unanswered = null;
      seen.put(key, model.workloads.get(key).view());
      versions.put(key, model.workloads.get(key).version);
      due.add(key);
    });
    model.changed.clear();
  }

  private void tell() {
    model.targets.forEach((name, token) -> {
      if (!token.equals(told.put(name, token))) {
        TargetRecord record =
            new TargetRecord(name, "u", token.token(), token.initial(), token.changed().toString(), "", Map.of(), token.since().toString());
        if (targets.put(new SecretKey("ns", name), Map.of(name, record))) {
          model.workloads.values().stream().filter(w -> w.references.contains(name)).forEach(w -> due.add(w.key));
        }
      }
    });
  }

  /** A new operator that knows what the cluster holds, and nothing else. */
  private void boot() {
    targets = new TargetTokens();
    told.clear();
    step = new WorkloadStep(model, targets, SETTINGS, model::clock, this, this);
    due.clear();
    alarms.clear();
    model.changed.addAll(model.workloads.keySet());
    deliver();
    seen.forEach((key, view) -> step.count(view, Long.toString(versions.get(key))));
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
  public void restart(WorkloadRef workload, Result result, String message) {}

  @Override
  public void pending(int pending) {}

  @Override
  public void inFlight(int inFlight) {}

  @Override
  public void stalePods(int pods) {
    if (pods < 0) {
      throw new AssertionError(pods + " stale pods");
    }
  }

  @Override
  public void rolled(WorkloadRef workload, Duration sinceChange) {}

  @Override
  public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {}
}
