package dev.keyferry.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.observe.Health;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WatchHealthTest {

  private final MutableClock clock = MutableClock.atNewYear();
  private boolean watching = true;
  private boolean answers = true;
  private final WatchHealth health = new WatchHealth(() -> watching, () -> answers, clock);

  @Test
  void given_a_watch_that_has_just_broken_when_checked_then_all_is_well() {
    watching = false;

    assertThat(health.check()).isInstanceOf(Health.Ok.class);
  }

  @Test
  void given_a_watch_that_stays_away_when_checked_after_two_minutes_then_it_is_bad() {
    watching = false;
    health.check();
    clock.advance(Duration.ofMinutes(2));

    assertThat(health.check()).isInstanceOf(Health.Bad.class);
  }

  @Test
  void given_an_api_server_that_does_not_answer_when_checked_then_the_watch_is_not_to_blame() {
    watching = false;
    answers = false;
    health.check();
    clock.advance(Duration.ofMinutes(2));

    assertThat(health.check()).isInstanceOf(Health.Ok.class);
  }

  @Test
  void given_a_watch_that_came_back_in_between_when_it_breaks_again_then_the_two_minutes_begin_anew() {
    watching = false;
    health.check();
    clock.advance(Duration.ofMinutes(1));
    watching = true;
    health.check();
    watching = false;
    clock.advance(Duration.ofMinutes(1));

    assertThat(health.check()).isInstanceOf(Health.Ok.class);
  }
}
