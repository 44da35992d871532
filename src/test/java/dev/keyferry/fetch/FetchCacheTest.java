package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.INTERVAL;
import static dev.keyferry.fetch.PlannerRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FetchCacheTest {

  @Test
  void given_a_payload_in_memory_when_asked_for_again_then_it_is_not_read() {
    PlannerRig rig = new PlannerRig(Duration.ofMinutes(5), 1 << 20, Runnable::run);
    rig.fetch(request("a", Duration.ofHours(1), "db"));

    rig.clock.advance(Duration.ofMinutes(4));
    rig.fetch(request("a", Duration.ofHours(1), "db"));

    assertThat(rig.source.reads("db")).isEqualTo(1);
  }

  @Test
  void given_a_payload_whose_time_is_over_when_asked_for_then_it_is_read_again() {
    PlannerRig rig = new PlannerRig(Duration.ofMinutes(5), 1 << 20, Runnable::run);
    rig.fetch(request("a", Duration.ofHours(1), "db"));

    rig.clock.advance(Duration.ofMinutes(5));
    rig.fetch(request("a", Duration.ofHours(1), "db"));

    assertThat(rig.source.reads("db")).isEqualTo(2);
  }

  @Test
  void given_nothing_is_kept_when_asked_twice_then_it_is_read_twice() {
    PlannerRig rig = new PlannerRig(Duration.ZERO, 1 << 20, Runnable::run);

    rig.fetch("a", "db");
    rig.fetch("a", "db");

    assertThat(rig.source.reads("db")).isEqualTo(2);
  }

  @Test
  void given_nothing_is_kept_when_the_source_has_moved_then_its_owner_is_told_and_gets_the_new_value() {
    PlannerRig rig = new PlannerRig(Duration.ZERO, 1 << 20, Runnable::run);
    rig.planner.start(rig.told::add);
    rig.fetch("a", "db");
    rig.source.version("db", "v2");

    rig.pass(INTERVAL);

    assertThat(rig.told).containsExactly("a");
    assertThat(FetchPlannerTest.text(rig.fetch("a", "db"))).isEqualTo("red|db|v2");
  }

  @Test
  void given_payloads_beyond_the_bound_when_asked_for_again_then_every_answer_is_still_right() {
    PlannerRig rig = new PlannerRig(Duration.ofMinutes(5), 300, Runnable::run);

    for (int round = 0; round < 3; round++) {
      for (String key : PlannerRig.numbered(20)) {
        assertThat(FetchPlannerTest.text(rig.fetch("owner of " + key, key))).isEqualTo("red|" + key + "|v1");
      }
    }
  }

  @Test
  void given_a_long_interval_when_the_payload_is_gone_then_the_source_is_not_looked_at_earlier() {
    PlannerRig rig = new PlannerRig(Duration.ofMinutes(5), 1 << 20, Runnable::run);
    rig.planner.start(rig.told::add);
    rig.fetch(request("a", Duration.ofHours(1), "db"));

    rig.live(Duration.ofMinutes(50));

    assertThat(rig.source.reads("db")).isEqualTo(1);
  }
}
