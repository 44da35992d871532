package dev.keyferry.restart;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A cluster of some workloads and Secrets, kept in memory: its controllers replace pods, its API may fail, Git may take things back. */
final class RestartModel implements Requests {

  /** The operator dies. */
  static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Killed() {
      super(null, null, false, false);
    }
  }

  /** One workload. */
  static final class Workload {
    final WorkloadKey key;
    final Set<String> references;
    Rollout.Style style = Rollout.Style.ROLLING;
    TokenMap template = TokenMap.EMPTY;
    TokenMap observed = TokenMap.EMPTY;
    History history = History.NONE;
    Rollout.Phase phase = Rollout.Phase.COMPLETE;
    int replicas = 2;
    boolean paused;
    boolean bad;
    boolean restarting;
    long version = 1;
    int forgotten;
    int rolledSince;
    Instant wished = Instant.MIN;
    Wishes wishes = Wishes.NONE;
    TokenMap former = TokenMap.EMPTY;
    @Nullable TokenMap unanswered;
    Duration rolling = Duration.ZERO;
    List<PodView> pods = new ArrayList<>();

    Workload(WorkloadKey key, Set<String> references) {
      this.key = key;
      this.references = references;
    }

    WorkloadView view() {
      return new WorkloadView(
          key, "uid-" + key.name(), new OptIn.Referenced(), references, template, observed, history, new Rollout(phase, style), wishes, replicas,
          paused, false, null);
    }
  }

  /** A restart as it was made: the pod template became another one; again where the answer to the same request was lost just before. */
  record Rolled(
      Workload workload, TokenMap before, TokenMap recorded, TokenMap tokens, Instant at, List<Integer> era, boolean again) {}

  final Map<WorkloadKey, Workload> workloads = new LinkedHashMap<>();
  final Map<String, TargetToken> targets = new TreeMap<>();
  final Map<String, Instant> moved = new TreeMap<>();
  final List<Rolled> rolled = new ArrayList<>();
  final Set<WorkloadKey> changed = new LinkedHashSet<>();
  final Random random;
  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  Duration ahead = Duration.ZERO;
  int faults;
  int jumps;
  private int tokens;

  RestartModel(Random random) {
    this.random = random;
  }

  void add(String name, Set<String> references) {
    Workload workload = new Workload(new WorkloadKey(WorkloadKind.DEPLOYMENT, "ns", name), references);
    workload.pods = fresh(workload);
    workloads.put(workload.key, workload);
  }

  /** The operator's clock, which is never behind the API server's. */
  Instant clock() {
    return now.plus(ahead);
  }

  /** Somebody sets the operator's clock. */
  void jump(Duration further) {
    ahead = further;
    jumps++;
  }

  /** What counts of time is only to be compared within. */
  List<Integer> era(Workload workload) {
    return List.of(jumps, workload.forgotten);
  }

  void rotate(String secret) {
    TargetToken before = targets.get(secret);
    if (before != null) {
      boolean series = !before.initial() && clock().isBefore(before.changed().plusSeconds(120));
      targets.put(secret, new TargetToken("t" + tokens++, false, clock(), series ? before.since() : clock()));
      moved.put(secret, now);
    }
  }

  void create(String secret) {
    targets.put(secret, new TargetToken("t" + tokens++, true, clock()));
    moved.remove(secret);
  }

  /** Somebody restores the workload's metadata as it was before any restart; what the pod template says is left. */
  boolean forget(Workload workload) {
    if (workload.history.unverified() || !workload.template.tokens().keySet().containsAll(workload.references)) {
      return false;
    }
    workload.observed = TokenMap.EMPTY;
    workload.history = History.NONE;
    workload.restarting = false;
    workload.forgotten++;
    touch(workload);
    return true;
  }

  /** Somebody edits the pod template: new pods. */
  void edit(Workload workload) {
    if (workload.replicas > 0 && !workload.paused) {
      begin(workload);
    }
  }

  void scale(Workload workload) {
    workload.replicas = workload.replicas == 0 ? 2 : 0;
    workload.pods = fresh(workload);
    workload.phase = Rollout.Phase.COMPLETE;
    workload.restarting = false;
    touch(workload);
  }

  /** Git takes the template's annotation back: a rollout that is not over is undone, one that is over is followed by another. */
  void revert(Workload workload) {
    back(workload, TokenMap.EMPTY);
  }

  /** {@code kubectl rollout undo}: the same, but to what the template said before. */
  void undo(Workload workload) {
    back(workload, workload.former);
  }

  private void back(Workload workload, TokenMap to) {
    boolean onlyTrace = workload.history.restarts().isEmpty() || !workload.observed.tokens().keySet().containsAll(workload.references);
    if (workload.template.equals(to) || onlyTrace) {
      return;
    }
    boolean midway = workload.phase != Rollout.Phase.COMPLETE;
    workload.former = workload.template;
    workload.template = to;
    if (midway) {
      workload.phase = Rollout.Phase.COMPLETE;
      workload.restarting = false;
    } else if (!workload.paused) {
      workload.phase = Rollout.Phase.PROGRESSING;
      workload.rolling = Duration.ZERO;
    }
    touch(workload);
  }

  /** The controllers work for a while. */
  void control(Duration time, boolean done) {
    for (Workload workload : workloads.values()) {
      if (workload.phase == Rollout.Phase.PROGRESSING || workload.phase == Rollout.Phase.STUCK) {
        workload.rolling = workload.rolling.plus(time);
        if (!workload.bad && (done || random.nextInt(3) == 0)) {
          workload.pods = workload.style == Rollout.Style.ON_DELETE ? workload.pods : fresh(workload);
          phase(workload, Rollout.Phase.COMPLETE);
        } else if (workload.bad && workload.rolling.compareTo(Duration.ofMinutes(10)) >= 0) {
          phase(workload, Rollout.Phase.STUCK);
        }
      }
    }
  }

  @Override
  public String roll(WorkloadView view, TokenMap tokens, History history) {
    boolean lost = fault();
    Workload workload = workloads.get(view.key());
    TokenMap before = workload.template;
    TokenMap recorded = workload.observed;
    workload.former = before.equals(tokens) ? workload.former : before;
    workload.template = tokens;
    workload.observed = tokens;
    workload.history = new History(history.restarts(), workload.history.verified());
    if (!before.equals(tokens)) {
      rolled.add(new Rolled(workload, before, recorded, tokens, clock(), era(workload), tokens.equals(workload.unanswered)));
      begin(workload);
      workload.restarting = workload.phase == Rollout.Phase.PROGRESSING;
      workload.rolledSince = jumps;
    }
    workload.unanswered = lost ? tokens : null;
    touch(workload);
    answer(lost);
    return Long.toString(workload.version);
  }

  @Override
  public String observe(WorkloadView view, TokenMap tokens, History history) {
    boolean lost = fault();
    Workload workload = workloads.get(view.key());
    workload.observed = tokens;
    workload.history = new History(workload.history.restarts(), history.verified());
    touch(workload);
    answer(lost);
    return Long.toString(workload.version);
  }

  @Override
  public List<PodView> pods(WorkloadView view, Predicate<PodView> enough) {
    answer(fault());
    return List.copyOf(workloads.get(view.key()).pods);
  }

  /** Fails before anything is done, or says that the answer is to be lost. */
  private boolean fault() {
    if (faults == 0 || random.nextInt(100) >= faults) {
      return false;
    }
    return switch (random.nextInt(4)) {
      case 0 -> throw new KubernetesClientException("refused", 500, null);
      case 1 -> throw new Killed();
      default -> true;
    };
  }

  private void answer(boolean lost) {
    if (lost) {
      if (random.nextBoolean()) {
        throw new Killed();
      }
      throw new KubernetesClientException("lost", 504, null);
    }
  }

  private void begin(Workload workload) {
    if (workload.style == Rollout.Style.ON_DELETE || workload.replicas == 0) {
      phase(workload, Rollout.Phase.COMPLETE);
    } else {
      workload.rolling = Duration.ZERO;
      phase(workload, Rollout.Phase.PROGRESSING);
    }
  }

  private void phase(Workload workload, Rollout.Phase phase) {
    workload.phase = phase;
    workload.restarting &= phase == Rollout.Phase.PROGRESSING;
    touch(workload);
  }

  private void touch(Workload workload) {
    workload.version++;
    changed.add(workload.key);
  }

  private List<PodView> fresh(Workload workload) {
    List<PodView> pods = new ArrayList<>();
    for (int i = 0; i < workload.replicas; i++) {
      pods.add(new PodView(now, workload.template));
    }
    return pods;
  }
}
