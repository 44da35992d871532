package dev.keyferry.fetch;

import static dev.keyferry.fetch.FetchPlannerTest.text;
import static dev.keyferry.fetch.PlannerRig.INTERVAL;
import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.refs;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A version that was created before the one applied is taken only once a second look has confirmed it. */
@Timeout(60)
class OlderVersionTest {

  private final PlannerRig rig = PlannerRig.started();

  @BeforeEach
  void twoVersions() {
    rig.source.created("v1", Instant.parse("2025-12-01T00:00:00Z"));
    rig.source.created("v2", Instant.parse("2025-12-02T00:00:00.75Z"));
    rig.source.version("db", "v2");
  }

  @Test
  void given_a_lagging_answer_when_a_source_is_looked_at_then_the_applied_version_stands() {
    rig.fetch("a", "db");
    rig.source.version("db", "v1");
    rig.pass(INTERVAL);

    assertThat(text(rig.fetch("a", "db"))).isEqualTo("red|db|v2");
    assertThat(rig.told).isEmpty();

    rig.source.version("db", "v2");
    rig.pass(Duration.ofSeconds(31));
    assertThat(text(rig.fetch("a", "db"))).isEqualTo("red|db|v2");
    assertThat(rig.told).isEmpty();
  }

  @Test
  void given_a_real_rollback_when_half_a_minute_is_over_then_it_is_confirmed_and_told() {
    rig.fetch("a", "db");
    rig.source.version("db", "v1");
    rig.pass(INTERVAL);
    long looks = rig.source.reads("db");

    rig.live(Duration.ofSeconds(31));

    assertThat(rig.told).containsExactly("a");
    assertThat(text(rig.fetch("a", "db"))).isEqualTo("red|db|v1");
    assertThat(rig.source.reads("db")).isEqualTo(looks + 1);
  }

  @Test
  void given_a_source_that_lags_now_and_then_when_it_is_looked_at_then_it_is_never_taken_back() {
    rig.fetch("a", "db");
    for (int i = 0; i < 20; i++) {
      rig.source.version("db", i % 2 == 0 ? "v1" : "v2");
      rig.pass(INTERVAL);
      rig.source.version("db", "v2");
      rig.pass(Duration.ofSeconds(30));
    }

    assertThat(rig.told).isEmpty();
    assertThat(text(rig.fetch("a", "db"))).isEqualTo("red|db|v2");
  }

  @Test
  void given_the_applied_value_is_no_longer_in_memory_when_a_lagging_one_is_read_then_no_value_is_answered() {
    PlannerRig forgetful = new PlannerRig(Duration.ofSeconds(10), 1 << 20, Runnable::run);
    forgetful.source.created("v1", Instant.parse("2025-12-01T00:00:00Z"));
    forgetful.source.created("v2", Instant.parse("2025-12-02T00:00:00Z"));
    forgetful.source.version("db", "v2");
    forgetful.planner.start(forgetful.told::add);
    forgetful.fetch("a", "db");
    forgetful.source.version("db", "v1");
    forgetful.clock.advance(Duration.ofMinutes(1));

    Answer answer = forgetful.fetch("a", "db");

    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).failure().kind().passing()).isTrue();
    assertThat(((Answer.Failed) answer).attempts()).isEqualTo(1);

    forgetful.source.version("db", "v2");
    forgetful.live(Duration.ofSeconds(31));
    assertThat(forgetful.told).containsExactly("a");
    assertThat(text(forgetful.fetch("a", "db"))).isEqualTo("red|db|v2");
  }

  @Test
  void given_a_new_process_when_the_target_holds_a_later_version_then_the_older_one_is_confirmed_first() {
    rig.source.version("db", "v1");
    Applied held = new Applied("v2", Instant.parse("2025-12-02T00:00:00Z"), "eu-central-1");

    Answer first = rig.fetch(new FetchRequest("a", RED, refs("db"), INTERVAL, false, false, Map.of(ref("db"), held))).get(ref("db"));
    assertThat(first).isInstanceOf(Answer.Failed.class);

    rig.live(Duration.ofSeconds(31));
    assertThat(rig.told).containsExactly("a");
    assertThat(text(rig.fetch("a", "db"))).isEqualTo("red|db|v1");
  }

  @Test
  void given_a_new_process_when_the_target_holds_the_same_version_then_it_is_taken_at_once() {
    Applied held = new Applied("v2", Instant.parse("2025-12-02T00:00:00Z"), null);

    Answer first = rig.fetch(new FetchRequest("a", RED, refs("db"), INTERVAL, false, false, Map.of(ref("db"), held))).get(ref("db"));

    assertThat(text(first)).isEqualTo("red|db|v2");
  }
}
