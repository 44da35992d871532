package dev.keyferry.restart;

import static dev.keyferry.restart.Views.CHANGED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Decision.Note;
import dev.keyferry.restart.Decision.Restart;
import dev.keyferry.restart.Hold.Free;
import dev.keyferry.restart.Hold.Held;
import dev.keyferry.restart.RestartListener.Result;
import dev.keyferry.restart.RestartSettings.Mode;
import dev.keyferry.restart.Rollout.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatesTest {

  private static final RestartSettings DEFAULTS = Views.defaults();
  private static final WorkloadView WEB = Views.workload("true", Set.of("db"), Map.of(), Map.of("db", "t1"));

  private final Gates gates = new Gates(DEFAULTS);

  /** Seconds since the last change, seconds since the first of the series, and whether it is free; the debounce is 15 s, 120 s at most. */
  @ParameterizedTest
  @CsvSource({
    "0, 0, false", "14, 14, false", "15, 15, true", "100, 100, true", "1, 119, false", "1, 120, true", "1, 3600, true",
    "-10, -10, false", "-16, -16, true", "-86400, -86400, true"
  })
  void given_changes_when_asked_then_free_after_the_quiet_time_or_the_longest_wait(long last, long first, boolean free) {
    Instant now = CHANGED;

    Hold hold = gates.own(WEB, due(now.minusSeconds(last), now.minusSeconds(first)), now);

    assertThat(hold instanceof Free).isEqualTo(free);
  }

  @Test
  void given_a_debounce_when_held_then_until_it_is_over() {
    assertThat(gates.own(WEB, due(CHANGED, CHANGED), CHANGED.plusSeconds(3)))
        .isEqualTo(new Held(Result.DEFERRED_DEBOUNCE, CHANGED.plusSeconds(15), "further changes may follow"));
  }

  @Test
  void given_a_target_that_does_not_say_when_it_changed_when_asked_then_free() {
    assertThat(gates.own(WEB, due(Instant.MAX, Instant.MAX), CHANGED)).isEqualTo(new Free());
  }

  /** Seconds since the last restart; the cooldown is 300 s. */
  @ParameterizedTest
  @CsvSource({"0, false", "299, false", "300, true", "-2, true", "-86400, true"})
  void given_a_restart_when_asked_then_free_after_the_cooldown(long ago, boolean free) {
    Instant now = CHANGED.plusSeconds(60);
    WorkloadView view = Views.rolling(WEB, History.NONE.restarted(now.minusSeconds(ago)).complete(), Phase.COMPLETE);

    assertThat(gates.own(view, due(CHANGED, CHANGED), now) instanceof Free).isEqualTo(free);
  }

  @Test
  void given_six_restarts_within_an_hour_when_asked_then_held_until_the_first_is_an_hour_old() {
    History history = History.NONE;
    for (int i = 0; i < 6; i++) {
      history = history.restarted(CHANGED.plus(Duration.ofMinutes(6L * i)));
    }
    WorkloadView view = Views.rolling(WEB, history.complete(), Phase.COMPLETE);
    Instant now = CHANGED.plus(Duration.ofMinutes(40));

    assertThat(gates.own(view, due(CHANGED, CHANGED), now))
        .isEqualTo(new Held(Result.DEFERRED_BUDGET, CHANGED.plus(Duration.ofHours(1)), "it was restarted 6 times within an hour"));
    assertThat(gates.own(view, due(CHANGED, CHANGED), CHANGED.plus(Duration.ofHours(1)))).isEqualTo(new Free());
  }

  /** Phase, whether the last restart is unverified, minutes since it or since the change, and whether it is free. */
  @ParameterizedTest
  @CsvSource({
    "PROGRESSING, true, 6, false", "PROGRESSING, true, 10, true", "PROGRESSING, false, 6, false", "PROGRESSING, false, 10, true",
    "STUCK, true, 6, true", "COMPLETE, false, 6, true", "UNSEEN, true, 6, true"
  })
  void given_a_rollout_when_asked_then_held_while_it_may_come_to_its_end(Phase phase, boolean own, int minutes, boolean free) {
    Instant now = CHANGED.plus(Duration.ofMinutes(minutes));
    History history = own ? History.NONE.restarted(CHANGED) : History.NONE;

    Hold hold = gates.own(Views.rolling(WEB, history, phase), due(CHANGED, CHANGED), now);

    assertThat(hold instanceof Free).isEqualTo(free);
  }

  @ParameterizedTest
  @CsvSource({"REPORT, REPORTED", "OFF, DEFERRED_OFF"})
  void given_another_mode_when_asked_then_held_for_ever(Mode mode, Result why) {
    RestartSettings settings =
        new RestartSettings(mode, Duration.ZERO, Duration.ZERO, 1, 1, 1, Duration.ZERO, Duration.ZERO, 0, Duration.ofMinutes(1), true);

    Held held = (Held) new Gates(settings).own(WEB, due(CHANGED, CHANGED), CHANGED.plus(Duration.ofDays(9)));

    assertThat(held.why()).isEqualTo(why);
    assertThat(held.until()).isNull();
  }

  /** Hours since the change, and whether it is free; the change came on a Sunday at 10:00, the window opens on Saturday at 02:00. */
  @ParameterizedTest
  @CsvSource({"1, '', false", "1, 2h, false", "2, 2h, true", "135, '', false", "136, '', true", "138, '', false", "136, 30d, true"})
  void given_a_window_when_asked_then_held_until_it_opens_or_the_wait_is_too_long(int hours, String maxDefer, boolean free) {
    Wishes wishes = Wishes.parse(null, "Sat 02:00-04:00", maxDefer.isEmpty() ? null : maxDefer);
    WorkloadView view =
        new WorkloadView(
            WEB.key(), WEB.uid(), WEB.optIn(), WEB.references(), WEB.template(), WEB.observed(), History.NONE, Rollout.UNSEEN, wishes, 1, false,
            false, null);

    assertThat(gates.own(view, due(CHANGED, CHANGED), CHANGED.plus(Duration.ofHours(hours))) instanceof Free).isEqualTo(free);
  }

  @Test
  void given_a_window_that_is_not_understood_when_read_then_none_and_it_says_so() {
    assertThat(Wishes.parse(null, "at night", "2h")).isEqualTo(new Wishes(null, null, Duration.ofHours(2), "restart-window"));
    assertThat(Wishes.parse(null, null, "soon").invalid()).isEqualTo("restart-max-defer");
    assertThat(Wishes.NONE.with("high", null).invalid()).isEqualTo("restart-priority");
    assertThat(Wishes.NONE.with("10", "everything").invalid()).isEqualTo("hot-reload");
    assertThat(Wishes.NONE.with(" -10 ", "volumes")).isEqualTo(new Wishes(null, null, null, null, -10));
  }

  private static Examine due(Instant changed, Instant since) {
    Restart restart = new Restart(new TokenMap(Map.of("db", "t2")), Set.of("db"));
    return new Examine(Set.of("db"), changed, since, restart, new Note(restart.tokens(), List.of()));
  }
}
