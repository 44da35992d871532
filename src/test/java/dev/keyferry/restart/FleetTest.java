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

  private static Result why(Hold hold) {
    return ((Held) hold).why();
  }

  private static WorkloadKey key(String namespace, String name) {
    return new WorkloadKey(WorkloadKind.DEPLOYMENT, namespace, name);
  }

  private static Candidate candidate(String namespace, String name, String secret) {
    return new Candidate(key(namespace, name), Set.of(secret), Set.of(new WaveKey(namespace, secret, "t2")));
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
