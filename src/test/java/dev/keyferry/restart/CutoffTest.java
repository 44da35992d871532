package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutoffTest {

  private static final Instant CHANGED = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant RESTARTED = CHANGED.plusSeconds(60);

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 499, 999})
  void given_a_change_when_cut_off_then_exactly_the_pods_that_count_as_old_are_older(long millis) {
    Instant changed = CHANGED.plusMillis(millis);
    Instant cutoff = Cutoff.of(Set.of("db"), Map.of("db", new TargetToken("t", false, changed)), RESTARTED);

    for (int second = -5; second < 10; second++) {
      Instant created = CHANGED.plusSeconds(second);
      assertThat(created.isBefore(cutoff)).as("made at " + created).isEqualTo(!RestartPlanner.fresh(created, changed));
    }
  }

  @Test
  void given_a_restart_when_written_again_later_then_the_same_time() {
    Map<String, TargetToken> targets = Map.of("db", new TargetToken("t", false, CHANGED), "api", new TargetToken("a", false, CHANGED.minusSeconds(9)));

    assertThat(Cutoff.of(Set.of("api", "db"), targets, RESTARTED))
        .isEqualTo(Cutoff.of(Set.of("api", "db"), targets, RESTARTED.plusSeconds(500)))
        .isEqualTo(CHANGED.plusSeconds(3));
  }

  @Test
  void given_a_restart_that_is_asked_for_when_cut_off_then_every_pod_of_before_goes() {
    assertThat(Cutoff.of(Set.of(TargetToken.NOW), Map.of(), RESTARTED)).isEqualTo(RESTARTED);
    assertThat(Cutoff.of(Set.of(TargetToken.NOW, "db"), Map.of("db", new TargetToken("t", false, CHANGED)), RESTARTED)).isEqualTo(RESTARTED);
  }

  @Test
  void given_no_time_of_the_change_when_cut_off_then_every_pod_of_before_goes() {
    assertThat(Cutoff.of(Set.of("db"), Map.of("db", new TargetToken("t", false, Instant.MAX)), RESTARTED)).isEqualTo(RESTARTED);
  }

  @Test
  void given_a_later_restart_of_somebody_else_when_joined_then_it_stays() {
    assertThat(new Method.RestartAt(RESTARTED).at(CHANGED)).isEqualTo(new Method.RestartAt(RESTARTED));
    assertThat(new Method.RestartAt(CHANGED).at(RESTARTED)).isEqualTo(new Method.RestartAt(RESTARTED));
    assertThat(new Method.RestartAt(null).at(CHANGED)).isEqualTo(new Method.RestartAt(CHANGED));
  }
}
