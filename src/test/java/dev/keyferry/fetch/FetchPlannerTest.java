package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.BLUE;
import static dev.keyferry.fetch.PlannerRig.INTERVAL;
import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.pinned;
import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.refs;
import static dev.keyferry.fetch.PlannerRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FetchPlannerTest {

  private final PlannerRig rig = PlannerRig.started();

  @Test
  void given_several_owners_of_one_source_when_they_fetch_then_it_is_read_once() {
    rig.fetch("a", "db");
    rig.fetch("b", "db");
    Answer last = rig.fetch("c", "db");

    assertThat(text(last)).isEqualTo("red|db|v1");
    assertThat(rig.source.reads("db")).isEqualTo(1);
    assertThat(rig.hits).hasValue(2);
    assertThat(rig.misses).hasValue(1);
  }

  @Test
  void given_a_read_under_way_when_others_fetch_then_they_share_it() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      PlannerRig slow = new PlannerRig(Duration.ZERO, 0, threads);
      slow.source.before = () -> await(go);
      List<Future<Answer>> answers =
          IntStream.range(0, 50).mapToObj(i -> threads.submit(() -> slow.fetch("owner" + i, "db"))).toList();
      org.awaitility.Awaitility.await().until(() -> slow.hits.get() == 49);
      go.countDown();
      for (Future<Answer> answer : answers) {
        assertThat(text(answer.get())).isEqualTo("red|db|v1");
      }

      assertThat(slow.source.reads("db")).isEqualTo(1);
    }
  }

  @Test
  void given_two_identities_when_both_read_one_source_then_nothing_is_shared() {
    Answer red = rig.fetch(new FetchRequest("a", RED, refs("db"), INTERVAL, false)).get(ref("db"));
    Answer blue = rig.fetch(new FetchRequest("b", BLUE, refs("db"), INTERVAL, false)).get(ref("db"));

    assertThat(text(red)).isEqualTo("red|db|v1");
    assertThat(text(blue)).isEqualTo("blue|db|v1");
    assertThat(rig.source.reads("db")).isEqualTo(2);
  }

  @Test
  void given_a_source_that_has_moved_when_it_is_due_then_exactly_its_owners_are_told() {
    rig.fetch("a", "db");
    rig.fetch("b", "db");
    rig.fetch("c", "other");
    rig.source.version("db", "v2");

    rig.pass(INTERVAL);

    assertThat(rig.told).containsExactlyInAnyOrder("a", "b");
    assertThat(text(rig.fetch("a", "db"))).isEqualTo("red|db|v2");
    assertThat(rig.source.reads("db")).isEqualTo(2);
  }

  @Test
  void given_a_source_that_has_not_moved_when_it_is_due_then_nobody_is_told() {
    rig.fetch("a", "db");

    rig.pass(INTERVAL);

    assertThat(rig.source.reads("db")).isEqualTo(2);
    assertThat(rig.told).isEmpty();
  }

  @Test
  void given_a_source_when_its_interval_is_not_over_then_it_is_not_read() {
    rig.fetch("a", "db");

    rig.live(INTERVAL.multipliedBy(9).dividedBy(10).minusSeconds(1));

    assertThat(rig.source.reads("db")).isEqualTo(1);
  }

  @Test
  void given_doubts_when_its_owner_asks_then_the_source_is_read_anew_at_once_or_when_a_second_is_over() {
    rig.fetch("a", "db");
    rig.clock.advance(Duration.ofSeconds(2));
    rig.planner.doubt("a");
    rig.fetch("a", "db");
    rig.planner.doubt("a");
    rig.fetch("a", "db");
    assertThat(rig.source.reads("db")).isEqualTo(2);

    rig.clock.advance(Duration.ofSeconds(1));
    rig.planner.refreshDue();
    assertThat(rig.source.reads("db")).isEqualTo(3);
  }

  @Test
  void given_an_interval_of_zero_when_time_passes_then_the_source_is_read_once() {
    rig.fetch(request("a", Duration.ZERO, "db"));

    rig.pass(Duration.ofDays(30));

    assertThat(rig.source.reads("db")).isEqualTo(1);
  }

  @Test
  void given_owners_with_different_intervals_when_time_passes_then_the_shortest_holds() {
    rig.fetch(request("a", Duration.ZERO, "db"));
    rig.fetch(request("b", Duration.ofHours(1), "db"));
    rig.fetch(request("c", Duration.ofMinutes(1), "db"));

    rig.pass(Duration.ofMinutes(1));

    assertThat(rig.source.reads("db")).isEqualTo(2);
  }

  @Test
  void given_an_owner_with_the_shortest_interval_when_it_is_forgotten_then_the_next_shortest_holds() {
    rig.fetch(request("a", Duration.ofMinutes(30), "db"));
    rig.fetch(request("b", Duration.ofMinutes(1), "db"));
    rig.planner.forget("b");
    rig.pass(Duration.ofMinutes(1));
    long reads = rig.source.reads("db");

    rig.live(Duration.ofMinutes(20));

    assertThat(rig.source.reads("db")).isEqualTo(reads);
  }

  @Test
  void given_a_pinned_version_when_time_passes_then_it_is_looked_at_hourly() {
    rig.fetch(new FetchRequest("a", RED, Set.of(pinned("db")), INTERVAL, false));

    rig.live(Duration.ofMinutes(53));
    assertThat(rig.source.reads("db")).isEqualTo(1);

    rig.live(Duration.ofMinutes(8));
    assertThat(rig.source.reads("db")).isEqualTo(2);
  }

  @Test
  void given_the_last_owner_is_forgotten_when_time_passes_then_the_source_is_read_no_more() {
    rig.fetch("a", "db");
    rig.planner.forget("a");

    rig.pass(Duration.ofDays(1));

    assertThat(rig.source.reads("db")).isEqualTo(1);
    assertThat(rig.planner.tracked()).isZero();
  }

  @Test
  void given_an_owner_when_it_asks_for_something_else_then_its_earlier_source_is_forgotten() {
    rig.fetch("a", "db");
    rig.fetch("a", "other");

    rig.pass(Duration.ofDays(1));

    assertThat(rig.source.reads("db")).isEqualTo(1);
    assertThat(rig.planner.tracked()).isEqualTo(1);
  }

  @Test
  void given_an_owner_when_its_identity_changes_then_the_earlier_one_reads_no_more() {
    rig.fetch(new FetchRequest("a", RED, refs("db"), INTERVAL, false));
    rig.fetch(new FetchRequest("a", BLUE, refs("db"), INTERVAL, false));

    rig.pass(Duration.ofDays(1));

    assertThat(rig.source.calls).extracting(ScriptedSource.Call::scope).containsExactly(RED, BLUE, BLUE);
  }

  @Test
  void given_a_planner_that_was_stopped_when_its_sleep_ends_then_it_reads_nothing() {
    rig.fetch("a", "db");
    rig.planner.stop();
    rig.clock.advance(INTERVAL);

    rig.sleeps.remove().run();

    assertThat(rig.source.reads("db")).isEqualTo(1);
    assertThat(rig.sleeps).isEmpty();
  }

  @Test
  void given_a_planner_that_was_started_again_when_sleeps_end_then_one_of_them_goes_on() {
    rig.planner.stop();
    rig.planner.start(rig.told::add);
    List<Runnable> both = List.copyOf(rig.sleeps);
    rig.sleeps.clear();

    both.forEach(Runnable::run);

    assertThat(both).hasSize(2);
    assertThat(rig.sleeps).hasSize(1);
  }

  @Test
  void given_a_planner_when_it_is_started_then_it_looks_at_what_is_due_and_sleeps_on() {
    rig.fetch("a", "db");
    rig.clock.advance(INTERVAL);

    rig.sleeps.remove().run();

    assertThat(rig.source.reads("db")).isEqualTo(2);
    assertThat(rig.planner.lastRefresh()).isEqualTo(rig.clock.instant());
    assertThat(rig.sleeps).hasSize(1);
  }

  @Test
  void given_two_sources_when_asked_for_the_last_success_then_it_is_the_older_look() {
    rig.fetch("a", "one");
    var first = rig.clock.instant();
    rig.clock.advance(Duration.ofMinutes(1));
    rig.fetch(request("a", "one", "two"));

    assertThat(rig.planner.lastSuccess("a")).hasValue(first);
    assertThat(rig.planner.lastSuccess("nobody")).isEmpty();
  }

  @Test
  void given_expected_requests_when_primed_then_later_fetches_read_nothing_more() {
    rig.planner.prime(List.of(request("a", "one", "two"), request("b", "two", "three")));

    rig.fetch(request("a", "one", "two"));
    rig.fetch(request("b", "two", "three"));

    assertThat(rig.source.calls).hasSize(3);
  }

  @Test
  void given_nothing_is_kept_when_primed_then_nothing_is_read() {
    PlannerRig keepsNothing = new PlannerRig(Duration.ZERO, 0, Runnable::run);

    keepsNothing.planner.prime(List.of(request("a", "one")));

    assertThat(keepsNothing.source.calls).isEmpty();
  }

  static String text(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Ready.class);
    return ((Answer.Ready) answer).found().payload().text();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
