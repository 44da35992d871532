package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.pinned;
import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.request;
import static dev.keyferry.fetch.SweepRig.INTERVAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.fetch.ChangeDetection.Advice;
import dev.keyferry.fetch.ChangeDetection.Mode;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SweepPlannerTest {

  private static final Duration SETTLED = Duration.ofMinutes(25);
  private static final SourceFailure.AccessDenied DENIED = new SourceFailure.AccessDenied(null, null, null, "not allowed");
  private static final SourceFailure.Throttled SLOW = new SourceFailure.Throttled("slow down");

  private static SweepRig settled(int sources) {
    SweepRig rig = SweepRig.of(sources);
    rig.live(SETTLED);
    rig.forgetCalls();
    return rig;
  }

  @Test
  void given_few_sources_when_time_passes_then_nothing_is_listed_and_reads_are_as_without_lists() {
    SweepRig rig = SweepRig.of(20);
    PlannerRig without = PlannerRig.started(20);
    without.planner.prime(SweepRig.keys(20).stream().map(key -> request("owner of " + key, key)).toList());

    rig.live(Duration.ofHours(2));
    without.live(Duration.ofHours(2));

    assertThat(rig.lister.calls).isEmpty();
    assertThat(rig.rig.source.calls).isEqualTo(without.source.calls);
    assertThat(rig.detection()).isEqualTo(new ChangeDetection(Mode.BATCHED_READS, false, Advice.FEW));
  }

  @Test
  void given_the_usual_interval_of_an_hour_when_25_sources_are_asked_for_then_reading_them_is_cheaper_than_listing() {
    SweepRig rig = SweepRig.of(25, Duration.ofHours(1));

    rig.live(Duration.ofHours(3));

    assertThat(rig.lister.calls).isEmpty();
    assertThat(rig.detection().advice()).isEqualTo(Advice.LONG_LIST);
  }

  @Test
  void given_sources_that_were_just_read_when_the_first_walk_is_due_then_it_comes_before_they_are_read_again() {
    SweepRig rig = SweepRig.of(100);
    rig.live(Duration.ofSeconds(1));
    assertThat(rig.lister.calls).isEmpty();
    rig.rig.source.calls.clear();

    rig.live(Duration.ofMinutes(20));

    assertThat(rig.rig.source.calls).isEmpty();
    assertThat(rig.passes).startsWith("walk completed", "sweep completed");
  }

  @Test
  void given_a_sweep_when_a_source_has_moved_then_it_alone_is_read_and_its_owner_told() {
    SweepRig rig = settled(100);
    rig.rotate("k007", "v2");

    rig.live(INTERVAL);

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.rig.source.calls).hasSize(1);
    assertThat(rig.rig.source.reads("k007")).isEqualTo(1);
  }

  @Test
  void given_a_list_that_lags_when_a_source_has_moved_then_it_is_found_when_the_list_shows_it() {
    SweepRig rig = settled(100);
    rig.lister.lag = Duration.ofMinutes(5);
    rig.rotate("k007", "v2");
    rig.live(Duration.ofMinutes(4));
    assertThat(rig.rig.told).isEmpty();

    rig.live(INTERVAL.plusMinutes(1));

    assertThat(rig.rig.told).containsExactly("owner of k007");
  }

  @Test
  void given_a_busy_account_when_each_list_lags_then_no_change_is_lost() {
    SweepRig rig = settled(300);
    rig.lister.lag = Duration.ofMinutes(5);
    for (int i = 0; i < 60; i++) {
      rig.rotate("k%03d".formatted(i), "v2");
      rig.live(Duration.ofSeconds(30));
    }

    rig.live(Duration.ofMinutes(10));

    assertThat(rig.rig.told).hasSize(60).doesNotHaveDuplicates();
    assertThat(rig.missed).isZero();
  }

  @Test
  void given_a_page_that_fails_when_the_sweep_is_tried_again_then_nothing_is_lost() {
    SweepRig rig = settled(300);
    for (int i = 0; i < 150; i++) {
      rig.rotate("k%03d".formatted(i), "v2");
    }
    rig.lister.failure = SLOW;
    rig.lister.failingCall = rig.lister.calls.size() + 2;

    rig.live(INTERVAL);

    assertThat(rig.passes).startsWith("sweep failed", "sweep completed");
    assertThat(rig.rig.told).hasSize(150).doesNotHaveDuplicates();
    assertThat(rig.missed).isZero();
  }

  @Test
  void given_lists_that_keep_failing_when_sources_are_due_then_they_are_read() {
    SweepRig rig = settled(100);
    rig.lister.failure = SLOW;
    rig.rotate("k007", "v2");

    rig.live(INTERVAL);

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.rig.source.batchSizes()).hasSize(5);
  }

  @Test
  void given_a_move_that_leaves_the_date_when_a_walk_follows_then_it_is_found_counted_and_all_is_walked_for_a_day() {
    SweepRig rig = settled(100);
    rig.rig.source.version("k007", "v2");
    rig.lister.moveQuietly("k007", "v2");

    rig.live(Duration.ofHours(1));

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.missed).isEqualTo(1);
    rig.forgetCalls();
    rig.live(Duration.ofHours(22));
    assertThat(rig.lister.sweeps()).isZero();
    rig.live(Duration.ofHours(3));
    assertThat(rig.lister.sweeps()).isPositive();
    assertThat(rig.missed).isEqualTo(1);
  }

  @Test
  void given_a_list_that_is_behind_when_it_is_walked_then_that_is_no_miss() {
    SweepRig rig = settled(100);
    rig.rig.source.version("k007", "v2");
    rig.rig.planner.look(SourceChange.of(ref("k007").service(), null, RED.region(), "k007"), () -> {});
    rig.rig.joinLingers();

    rig.live(Duration.ofHours(1).plusMinutes(5));

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.missed).isZero();
  }

  @Test
  void given_a_secret_scheduled_for_deletion_when_swept_then_it_is_read_at_once() {
    SweepRig rig = settled(100);
    rig.rig.source.fail("k007", new SourceFailure.MarkedForDeletion("marked"));
    rig.lister.schedule("k007", rig.rig.clock.instant().plus(Duration.ofDays(30)));

    rig.live(INTERVAL);

    assertThat(rig.rig.told).containsExactly("owner of k007");
  }

  @Test
  void given_a_secret_that_vanished_when_walked_then_it_is_read_at_once_and_that_is_no_miss() {
    SweepRig rig = settled(100);
    rig.rig.source.fail("k007", new SourceFailure.NotFound("gone"));
    rig.lister.vanish("k007");

    rig.live(Duration.ofHours(1));

    assertThat(rig.rig.told).contains("owner of k007");
    assertThat(rig.missed).isZero();
    assertThat(rig.rig.source.reads("k008")).isZero();
  }

  @Test
  void given_sources_that_no_list_shows_when_time_passes_then_they_are_read_at_their_interval() {
    SweepRig rig = SweepRig.of(100);
    rig.ask(List.of("foreign"), INTERVAL, false);
    rig.rig.fetch(new FetchRequest("pinned", RED, Set.of(pinned("k001")), INTERVAL, false));
    rig.live(SETTLED);
    rig.forgetCalls();

    rig.live(Duration.ofHours(1));

    assertThat(rig.rig.source.reads("foreign")).isBetween(12L, 14L);
    assertThat(rig.rig.source.reads("k001")).isEqualTo(1);
    assertThat(rig.rig.source.reads("k002")).isZero();
  }

  @Test
  void given_lists_that_are_denied_when_an_hour_passes_then_sources_are_read_and_the_list_is_asked_for_once_more() {
    SweepRig rig = SweepRig.of(100);
    rig.lister.failure = DENIED;

    rig.live(Duration.ofMinutes(55));

    assertThat(rig.lister.calls).hasSize(1);
    assertThat(rig.rig.source.reads("k050")).isGreaterThanOrEqualTo(11);
    assertThat(rig.detection()).isEqualTo(new ChangeDetection(Mode.BATCHED_READS, false, Advice.ALLOW_LIST));
    rig.lister.failure = null;
    rig.live(Duration.ofMinutes(15));
    assertThat(rig.detection().mode()).isEqualTo(Mode.SWEEP);
    assertThat(rig.detectionChanged).hasSize(3);
  }

  @Test
  void given_a_list_that_is_denied_from_now_on_when_an_interval_passes_then_sources_are_read_again() {
    SweepRig rig = settled(100);
    rig.lister.failure = DENIED;
    rig.rotate("k007", "v2");

    rig.live(INTERVAL.multipliedBy(2));

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.rig.source.reads("k050")).isPositive();
  }

  @Test
  void given_strict_owners_when_time_passes_then_their_sources_are_read_at_their_interval() {
    SweepRig rig = settled(100);
    rig.ask(SweepRig.keys(3), INTERVAL, true);
    rig.forgetCalls();

    rig.live(Duration.ofHours(1));

    assertThat(rig.rig.source.reads("k001")).isBetween(12L, 15L);
    assertThat(rig.rig.source.reads("k050")).isZero();
    assertThat(rig.sweeps.detection(RED, ref("k001").service(), true))
        .isEqualTo(new ChangeDetection(Mode.BATCHED_READS, false, Advice.STRICT));
  }

  @Test
  void given_a_list_much_longer_than_what_is_asked_for_when_it_is_walked_then_it_is_given_up_and_sources_are_read() {
    SweepRig rig = SweepRig.of(60);
    for (int i = 0; i < 10_000; i++) {
      rig.lister.add("other%05d".formatted(i));
    }

    rig.live(Duration.ofHours(2));

    assertThat(rig.lister.calls).hasSizeBetween(10, 40);
    assertThat(rig.passes).containsExactly("walk abandoned");
    assertThat(rig.detection()).isEqualTo(new ChangeDetection(Mode.BATCHED_READS, false, Advice.LONG_LIST));
    assertThat(rig.rig.source.reads("k050")).isGreaterThanOrEqualTo(24);
  }

  @Test
  void given_an_endpoint_that_does_not_sort_when_swept_then_the_whole_list_is_gone_over() {
    SweepRig rig = SweepRig.of(300);
    rig.lister.sorts = false;
    rig.live(SETTLED);
    rig.rotate("k050", "v2");
    rig.live(Duration.ofMinutes(20));
    rig.rotate("k290", "v2");

    rig.live(INTERVAL);

    assertThat(rig.rig.told).contains("owner of k290");
  }

  @Test
  void given_a_swept_source_when_its_payload_has_left_memory_then_it_is_read_only_once_somebody_asks() {
    SweepRig rig = settled(100);
    rig.live(Duration.ofMinutes(40));
    assertThat(rig.rig.source.calls).isEmpty();

    Answer answer = rig.rig.fetch(new FetchRequest("owner of k007", RED, Set.of(ref("k007")), INTERVAL, false)).get(ref("k007"));

    assertThat(answer).isInstanceOf(Answer.Ready.class);
    assertThat(rig.rig.source.calls).hasSize(1);
  }

  @Test
  void given_sweeps_alone_when_time_passes_then_they_count_as_looks() {
    SweepRig rig = settled(100);

    rig.live(Duration.ofHours(1));

    Instant last = rig.rig.planner.lastSuccess("owner of k007").orElseThrow();
    assertThat(last).isAfter(rig.rig.clock.instant().minus(INTERVAL));
    assertThat(rig.rig.source.calls).isEmpty();
  }

  @Test
  void given_a_date_of_rotation_when_it_has_passed_then_the_source_is_read_once_within_two_minutes() {
    SweepRig rig = settled(100);
    Instant date = rig.rig.clock.instant().plus(Duration.ofMinutes(31));
    rig.lister.rotateAt("k007", date);
    rig.live(Duration.ofMinutes(31));
    assertThat(rig.rig.source.reads("k007")).isZero();

    rig.live(Duration.ofMinutes(2));
    assertThat(rig.rig.source.reads("k007")).isEqualTo(1);

    rig.live(Duration.ofHours(2));
    assertThat(rig.rig.source.reads("k007")).isEqualTo(1);
  }

  @Test
  void given_an_interval_of_seconds_when_swept_then_a_change_is_found_within_it() {
    SweepRig rig = SweepRig.of(100, Duration.ofSeconds(4));
    rig.live(Duration.ofMinutes(12));
    rig.forgetCalls();
    rig.rotate("k007", "v2");

    rig.live(Duration.ofSeconds(5));

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.rig.source.calls).hasSize(1);
  }

  @Test
  void given_owners_that_go_when_few_are_left_then_they_are_read_as_without_lists() {
    SweepRig rig = settled(100);
    SweepRig.keys(100).subList(10, 100).forEach(key -> rig.rig.planner.forget("owner of " + key));
    rig.live(Duration.ofSeconds(1));
    rig.forgetCalls();

    rig.live(Duration.ofHours(1));

    assertThat(rig.lister.calls).isEmpty();
    assertThat(rig.rig.source.reads("k001")).isBetween(11L, 14L);
    assertThat(rig.scopes).containsEntry("BatchedReads", 1).containsEntry("Sweep", 0);
  }

  @Test
  void given_a_secret_made_anew_under_its_name_when_swept_then_it_is_read() {
    SweepRig rig = settled(100);
    rig.lister.vanish("k007");
    rig.lister.add("k007", ScriptedLister.arn("k007-new"), "v9");
    rig.rig.source.version("k007", "v9");

    rig.live(INTERVAL);

    assertThat(rig.rig.told).containsExactly("owner of k007");
  }

  @Test
  void given_a_change_that_no_event_told_of_when_a_sweep_finds_it_then_events_count_for_nothing_for_a_day() {
    SweepRig rig = new SweepRig();
    rig.lister.ahead = Duration.ZERO;
    rig.hearEvent();
    SweepRig.keys(100).forEach(rig.lister::add);
    rig.ask(SweepRig.keys(100), INTERVAL, false);
    rig.live(Duration.ofHours(1));
    assertThat(rig.detection().mode()).isEqualTo(Mode.EVENTS);
    rig.rotate("k007", "v2");

    rig.live(Duration.ofMinutes(32));

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.detection().mode()).isEqualTo(Mode.SWEEP);
    rig.live(Duration.ofHours(24));
    assertThat(rig.detection().mode()).isEqualTo(Mode.EVENTS);
  }

  @Test
  void given_few_sources_when_events_tell_of_them_then_the_store_shows_events_and_they_are_read_as_before() {
    SweepRig rig = SweepRig.of(5);
    rig.hearEvent();

    rig.live(Duration.ofHours(1));

    assertThat(rig.detection()).isEqualTo(new ChangeDetection(Mode.EVENTS, false, Advice.NONE));
    assertThat(rig.rig.source.reads("k001")).isGreaterThanOrEqualTo(12);
  }

  @Test
  void given_events_that_end_when_sources_were_last_looked_at_long_ago_then_their_own_interval_counts_again() {
    SweepRig rig = new SweepRig();
    rig.hearEvent();
    SweepRig.keys(100).forEach(rig.lister::add);
    rig.ask(SweepRig.keys(100), INTERVAL, false);
    rig.live(Duration.ofHours(1));
    rig.forgetCalls();
    rig.events.failed();
    rig.rotate("k007", "v2");

    rig.live(INTERVAL);

    assertThat(rig.rig.told).containsExactly("owner of k007");
    assertThat(rig.detection().mode()).isEqualTo(Mode.SWEEP);
  }
}
