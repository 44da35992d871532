package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an idle hour costs in calls, by what is permitted: 10,000 sources in one scope, looked at every 5 minutes. */
@Timeout(120)
class SweepCallsTest {

  private static final int SOURCES = 10_000;
  private static final SourceFailure.AccessDenied DENIED = new SourceFailure.AccessDenied(null, null, null, "not allowed");

  private static long idleHour(SweepRig rig) {
    rig.live(Duration.ofMinutes(30));
    rig.forgetCalls();
    rig.live(Duration.ofHours(1));
    return rig.calls();
  }

  @Test
  void given_reads_alone_when_an_hour_is_idle_then_each_source_is_read_at_each_interval() {
    SweepRig rig = SweepRig.of(SOURCES);
    rig.rig.source.batchDenial = DENIED;
    rig.lister.failure = DENIED;

    long calls = idleHour(rig);

    System.out.println("idle hour, 10,000 sources, EachRead: " + calls);
    assertThat(calls).isBetween(120_000L, 134_000L);
    assertThat(rig.detection().mode()).isEqualTo(ChangeDetection.Mode.EACH_READ);
  }

  @Test
  void given_batches_when_an_hour_is_idle_then_calls_are_a_nineteenth() {
    SweepRig rig = SweepRig.of(SOURCES);
    rig.lister.failure = DENIED;

    long calls = idleHour(rig);

    System.out.println("idle hour, 10,000 sources, BatchedReads: " + calls);
    assertThat(calls).isBetween(6_000L, 6_315L);
    assertThat(rig.detection().mode()).isEqualTo(ChangeDetection.Mode.BATCHED_READS);
  }

  @Test
  void given_lists_when_an_hour_is_idle_then_nothing_is_read_and_a_call_or_two_look_each_interval() {
    SweepRig rig = SweepRig.of(SOURCES);

    long calls = idleHour(rig);

    System.out.println("idle hour, 10,000 sources, Sweep: " + calls);
    assertThat(calls).isLessThanOrEqualTo(200);
    assertThat(rig.rig.source.calls).isEmpty();
    assertThat(rig.detection().mode()).isEqualTo(ChangeDetection.Mode.SWEEP);
  }

  @Test
  void given_events_when_six_hours_are_idle_then_there_is_a_sweep_in_15_minutes_and_one_walk() {
    SweepRig rig = new SweepRig();
    rig.hearEvent();
    SweepRig.keys(SOURCES).forEach(rig.lister::add);
    rig.ask(SweepRig.keys(SOURCES), SweepRig.INTERVAL, false);
    rig.live(Duration.ofMinutes(30));
    rig.forgetCalls();

    rig.live(Duration.ofHours(6));

    System.out.println("six idle hours, 10,000 sources, Events: " + rig.calls());
    assertThat(rig.calls()).isLessThanOrEqualTo(205);
    assertThat(rig.rig.source.calls).isEmpty();
    assertThat(rig.lister.walks()).isLessThanOrEqualTo(2);
    assertThat(rig.detection().mode()).isEqualTo(ChangeDetection.Mode.EVENTS);
  }

  @Test
  void given_all_secrets_made_at_once_when_time_has_passed_then_sweeps_need_one_page() {
    SweepRig rig = SweepRig.of(1_000);
    rig.live(Duration.ofMinutes(20));
    rig.forgetCalls();

    rig.live(Duration.ofMinutes(20));

    assertThat(rig.lister.sweeps()).isBetween(3L, 6L).isEqualTo(rig.lister.calls.size());
  }
}
