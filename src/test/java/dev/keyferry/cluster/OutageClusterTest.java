package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * AWS does not serve, in every way in which it can fail: nothing is lost, nothing is taken away, and neither AWS nor Kubernetes is stormed.
 * All faults are lived through at once, each in a region of its own and with {@value Readers#ALL} ExternalSecrets.
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutageClusterTest {

  private static final int BATCHES = Readers.ALL / 20;

  /** So many fail alike before that is told on their store. */
  private static final int MANY = 10;

  private final Cluster cluster;
  private final Map<Fault, Outage> outages = new EnumMap<>(Fault.class);
  private final Semaphore preparations = new Semaphore(2, true);
  private Rig rig;
  private Watched watched;
  private RegionOutage region;

  OutageClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void liveThroughAll() throws Exception {
    rig = Rig.start(cluster);
    watched = new Watched(rig);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (Fault fault : Fault.values()) {
        Outage outage = new Outage(fault, rig, watched);
        outages.put(fault, outage);
        all.add(threads.submit(() -> oneAfterOther(outage::prepare, outage::run)));
        if (fault == Fault.HANGS) {
          region = new RegionOutage(rig, watched);
          all.add(threads.submit(() -> oneAfterOther(region::prepare, region::run)));
        }
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private void oneAfterOther(Runnable preparation, Runnable course) {
    preparations.acquireUninterruptibly();
    try {
      preparation.run();
    } finally {
      preparations.release();
    }
    course.run();
  }

  @AfterAll
  void stop() {
    watched.close();
    cluster.kubectl("delete", "clustersecretstores", "--all", "--wait=false");
    rig.close();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void given_secrets_that_rotate_meanwhile_when_the_fault_is_over_then_nothing_is_lost(Fault fault) {
    assertThat(outages.get(fault).lost).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, names = "ENDED", mode = EnumSource.Mode.EXCLUDE)
  void given_a_fault_when_it_lasts_then_targets_stay_as_they_are_and_all_who_suffer_say_so(Fault fault) {
    assertThat(outages.get(fault).touched).isEmpty();
    assertThat(outages.get(fault).silent).isEmpty();
  }

  /** Groups that failed at different times come together by and by: until then there may be twice as many batches as need be. */
  @ParameterizedTest
  @EnumSource(Fault.class)
  void given_a_fault_when_it_lasts_then_tries_become_fewer_and_share_batches(Fault fault) {
    Outage outage = outages.get(fault);
    int most = fault.mostReads(outage.lasted) * fault.requestsOfRead();

    assertThat(outage.mostOfOneSource()).as("of one source in %s", outage.lasted).isLessThanOrEqualTo(most);
    assertThat(Outage.reads(outage.callsDuring)).as("in %s", outage.lasted).hasSizeLessThanOrEqualTo(2 * (BATCHES + 1) * most);
    assertThat(Outage.count(outage.callsDuring, "ListSecrets")).isLessThanOrEqualTo(most);
    assertThat(Outage.count(outage.callsDuring, "AssumeRole"))
        .as("in %s", outage.lasted)
        .isLessThanOrEqualTo(fault.mostSessions(outage.lasted));
  }

  /** About one call for 20 sources; as long as it takes, those that have recovered are read at their interval, too. */
  @ParameterizedTest
  @EnumSource(Fault.class)
  void given_a_fault_when_it_is_over_then_sources_are_read_in_batches_and_not_all_at_once(Fault fault) {
    Outage outage = outages.get(fault);
    int most = Math.toIntExact(2 * BATCHES * outage.roundsAfter());

    assertThat(Outage.reads(outage.callsAfter)).as("in %s", outage.recovery).hasSizeLessThanOrEqualTo(most);
    assertThat(outage.sessionsAfter()).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void given_a_fault_when_it_is_over_then_two_statuses_and_one_secret_were_written_for_each_object_at_most(Fault fault) {
    AuditEvents writes = outages.get(fault).writes;

    assertThat(byName(writes.on("externalsecrets/status")))
        .hasSize(Readers.ALL)
        .allSatisfy((_, times) -> assertThat(times).isLessThanOrEqualTo(2));
    assertThat(byName(writes.on("secrets"))).hasSize(Readers.ALL).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(writes.that(event -> event.code() >= 300).summary()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void given_a_fault_when_it_is_over_then_its_begin_and_end_were_told_once_on_the_store(Fault fault) {
    Outage outage = outages.get(fault);

    assertThat(outage.storeEvents)
        .containsExactlyInAnyOrderElementsOf(fault.reason().map(reason -> List.of(reason, "IncidentOver")).orElse(List.of()));
    assertThat(outage.objectEvents).as("of the first few, who did not fail with many").hasSizeLessThan(MANY);
  }

  @Test
  void given_a_region_that_does_not_serve_when_another_stands_in_then_newer_values_come_and_older_ones_do_not() {
    assertThat(region.unserved).isEmpty();
    assertThat(region.touched).isEmpty();
    assertThat(region.told).isEmpty();
  }

  /** The region is left alone for half a minute after each try. */
  @Test
  void given_a_region_that_does_not_serve_when_another_stands_in_then_it_is_hardly_asked_and_the_other_no_more_than_usual() {
    long seconds = region.lasted.toSeconds();

    assertThat(Outage.reads(region.callsAtHome)).hasSizeLessThanOrEqualTo((int) (3 * (2 * BATCHES + seconds / 30)));
    assertThat(Outage.reads(region.callsElsewhere)).hasSizeLessThanOrEqualTo((int) (2 * (BATCHES + 1) * (2 + seconds / 8)));
  }

  @Test
  void given_a_region_that_serves_again_when_half_a_minute_has_passed_then_what_was_missed_is_read_there_in_batches() {
    assertThat(region.lost).isEmpty();
    assertThat(Outage.reads(region.callsAfter)).hasSizeLessThanOrEqualTo((int) (2 * BATCHES * (2 + region.recovery.toSeconds() / 8)));
    assertThat(byName(region.writes.on("externalsecrets/status"))).allSatisfy((_, times) -> assertThat(times).isLessThanOrEqualTo(2));
  }

  @Test
  void given_all_faults_when_they_are_over_then_the_operator_has_said_nothing_of_a_value_or_a_key() {
    Canaries canaries = new Canaries(List.of(Readers.CANARY));

    assertThat(canaries.in(rig.operator.log())).isEmpty();
    assertThat(canaries.in("metrics", rig.operator.metrics())).isEmpty();
    assertThat(rig.operator.output()).doesNotContain(rig.aws.secretAccessKey());
  }

  private static Map<String, Long> byName(AuditEvents events) {
    return events.events().stream().collect(Collectors.groupingBy(AuditEvent::name, Collectors.counting()));
  }
}
