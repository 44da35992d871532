package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void given_a_restart_when_written_and_read_then_the_same() {
    History history = History.NONE.restarted(NOON.plusMillis(700)).complete().restarted(NOON.plusSeconds(90));

    assertThat(history.restartsText()).isEqualTo("2026-03-01T12:01:30Z,2026-03-01T12:00:00Z");
    assertThat(History.parse(history.restartsText(), "2026-03-01T12:00:00Z")).isEqualTo(history);
  }

  @Test
  void given_two_restarts_in_one_second_when_written_then_they_differ_and_the_second_is_unverified() {
    History history = History.NONE.restarted(NOON).complete().restarted(NOON.plusMillis(300));

    assertThat(history.restarts()).containsExactly(NOON.plusSeconds(1), NOON);
    assertThat(history.unverified()).isTrue();
  }

  @Test
  void given_a_clock_that_was_set_back_when_restarted_then_it_is_the_newest_and_unverified_and_the_budget_remembers_the_others() {
    History before = History.NONE.restarted(NOON.plusSeconds(90)).restarted(NOON.plusSeconds(600)).complete();
    History history = before.restarted(NOON.plusSeconds(300));

    assertThat(history.restarts()).containsExactly(NOON.plusSeconds(300), NOON.plusSeconds(299), NOON.plusSeconds(90));
    assertThat(history.unverified()).isTrue();
  }

  @Test
  void given_a_clock_that_was_set_back_to_the_last_verified_restart_when_restarted_then_unverified() {
    History before = History.NONE.restarted(NOON).complete().restarted(NOON.plusSeconds(5));

    assertThat(before.restarted(NOON).unverified()).isTrue();
  }

  @Test
  void given_restarts_of_more_than_an_hour_ago_when_restarted_then_they_go() {
    History history = History.NONE.restarted(NOON).restarted(NOON.plus(Duration.ofMinutes(30))).restarted(NOON.plus(Duration.ofMinutes(61)));

    assertThat(history.restarts()).containsExactly(NOON.plus(Duration.ofMinutes(61)), NOON.plus(Duration.ofMinutes(30)));
  }

  @Test
  void given_many_restarts_when_restarted_then_the_list_is_bounded() {
    History history = History.NONE;
    for (int i = 0; i < 200; i++) {
      history = history.restarted(NOON.plusSeconds(i));
    }

    assertThat(history.restarts()).hasSize(History.MAX).startsWith(NOON.plusSeconds(199));
  }

  @Test
  void given_no_restart_when_asked_then_nothing_is_left_to_verify() {
    assertThat(History.NONE.unverified()).isFalse();
    assertThat(History.NONE.restarted(NOON).complete().unverified()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", ",", "2026-03-01", "-1000000001-01-01T00:00:00Z"})
  void given_what_is_no_time_when_read_then_none(String text) {
    assertThat(History.parse(text, text)).isEqualTo(History.NONE);
  }

  @Test
  void given_times_in_any_order_when_read_then_newest_first() {
    assertThat(History.parse("2026-03-01T12:00:00Z, nonsense ,2026-03-01T12:00:05Z", null).restarts())
        .isEqualTo(List.of(NOON.plusSeconds(5), NOON));
  }
}
