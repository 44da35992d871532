package dev.keyferry.restart;

import static dev.keyferry.restart.Views.CHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.Fleet.Candidate;
import dev.keyferry.restart.Gates.WaveKey;
import dev.keyferry.restart.Hold.Free;
import dev.keyferry.restart.Hold.Held;
import dev.keyferry.restart.RestartListener.Result;
import dev.keyferry.restart.RestartSettings.Mode;
import dev.keyferry.restart.Standing.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FleetTest {

  private static final Instant NOW = CHANGED;

  @Test
  void given_many_candidates_when_admitted_then_no_bound_is_passed() {
    Fleet fleet = fleet(10, 3, 5, Duration.ZERO, false);

    long admitted =
        IntStream.range(0, 100).filter(i -> fleet.admit(candidate("ns" + i % 10, "w" + i, "s" + i), NOW) instanceof Free).count();

    assertThat(admitted).isEqualTo(10);
    assertThat(fleet.inFlight()).isEqualTo(10);
  }

  @Test
  void given_one_namespace_when_admitted_then_its_bound_holds() {
    Fleet fleet = fleet(10, 3, 5, Duration.ZERO, false);

    assertThat(IntStream.range(0, 20).filter(i -> fleet.admit(candidate("ns", "w" + i, "s" + i), NOW) instanceof Free)).hasSize(3);
    assertThat(fleet.admit(candidate("other", "w", "s"), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_one_secret_when_admitted_then_its_bound_holds_and_another_secret_goes_on() {
    Fleet fleet = fleet(100, 100, 5, Duration.ZERO, false);

    assertThat(IntStream.range(0, 20).filter(i -> fleet.admit(candidate("ns", "w" + i, "db"), NOW) instanceof Free)).hasSize(5);
    assertThat(fleet.admit(candidate("ns", "other", "api"), NOW)).isEqualTo(new Free());
    assertThat(fleet.admit(candidate("else", "w", "db"), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_a_restart_that_takes_all_pods_away_when_others_of_the_wave_ask_then_they_wait_and_it_waits_for_them() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, false);
    fleet.outage(candidate("ns", "all", "db").key(), true);
    fleet.admit(candidate("ns", "all", "db"), NOW);

    assertThat(fleet.admit(candidate("ns", "other", "db"), NOW)).isInstanceOf(Held.class);
    assertThat(fleet.admit(candidate("ns", "elsewhere", "api"), NOW)).isEqualTo(new Free());
    fleet.forget(candidate("ns", "all", "db").key(), NOW);
    assertThat(fleet.admit(candidate("ns", "other", "db"), NOW)).isEqualTo(new Free());
    fleet.outage(candidate("ns", "all", "db").key(), true);
    assertThat(fleet.admit(candidate("ns", "all", "db"), NOW)).isInstanceOf(Held.class);
  }

  @Test
  void given_a_restart_when_the_next_asks_too_soon_then_held_for_the_spacing() {
    Fleet fleet = fleet(10, 10, 10, Duration.ofSeconds(1), false);
    fleet.admit(candidate("ns", "a", "x"), NOW);

    assertThat(((Held) fleet.admit(candidate("ns", "b", "y"), NOW.plusMillis(400))).until()).isEqualTo(NOW.plusSeconds(1));
    assertThat(fleet.admit(candidate("ns", "b", "y"), NOW.plusSeconds(1))).isEqualTo(new Free());
  }

  @Test
  void given_a_clock_that_was_set_back_when_restarts_follow_then_they_are_spaced_again() {
    Fleet fleet = fleet(10, 10, 10, Duration.ofSeconds(5), false);
    fleet.admit(candidate("ns", "a", "x"), NOW.plusSeconds(3600));

    assertThat(fleet.admit(candidate("ns", "b", "y"), NOW)).isEqualTo(new Free());
    assertThat(((Held) fleet.admit(candidate("ns", "c", "z"), NOW.plusSeconds(1))).until()).isEqualTo(NOW.plusSeconds(5));
  }

  @Test
  void given_a_canary_when_it_rolls_then_the_others_wait_and_are_woken_once_it_is_proven() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, true);
    assertThat(fleet.admit(candidate("ns", "a", "db"), NOW)).isEqualTo(new Free());
    assertThat(why(fleet.admit(candidate("ns", "b", "db"), NOW))).isEqualTo(Result.DEFERRED_CANARY);
    assertThat(why(fleet.admit(candidate("ns", "c", "db"), NOW))).isEqualTo(Result.DEFERRED_CANARY);

    assertThat(fleet.see(standing("ns", "a", "db", State.PROVEN), NOW)).containsExactly(key("ns", "b"), key("ns", "c"));
    assertThat(fleet.admit(candidate("ns", "b", "db"), NOW)).isEqualTo(new Free());
    assertThat(fleet.admit(candidate("ns", "c", "db"), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_a_failed_rollout_when_others_of_its_wave_ask_then_halted_and_other_secrets_go_on() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, true);
    fleet.see(standing("ns", "good", "db", State.PROVEN), NOW);
    fleet.see(standing("ns", "bad", "db", State.FAILED), NOW);

    Held held = (Held) fleet.admit(candidate("ns", "b", "db"), NOW);

    assertThat(held.why()).isEqualTo(Result.DEFERRED_HALTED);
    assertThat(held.said()).contains("Deployment bad");
    assertThat(fleet.admit(candidate("ns", "b", "api"), NOW)).isEqualTo(new Free());
    assertThat(fleet.admit(candidate("else", "b", "db"), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_a_halted_wave_when_the_failed_one_recovers_or_goes_then_the_others_are_woken() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, true);
    fleet.see(standing("ns", "bad", "db", State.FAILED), NOW);
    fleet.check(candidate("ns", "b", "db"), NOW);

    assertThat(fleet.see(standing("ns", "bad", "db", State.PROVEN), NOW)).containsExactly(key("ns", "b"));
    fleet.see(standing("ns", "bad", "db", State.FAILED), NOW);
    assertThat(fleet.forget(key("ns", "bad"), NOW)).containsExactly(key("ns", "b"));
  }

  @Test
  void given_a_failed_workload_when_it_is_due_again_itself_then_it_may_go() {
    Fleet fleet = fleet(1, 1, 1, Duration.ZERO, true);
    fleet.see(standing("ns", "bad", "db", State.FAILED), NOW);

    assertThat(fleet.admit(candidate("ns", "bad", "db"), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_a_failed_rollout_for_an_earlier_token_when_others_are_due_for_the_next_then_not_halted() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, true);
    Standing failed = new Standing(key("ns", "bad"), State.FAILED, Set.of("db"), Set.of(new WaveKey("ns", "db", "t1")), NOW);
    fleet.see(failed, NOW);

    assertThat(fleet.admit(candidate("ns", "b", "db"), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_slots_that_are_taken_when_one_comes_free_then_a_waiting_one_is_woken() {
    Fleet fleet = fleet(1, 1, 1, Duration.ZERO, false);
    fleet.admit(candidate("ns", "a", "x"), NOW);
    assertThat(why(fleet.admit(candidate("ns", "b", "y"), NOW))).isEqualTo(Result.DEFERRED_IN_FLIGHT);

    assertThat(fleet.see(standing("ns", "a", "x", State.PROVEN), NOW)).containsExactly(key("ns", "b"));
  }

  @Test
  void given_a_higher_priority_that_waits_when_a_lower_one_asks_then_it_lets_it_go_first() {
    Fleet fleet = fleet(1, 1, 1, Duration.ZERO, false);
    fleet.admit(candidate("ns", "first", "db"), NOW);
    assertThat(why(fleet.check(prior("high", 5), NOW))).isEqualTo(Result.DEFERRED_IN_FLIGHT);

    assertThat(why(fleet.check(prior("low", -1), NOW))).isEqualTo(Result.DEFERRED_PRIORITY);
    assertThat(fleet.see(standing("ns", "first", "db", State.PROVEN), NOW)).containsExactly(key("ns", "high"));
    assertThat(fleet.admit(prior("high", 5), NOW)).isEqualTo(new Free());
    assertThat(fleet.see(standing("ns", "high", "db", State.PROVEN), NOW)).containsExactly(key("ns", "low"));
  }

  @Test
  void given_a_higher_priority_that_is_to_come_when_a_lower_one_asks_then_it_waits_until_that_went_or_does_not_come() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, false);
    fleet.expect(prior("high", 5));
    assertThat(why(fleet.admit(prior("low", 0), NOW))).isEqualTo(Result.DEFERRED_PRIORITY);
    assertThat(fleet.admit(candidate("ns", "else", "api"), NOW)).isEqualTo(new Free());
    assertThat(fleet.admit(candidate("other", "w", "db"), NOW)).isEqualTo(new Free());

    fleet.settled(key("ns", "high"));

    assertThat(fleet.admit(prior("low", 0), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_equal_priorities_when_they_ask_then_none_waits_for_another() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, false);
    fleet.expect(prior("a", 5));
    fleet.expect(prior("b", 5));

    assertThat(fleet.admit(prior("a", 5), NOW)).isEqualTo(new Free());
    assertThat(fleet.admit(prior("b", 5), NOW)).isEqualTo(new Free());
  }

  @Test
  void given_a_higher_priority_that_another_secret_halts_when_a_lower_one_asks_then_it_does_not_wait() {
    Fleet fleet = fleet(10, 10, 10, Duration.ZERO, false);
    fleet.see(standing("ns", "broken", "api", State.FAILED), NOW);
    Set<WaveKey> waves = Set.of(new WaveKey("ns", "db", "t2"), new WaveKey("ns", "api", "t2"));
    Candidate high = new Candidate(key("ns", "high"), Set.of("db", "api"), waves, 5);
    assertThat(why(fleet.admit(high, NOW))).isEqualTo(Result.DEFERRED_HALTED);

    assertThat(fleet.admit(prior("low", 0), NOW)).isEqualTo(new Free());
  }

  private static Candidate prior(String name, int priority) {
    return new Candidate(key("ns", name), Set.of("db"), Set.of(new WaveKey("ns", "db", "t2")), priority);
  }

  private static Result why(Hold hold) {
    return ((Held) hold).why();
  }

  private static WorkloadKey key(String namespace, String name) {
    return new WorkloadKey(WorkloadKind.DEPLOYMENT, namespace, name);
  }

  private static Candidate candidate(String namespace, String name, String secret) {
    return new Candidate(key(namespace, name), Set.of(secret), Set.of(new WaveKey(namespace, secret, "t2")), 0);
  }

  private static Standing standing(String namespace, String name, String secret, State state) {
    return new Standing(key(namespace, name), state, Set.of(secret), Set.of(new WaveKey(namespace, secret, "t2")), Instant.EPOCH);
  }

  private static Fleet fleet(int all, int namespace, int secret, Duration spacing, boolean canary) {
    return new Fleet(
        new Gates(
            new RestartSettings(
                Mode.ENFORCE, Duration.ZERO, Duration.ZERO, all, namespace, secret, spacing, Duration.ZERO, 0, Duration.ofMinutes(10), canary)));
  }
}
