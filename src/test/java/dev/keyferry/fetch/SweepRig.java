package dev.keyferry.fetch;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A planner and what passes over lists for it, whose time is moved by hand. */
final class SweepRig implements SweepListener {

  static final Duration INTERVAL = PlannerRig.INTERVAL;

  final PlannerRig rig = PlannerRig.started(20);
  final ScriptedLister lister = new ScriptedLister(rig.clock);
  final List<String> passes = new ArrayList<>();
  final List<Scope> detectionChanged = new ArrayList<>();
  final Map<String, Integer> scopes = new HashMap<>();
  int missed;
  final EventReach events = new EventReach(rig.clock);
  final SweepPlanner sweeps =
      new SweepPlanner(
          rig.planner,
          lister,
          events,
          rig.clock,
          new Random(11),
          Runnable::run,
          rig.later(),
          this);

  SweepRig() {
    sweeps.start(detectionChanged::add);
  }

  /** One with that many sources that are read, each of an owner of its own, and on the list. */
  static SweepRig of(int sources) {
    return of(sources, INTERVAL);
  }

  static SweepRig of(int sources, Duration interval) {
    SweepRig made = new SweepRig();
    keys(sources).forEach(made.lister::add);
    made.ask(keys(sources), interval, false);
    return made;
  }

  static List<String> keys(int count) {
    return PlannerRig.numbered(count);
  }

  void ask(List<String> keys, Duration interval, boolean strict) {
    rig.planner.prime(
        keys.stream()
            .map(key -> new FetchRequest("owner of " + key, PlannerRig.RED, java.util.Set.of(PlannerRig.ref(key)), interval, false, strict))
            .toList());
  }

  /** An event comes from where the sources are. */
  void hearEvent() {
    events.heard(SourceChange.of(SourceService.SECRETS_MANAGER, "1", PlannerRig.RED.region(), "another"));
  }

  /** Both a source and its entry on the list move. */
  void rotate(String key, String version) {
    rig.source.version(key, version);
    lister.put(key, version);
  }

  /** Lets that time pass second by second. */
  void live(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      rig.pass(Duration.ofSeconds(1));
      sweeps.beginDue();
    }
  }

  ChangeDetection detection() {
    return sweeps.detection(PlannerRig.RED, SourceService.SECRETS_MANAGER, false);
  }

  /** Calls that reading and listing took. */
  long calls() {
    return rig.source.calls.size() + lister.calls.size();
  }

  void forgetCalls() {
    rig.source.calls.clear();
    lister.calls.clear();
    passes.clear();
    rig.told.clear();
  }

  @Override
  public void pass(String kind, String result) {
    passes.add(kind + " " + result);
  }

  @Override
  public void missed() {
    missed++;
  }

  @Override
  public void scopes(Map<String, Integer> byMode) {
    scopes.putAll(byMode);
  }
}
