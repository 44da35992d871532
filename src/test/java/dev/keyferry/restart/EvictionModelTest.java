package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.TargetRecord;
import dev.keyferry.restart.RestartModel.Killed;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random lives of a workload whose pods are evicted: its Secret moves, replacements are slow, a budget lets none go, answers are lost, the
 * operator is killed at any request.
 */
class EvictionModelTest {

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void given_a_random_life_when_pods_are_evicted_then_one_at_a_time_old_ones_only_and_none_is_left(int seed) {
    Life life = new Life(new Random(seed));
    for (int second = 0; second < 3_000; second++) {
      life.second(6);
    }
    life.calm = true;
    for (int second = 0; second < 4_000; second++) {
      life.second(0);
    }

    assertThat(life.evicted).isNotZero();
    assertThat(life.observed.tokens()).isEqualTo(Map.of("db", life.token.token()));
    assertThat(life.history.unverified()).isFalse();
    assertThat(life.pods).hasSize(3).allSatisfy(pod -> assertThat(RestartPlanner.fresh(pod.created, life.token.changed())).isTrue());
  }

  private static final class Pod {
    private final String name;
    private final Instant created;
    private Instant ready;
    private @Nullable Instant gone;

    private Pod(String name, Instant created, Instant ready) {
      this.name = name;
      this.created = created;
      this.ready = ready;
    }
  }

  private static final class Life implements Requests, Evictions, RestartListener, WorkloadStep.Wakes {

    private final Random random;
    private final List<Pod> pods = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private TargetToken token = new TargetToken("t0", true, now);
    private TokenMap recorded = TokenMap.EMPTY;
    private TokenMap observed = TokenMap.EMPTY;
    private History history = History.NONE;
    private @Nullable Instant before;
    private TargetTokens targets = new TargetTokens();
    private WorkloadStep step;
    private Instant alarm = Instant.MAX;
    private boolean due = true;
    private boolean calm;
    private boolean blocked;
    private int faults;
    private int evicted;
    private int made;
    private long version = 1;

    private Life(Random random) {
      this.random = random;
      for (int i = 0; i < 3; i++) {
        pods.add(new Pod("p" + made++, now, now));
      }
      boot();
    }

    private void second(int percent) {
      now = now.plusSeconds(1);
      faults = percent;
      if (!calm && random.nextInt(400) == 0) {
        token = new TargetToken("t" + now.getEpochSecond(), false, now);
        tell();
      }
      blocked = !calm && (blocked ? random.nextInt(60) != 0 : random.nextInt(300) == 0);
      if (!calm && random.nextInt(200) == 0) {
        boot();
      }
      pods.removeIf(pod -> pod.gone != null && !now.isBefore(pod.gone));
      if (pods.size() < 3 && random.nextInt(3) == 0) {
        pods.add(new Pod("p" + made++, now, now.plusSeconds(random.nextInt(calm || random.nextInt(10) > 0 ? 10 : 900))));
      }
      if (due || !now.isBefore(alarm) || random.nextInt(30) == 0) {
        take();
      }
    }

    private void take() {
      due = false;
      alarm = Instant.MAX;
      try {
        if (!step.take(view(), Long.toString(version))) {
          alarm = now.plusSeconds(2);
        }
      } catch (Killed e) {
        boot();
      }
    }

    private void boot() {
      targets = new TargetTokens();
      step = new WorkloadStep(this, targets, Views.defaults(), () -> now, this, this);
      step.count(view(), Long.toString(version));
      tell();
    }

    private void tell() {
      TargetRecord record =
          new TargetRecord("db", "u", token.token(), token.initial(), token.changed().toString(), "", Map.of(), token.since().toString());
      targets.put(new SecretKey("ns", "db"), Map.of("db", record));
      due = true;
    }

    private WorkloadView view() {
      return new WorkloadView(
          new WorkloadKey(WorkloadKind.STATEFUL_SET, "ns", "set"), "uid", new OptIn.Referenced(), Set.of("db"), recorded, observed, history,
          new Rollout(Rollout.Phase.COMPLETE, Rollout.Style.ON_DELETE), Wishes.NONE, 3, false, false, null,
          new Traits(new Method.Evict(before), null, 3, null));
    }

    @Override
    public String roll(WorkloadView workload, TokenMap tokens, History restarted) {
      boolean lost = fault();
      recorded = tokens;
      observed = tokens;
      history = new History(restarted.restarts(), history.verified());
      before = ((Method.Evict) workload.traits().method()).before();
      return wrote(lost);
    }

    @Override
    public String observe(WorkloadView workload, TokenMap tokens, History restarts) {
      boolean lost = fault();
      observed = tokens;
      history = new History(history.restarts(), restarts.verified());
      return wrote(lost);
    }

    @Override
    public List<PodView> pods(WorkloadView workload, Predicate<PodView> enough) {
      answer(fault());
      return pods.stream().filter(pod -> pod.gone == null).map(Life::seen).toList();
    }

    @Override
    public Evictions evictions() {
      return this;
    }

    @Override
    public List<EvictablePod> pods(WorkloadView workload) {
      answer(fault());
      return pods.stream().map(pod -> new EvictablePod(pod.name, pod.name, seen(pod), ready(pod), pod.gone)).toList();
    }

    @Override
    public Answer evict(WorkloadView workload, EvictablePod chosen) {
      boolean lost = fault();
      Pod pod = pods.stream().filter(it -> it.name.equals(chosen.name())).findFirst().orElseThrow();
      assertThat(pods).as("no pod is missing, or goes").hasSize(3).allMatch(it -> it.gone == null);
      assertThat(pods.stream().filter(it -> !it.created.isBefore(before))).as("new pods").allMatch(this::ready);
      assertThat(pod.created).as("an old pod").isBefore(before);
      assertThat(before).as("a replacement counts as new").isBeforeOrEqualTo(now);
      if (blocked) {
        return Answer.BLOCKED;
      }
      pod.gone = now.plusSeconds(random.nextInt(20));
      evicted++;
      answer(lost);
      return Answer.EVICTED;
    }

    private boolean ready(Pod pod) {
      return !now.isBefore(pod.ready);
    }

    private static PodView seen(Pod pod) {
      return new PodView(pod.created, TokenMap.EMPTY);
    }

    private String wrote(boolean lost) {
      version++;
      due = true;
      answer(lost);
      return Long.toString(version);
    }

    /** Fails before anything is done, or says that the answer is to be lost. */
    private boolean fault() {
      if (random.nextInt(100) >= faults) {
        return false;
      }
      return switch (random.nextInt(3)) {
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

    @Override
    public void now(WorkloadKey key) {
      due = true;
    }

    @Override
    public void after(WorkloadKey key, Duration wait) {
      alarm = now.plus(wait);
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
    public void stalePods(int stale) {
      assertThat(stale).isNotNegative();
    }

    @Override
    public void rolled(WorkloadRef workload, Duration sinceChange) {}

    @Override
    public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {}
  }
}
