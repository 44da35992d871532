package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.Decision.Verify;
import dev.keyferry.restart.EvictionPass.Outcome;
import dev.keyferry.restart.RestartListener.Result;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EvictionPassTest implements Evictions {

  private static final Instant CHANGED = Views.CHANGED;
  private static final Instant RESTARTED = CHANGED.plusSeconds(20);
  private static final Verify VERIFY = new Verify(RESTARTED, CHANGED);

  private final List<EvictablePod> pods = new ArrayList<>();
  private final List<String> evicted = new ArrayList<>();
  private Answer answer = Answer.EVICTED;
  private Instant now = RESTARTED;
  private EvictionPass pass = new EvictionPass(this, Views.atOnce());

  @Test
  void given_old_pods_when_passed_then_one_goes_at_a_time_and_each_is_replaced_before_the_next() {
    pods.add(pod("a", -100, true, false));
    pods.add(pod("b", -90, true, false));

    assertThat(go()).isEqualTo(new Outcome.Going(1, Duration.ofSeconds(1)));
    pods.set(0, pod("a", -100, true, true));
    assertThat(go()).isInstanceOf(Outcome.Going.class);
    pods.removeFirst();
    assertThat(go()).isInstanceOf(Outcome.Going.class);
    pods.add(pod("c", 30, false, false));
    assertThat(go()).isInstanceOf(Outcome.Going.class);
    assertThat(evicted).containsExactly("a");
    pods.set(1, pod("c", 30, true, false));
    assertThat(go()).isInstanceOf(Outcome.Going.class);
    assertThat(evicted).containsExactly("a", "b");
  }

  @Test
  void given_a_change_of_a_moment_ago_when_passed_then_no_pod_goes_whose_replacement_would_count_as_old() {
    pods.add(pod("a", -100, true, false));
    now = CHANGED.plusSeconds(1);

    assertThat(go()).isEqualTo(new Outcome.Going(1, Duration.ofSeconds(2)));
    assertThat(evicted).isEmpty();
  }

  @Test
  void given_new_pods_that_all_serve_when_passed_then_done() {
    pods.add(pod("a", 3, true, false));
    pods.add(pod("b", 30, true, false));

    assertThat(go()).isEqualTo(new Outcome.Done());
    assertThat(evicted).isEmpty();
  }

  @Test
  void given_old_pods_that_do_not_serve_when_passed_then_they_go_first() {
    pods.add(pod("a", -100, true, false));
    pods.add(pod("b", -90, false, false));

    go();

    assertThat(evicted).containsExactly("b");
  }

  @Test
  void given_an_operator_that_takes_over_when_passed_then_it_goes_on_from_the_pods_alone() {
    pods.add(pod("b", -90, true, false));
    pods.add(pod("c", 30, false, false));
    pass = new EvictionPass(this, Views.atOnce());

    assertThat(go()).isInstanceOf(Outcome.Going.class);
    assertThat(evicted).isEmpty();
  }

  @Test
  void given_a_budget_that_lets_none_go_when_passed_then_asked_again_less_and_less_often() {
    pods.add(pod("a", -100, true, false));
    pods.add(pod("b", -90, true, false));
    answer = Answer.BLOCKED;

    for (int second = 0; second < 3600; second++) {
      assertThat(go()).isInstanceOfSatisfying(Outcome.Held.class, held -> assertThat(held.why()).isEqualTo(Result.DEFERRED_PDB));
      now = now.plusSeconds(1);
    }

    assertThat(evicted).hasSizeBetween(12, 18);
    answer = Answer.EVICTED;
    now = now.plusSeconds(300);
    assertThat(go()).isInstanceOf(Outcome.Going.class);
  }

  @Test
  void given_no_right_when_passed_then_it_says_which_one_is_missing() {
    pods.add(pod("a", -100, true, false));
    pods.add(pod("b", -90, true, false));
    answer = Answer.FORBIDDEN;

    assertThat(go()).isInstanceOfSatisfying(Outcome.Held.class, held -> {
      assertThat(held.why()).isEqualTo(Result.EVICTION_FORBIDDEN);
      assertThat(held.said()).contains("pods/eviction");
      assertThat(held.left()).isEqualTo(2);
    });
  }

  @Test
  void given_a_replacement_that_never_serves_when_its_time_is_over_then_failed_and_no_other_pod_goes_until_it_does() {
    pods.add(pod("b", -90, true, false));
    pods.add(pod("c", 30, false, false));
    now = CHANGED.plusSeconds(30).plus(Duration.ofMinutes(11));

    assertThat(go()).isInstanceOfSatisfying(Outcome.Held.class, held -> assertThat(held.why()).isEqualTo(Result.ROLLOUT_FAILED));
    assertThat(pass.failed(workload().key())).isTrue();
    assertThat(evicted).isEmpty();
    pods.set(1, pod("c", 30, true, false));
    go();
    assertThat(pass.failed(workload().key())).isFalse();
    assertThat(evicted).containsExactly("b");
  }

  @Test
  void given_the_kill_switch_when_passed_then_no_pod_goes() {
    RestartSettings on = Views.atOnce();
    pass =
        new EvictionPass(
            this,
            new RestartSettings(
                RestartSettings.Mode.OFF, on.debounce(), on.debounceMax(), 1, 1, 1, on.spacing(), on.cooldown(), 0, on.timeout(), false));
    pods.add(pod("a", -100, true, false));
    pods.add(pod("b", -90, true, false));

    assertThat(go()).isInstanceOfSatisfying(Outcome.Held.class, held -> assertThat(held.why()).isEqualTo(Result.DEFERRED_OFF));
    assertThat(evicted).isEmpty();
  }

  @Test
  void given_a_rollout_that_was_taken_back_when_evictions_are_asked_for_then_its_new_pods_stay() {
    pods.add(new EvictablePod("a", "a", new PodView(CHANGED.plusSeconds(1), new TokenMap(Map.of("db", "t2"))), true, null));
    pods.add(pod("b", -90, true, false));

    pass.go(workload().by(new Method.Evict(null)), VERIFY, now);

    assertThat(evicted).containsExactly("b");
  }

  @Test
  void given_the_record_of_an_older_eviction_when_passed_then_pods_of_between_go_too() {
    pods.add(pod("a", -50, true, false));
    pods.add(pod("b", 30, true, false));

    pass.go(workload().by(new Method.Evict(CHANGED.minusSeconds(60))), VERIFY, now);

    assertThat(evicted).containsExactly("a");
  }

  private Outcome go() {
    return pass.go(workload(), VERIFY, now);
  }

  private static WorkloadView workload() {
    WorkloadView view = Views.workload("true", Set.of("db"), Map.of("db", "t2"), Map.of("db", "t2"));
    return new WorkloadView(
        view.key(), view.uid(), view.optIn(), view.references(), view.template(), view.observed(), History.NONE.restarted(RESTARTED),
        view.rollout(), view.wishes(), 2, false, false, null, new Traits(new Method.Evict(CHANGED.plusSeconds(3)), null, 2, null));
  }

  private static EvictablePod pod(String name, int seconds, boolean ready, boolean going) {
    return new EvictablePod(name, name, new PodView(CHANGED.plusSeconds(seconds), TokenMap.EMPTY), ready, going ? RESTARTED : null);
  }

  @Override
  public List<EvictablePod> pods(WorkloadView workload) {
    return List.copyOf(pods);
  }

  @Override
  public Answer evict(WorkloadView workload, EvictablePod pod) {
    evicted.add(pod.name());
    return answer;
  }
}
