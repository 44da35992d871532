package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.INTERVAL;
import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.numbered;
import static dev.keyferry.fetch.PlannerRig.pinned;
import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FetchBatchTest {

  private static final SourceFailure.AccessDenied DENIED = new SourceFailure.AccessDenied(null, null, null, "not allowed");

  private final PlannerRig rig = PlannerRig.started(20);

  @Test
  void given_45_sources_when_fetched_together_then_three_batches_are_sent() {
    rig.fetch(request("a", keys(45)));

    assertThat(rig.source.batchSizes()).containsExactlyInAnyOrder(20, 20, 5);
    assertThat(rig.source.calls).hasSize(3);
  }

  @Test
  void given_many_owners_when_primed_then_their_sources_share_full_batches() {
    rig.planner.prime(numbered(40).stream().map(key -> request("owner of " + key, key)).toList());

    assertThat(rig.source.batchSizes()).containsExactly(20, 20);
  }

  @Test
  void given_a_single_source_when_fetched_then_it_is_read_without_a_batch() {
    rig.fetch("a", "db");

    assertThat(rig.source.batchSizes()).isEmpty();
    assertThat(rig.source.calls).hasSize(1);
  }

  @Test
  void given_pinned_versions_when_fetched_then_they_are_read_without_a_batch() {
    rig.fetch(new FetchRequest("a", RED, Set.of(pinned("one"), pinned("two")), INTERVAL, false));

    assertThat(rig.source.batchSizes()).isEmpty();
    assertThat(rig.source.calls).hasSize(2);
  }

  @Test
  void given_sources_beyond_four_fifths_of_their_interval_when_one_is_read_then_they_fill_its_batch() {
    rig.fetch(request("a", keys(10)));
    rig.clock.advance(INTERVAL.multipliedBy(8).dividedBy(10));

    rig.fetch("b", "other");

    assertThat(rig.source.batchSizes()).containsExactly(10, 11);
  }

  @Test
  void given_sources_short_of_four_fifths_of_their_interval_when_one_is_read_then_it_is_read_alone() {
    rig.fetch(request("a", keys(10)));
    rig.clock.advance(INTERVAL.multipliedBy(8).dividedBy(10).minusMillis(1));

    rig.fetch("b", "other");

    assertThat(rig.source.batchSizes()).containsExactly(10);
  }

  @Test
  void given_one_bad_entry_when_a_batch_is_read_then_only_that_source_fails() {
    rig.source.fail("k003", new SourceFailure.AccessDenied(null, null, null, "no"));

    var answers = rig.fetch(request("a", keys(10)));

    assertThat(answers.values()).filteredOn(Answer.Failed.class::isInstance).extracting(Answer::ref).containsExactly(ref("k003"));
    assertThat(answers).hasSize(10);
  }

  @Test
  void given_a_whole_batch_that_fails_when_read_then_each_member_fails_and_is_tried_again() {
    rig.source.wholeBatchFailure = new SourceFailure.Throttled("slow down");

    var answers = rig.fetch(request("a", keys(3)));
    rig.source.wholeBatchFailure = null;
    rig.pass(Duration.ofSeconds(2));

    assertThat(answers.values()).allMatch(Answer.Failed.class::isInstance).hasSize(3);
    assertThat(rig.fetch(request("a", keys(3))).values()).allMatch(Answer.Ready.class::isInstance);
  }

  @Test
  void given_a_refused_batch_when_read_then_each_source_is_read_singly() {
    rig.source.batchDenial = DENIED;

    var answers = rig.fetch(request("a", keys(3)));

    assertThat(answers.values()).allMatch(Answer.Ready.class::isInstance);
    assertThat(rig.source.batchSizes()).containsExactly(3);
    assertThat(rig.source.calls).hasSize(4);
  }

  @Test
  void given_a_refused_batch_when_less_than_an_hour_has_passed_then_no_batch_is_tried() {
    rig.source.batchDenial = DENIED;
    rig.fetch(request("a", keys(3)));

    rig.live(Duration.ofMinutes(59));

    assertThat(rig.source.batchSizes()).hasSize(1);
    assertThat(rig.source.reads("k000")).isGreaterThan(10);
  }

  @Test
  void given_a_refused_batch_when_an_hour_has_passed_then_batches_are_tried_again() {
    rig.source.batchDenial = DENIED;
    rig.fetch(request("a", keys(3)));
    rig.source.batchDenial = null;

    rig.live(Duration.ofMinutes(66));

    assertThat(rig.source.batchSizes()).hasSizeGreaterThan(1);
  }

  @Test
  void given_batches_that_wait_for_a_place_when_one_is_refused_then_the_others_are_not_tried() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    PlannerRig slow = new PlannerRig(Duration.ofMinutes(5), 1 << 20, waiting::add, 1);
    slow.source.batchSize = 20;
    slow.source.batchDenial = DENIED;
    slow.planner.prime(List.of(request("a", keys(100))));

    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }

    assertThat(slow.source.batchSizes()).hasSize(1);
    assertThat(slow.fetch(request("a", keys(100))).values()).allMatch(Answer.Ready.class::isInstance);
    assertThat(slow.source.calls).hasSize(101);
  }

  @Test
  void given_refreshes_that_wait_for_a_place_when_a_first_sync_comes_then_it_is_read_before_them() {
    Queue<Runnable> waiting = new ArrayDeque<>();
    PlannerRig slow = new PlannerRig(Duration.ofMinutes(5), 1 << 20, waiting::add, 1);
    slow.planner.prime(List.of(request("a", keys(4))));
    drain(waiting);
    slow.pass(INTERVAL);
    slow.planner.prime(List.of(request("b", "first")));

    drain(waiting);

    List<String> order = slow.source.calls.stream().skip(4).map(call -> call.refs().getFirst().key()).toList();
    assertThat(order).hasSize(5);
    assertThat(order.indexOf("first")).isEqualTo(1);
  }

  @Test
  void given_a_bug_in_reading_a_batch_when_it_is_read_then_its_members_fail_and_are_tried_again() {
    rig.source.breakDown("k001", new IllegalStateException("bug"));

    var answers = rig.fetch(request("a", keys(3)));
    rig.source.heal("k001");
    rig.pass(Duration.ofSeconds(2));

    assertThat(answers.values()).allMatch(Answer.Failed.class::isInstance);
    assertThat(rig.fetch(request("a", keys(3))).values()).allMatch(Answer.Ready.class::isInstance);
  }

  @Test
  void given_200_sources_when_an_hour_passes_then_calls_stay_near_one_for_20_sources_and_interval() {
    rig.planner.prime(numbered(200).stream().map(key -> request("owner of " + key, key)).toList());

    rig.live(Duration.ofHours(1));

    assertThat(rig.source.calls.size()).isBetween(10 * 13, 10 * 16);
    assertThat(numbered(200)).allSatisfy(key -> assertThat(rig.source.reads(key)).isBetween(13L, 16L));
  }

  @Test
  void given_200_sources_that_failed_for_ten_minutes_when_aws_recovers_then_each_is_read_once_in_full_batches() {
    rig.planner.prime(numbered(200).stream().map(key -> request("owner of " + key, key)).toList());
    rig.source.wholeBatchFailure = new SourceFailure.Network("gone");
    numbered(200).forEach(key -> rig.source.fail(key, new SourceFailure.Network("gone")));
    rig.live(Duration.ofMinutes(10));
    rig.source.wholeBatchFailure = null;
    numbered(200).forEach(rig.source::heal);
    rig.source.calls.clear();

    rig.live(Duration.ofSeconds(10));
    assertThat(rig.source.calls.size()).isLessThanOrEqualTo(200 / 20 + 5);

    rig.live(Duration.ofMinutes(2));
    assertThat(rig.source.calls.size()).isBetween(200 / 20, 200 / 20 + 5);
    assertThat(numbered(200)).allSatisfy(key -> assertThat(rig.source.reads(key)).isEqualTo(1));
    assertThat(rig.told).contains("owner of k000", "owner of k199");
  }

  @Test
  void given_200_sources_without_credentials_for_ten_minutes_when_there_are_some_again_then_each_is_read_once_in_full_batches() {
    rig.planner.prime(numbered(200).stream().map(key -> request("owner of " + key, key)).toList());
    rig.source.wholeBatchFailure = new SourceFailure.Credentials("expired");
    numbered(200).forEach(key -> rig.source.fail(key, new SourceFailure.Credentials("expired")));
    rig.live(Duration.ofMinutes(10));
    rig.source.wholeBatchFailure = null;
    numbered(200).forEach(rig.source::heal);
    rig.source.calls.clear();

    rig.live(Duration.ofMinutes(5));

    assertThat(rig.source.calls.size()).isBetween(200 / 20, 200 / 20 + 5);
    assertThat(rig.told).contains("owner of k000", "owner of k199");
  }

  @Test
  void given_a_scope_that_may_not_use_batches_when_its_last_source_goes_then_that_is_remembered() {
    rig.source.batchDenial = DENIED;
    rig.fetch(request("a", keys(3)));
    rig.planner.forget("a");
    rig.source.calls.clear();

    rig.fetch(request("b", keys(3)));

    assertThat(rig.source.batchSizes()).isEmpty();
  }

  @Test
  void given_a_batch_that_is_throttled_when_the_rate_allows_then_it_is_sent_again_and_nobody_hears_of_it() {
    rig.fetch(request("before", keys(200)));
    int[] throttles = {1};
    rig.source.before = () -> rig.source.wholeBatchFailure = throttles[0]-- > 0 ? new SourceFailure.Throttled("slow") : null;

    var answers = rig.fetch(request("a", numbered(240).subList(200, 240).toArray(String[]::new)));

    assertThat(answers.values()).allMatch(Answer.Ready.class::isInstance);
    assertThat(rig.failures).isEmpty();
  }

  private static void drain(Queue<Runnable> waiting) {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  private static String[] keys(int count) {
    return numbered(count).toArray(String[]::new);
  }
}
