package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.fetch.ChangeDetection.Advice;
import dev.keyferry.fetch.ChangeDetection.Mode;
import dev.keyferry.fetch.ScopeWatch.Kind;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeWatchTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final SourceFailure.AccessDenied DENIED = new SourceFailure.AccessDenied(null, null, null, "not allowed");

  private final ScopeWatch watch = new ScopeWatch();
  private final Random random = new Random(3);

  private static Demand demand(int sources, Duration interval, boolean single) {
    Demand demand = Demand.NONE;
    for (int i = 0; i < sources; i++) {
      demand = demand.and(interval, single ? 1 : 20);
    }
    return demand;
  }

  /* What a scope may do and how much it reads, and what follows. */
  @ParameterizedTest
  @CsvSource({
    "1, 5m, false, false, false, BatchedReads, false, FEW",
    "20, 1m, false, false, false, BatchedReads, false, FEW",
    "50, 5m, false, false, false, Sweep, true, QUEUE",
    "25, 1h, false, false, false, BatchedReads, false, LONG_LIST",
    "200, 1h, false, false, false, Sweep, true, QUEUE",
    "5, 5m, true, false, false, EachRead, false, ALLOW_BATCH",
    "10, 5m, true, false, false, Sweep, true, QUEUE",
    "10, 5m, true, true, false, EachRead, false, ALLOW_BATCH_AND_LIST",
    "50, 5m, false, true, false, BatchedReads, false, ALLOW_LIST",
    "5, 5m, false, false, true, Events, false, NONE",
    "50, 5m, false, false, true, Events, true, NONE",
    "50, 5m, false, true, true, Events, false, ALLOW_LIST",
  })
  void given_rights_and_sources_when_decided_then_the_cheapest_way_follows(
      int sources, String interval, boolean batchRefused, boolean listDenied, boolean events, String mode, boolean lists, Advice advice) {
    if (listDenied) {
      watch.failed(DENIED, NOW, random);
    }

    watch.decide(demand(sources, Duration.parse("PT" + interval), batchRefused), batchRefused, events, NOW);

    assertThat(watch.detection().mode().word()).isEqualTo(mode);
    assertThat(watch.detection().lists()).isEqualTo(lists);
    assertThat(watch.detection().advice()).isEqualTo(advice);
  }

  @Test
  void given_a_new_scope_when_half_an_interval_has_passed_then_it_is_walked_once() {
    Demand demand = demand(100, Duration.ofMinutes(5), false);
    watch.decide(demand, false, false, NOW);

    assertThat(watch.begin(NOW.plusSeconds(149))).isEmpty();
    assertThat(watch.begin(NOW.plusSeconds(150))).contains(Kind.WALK);
    assertThat(watch.begin(NOW.plusSeconds(151))).isEmpty();
  }

  @Test
  void given_a_walk_when_it_is_complete_then_sweeps_follow_within_nine_tenths_of_the_interval_and_a_walk_within_an_hour() {
    begin(NOW);
    Instant at = NOW;
    watch.completed(Kind.WALK, at, NOW, 1, random);
    int sweeps = 0;
    Kind kind = Kind.SWEEP;
    while (kind == Kind.SWEEP) {
      Duration since = Duration.between(at, watch.next());
      assertThat(since).isBetween(Duration.ofMinutes(4), Duration.ofSeconds(270));
      at = watch.next();
      kind = watch.begin(at).orElseThrow();
      watch.completed(kind, at, NOW, 1, random);
      sweeps++;
    }
    assertThat(sweeps).isBetween(12, 16);
    assertThat(at).isBetween(NOW.plus(Duration.ofMinutes(54)), NOW.plus(Duration.ofMinutes(65)));
  }

  @Test
  void given_a_failed_sweep_when_it_is_tried_again_then_it_goes_down_to_where_it_was_to_go() {
    begin(NOW);
    watch.completed(Kind.WALK, NOW, NOW, 1, random);
    Instant floor = watch.floor();
    Instant at = watch.next();
    watch.begin(at);

    watch.failed(new SourceFailure.Throttled("slow down"), at, random);

    assertThat(watch.floor()).isEqualTo(floor);
    assertThat(watch.next()).isBefore(at.plusSeconds(3));
    assertThat(watch.begin(watch.next())).contains(Kind.SWEEP);
  }

  @Test
  void given_a_denial_when_an_hour_has_passed_then_the_list_is_asked_for_again_from_its_beginning() {
    begin(NOW);
    watch.failed(DENIED, NOW, random);
    Demand demand = demand(100, Duration.ofMinutes(5), false);
    watch.decide(demand, false, false, NOW);
    assertThat(watch.detection().mode()).isEqualTo(Mode.BATCHED_READS);

    assertThat(watch.decide(demand, false, false, NOW.plus(Duration.ofHours(1)))).isTrue();

    assertThat(watch.detection().mode()).isEqualTo(Mode.SWEEP);
    assertThat(watch.begin(watch.next())).contains(Kind.WALK);
  }

  @Test
  void given_events_when_a_pass_is_complete_then_the_next_comes_within_fifteen_minutes() {
    watch.decide(demand(100, Duration.ofMinutes(5), false), false, true, NOW);
    watch.begin(watch.next());

    watch.completed(Kind.WALK, NOW, NOW, 1, random);

    assertThat(Duration.between(NOW, watch.next())).isBetween(Duration.ofSeconds(810), Duration.ofMinutes(15));
    assertThat(watch.besideEvents()).isEqualTo(Duration.ofMinutes(17));
  }

  @Test
  void given_a_miss_when_walking_each_time_costs_more_than_reading_then_sources_are_read() {
    begin(NOW);
    watch.completed(Kind.WALK, NOW, NOW, 10, random);
    watch.missed(NOW);

    watch.decide(demand(100, Duration.ofMinutes(5), false), false, false, NOW);

    assertThat(watch.detection()).isEqualTo(new ChangeDetection(Mode.BATCHED_READS, false, Advice.LONG_LIST));
  }

  private void begin(Instant at) {
    watch.decide(demand(100, Duration.ofMinutes(5), false), false, false, at.minus(Duration.ofMinutes(5)));
    assertThat(watch.begin(at)).contains(Kind.WALK);
  }
}
