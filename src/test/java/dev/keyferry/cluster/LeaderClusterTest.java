package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.config.Setting;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two replicas that contend for the lease, with the durations that are the defaults, under the shipped role. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaderClusterTest {

  private static final int TERMINATED = 143;
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration RETRY = Duration.ofSeconds(2);
  private static final Duration RENEW = Duration.ofSeconds(10);
  /* For a machine that is busy with other things. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private final Cluster cluster;
  private Rig rig;
  private OperatorProcess leader;
  private OperatorProcess standby;

  LeaderClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void prepare() {
    rig = Rig.prepare(cluster, setup -> setup);
  }

  @BeforeEach
  void startBoth() {
    cluster.kubectl("delete", "lease", "keyferry", "-n", "keyferry-system", "--ignore-not-found").orFail();
    leader = replica("first");
    soon().until(() -> leads(leader));
    standby = replica("second");
  }

  @AfterEach
  void stopBoth() {
    leader.close();
    standby.close();
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  @Test
  void given_two_replicas_when_a_version_moves_then_one_of_them_does_the_work_once() {
    Workload user = synced("both");
    long mark = cluster.audit().mark();
    rig.aws.rotate("test/both", json("second"));
    user.awaitRolls(1);
    assertThat(writes(mark, "secrets")).isEqualTo(1);
    assertThat(leads(standby)).isFalse();
    assertThat(standby.metrics()).doesNotContain("keyferry_sync_total{");
    assertThat(holder()).startsWith("first_");
  }

  @Test
  void given_a_leader_that_is_terminated_when_it_ends_then_the_other_leads_at_once_and_a_rotation_restarts_once() {
    Workload user = synced("terminated");
    long began = System.nanoTime();
    int exit = leader.terminate();
    Duration ended = Duration.ofNanos(System.nanoTime() - began);
    String after = holder();
    rig.aws.rotate("test/terminated", json("second"));
    assertThat(exit).isEqualTo(TERMINATED);
    assertThat(ended).isLessThan(LEASE);
    assertThat(after == null || after.startsWith("second_")).as("holder is %s", after).isTrue();
    await().atMost(RETRY.multipliedBy(2).plus(SLACK)).until(() -> leads(standby));
    assertThat(holder()).startsWith("second_");
    user.awaitRolls(1);
    rig.awaitReads("test/terminated", 2);
    assertThat(user.rolls()).isEqualTo(1);
  }

  @Test
  void given_a_leader_that_is_killed_when_its_lease_runs_out_then_the_other_leads_and_a_rotation_restarts_once() {
    Workload user = synced("killed");
    leader.kill9();
    rig.aws.rotate("test/killed", json("second"));
    await().atMost(LEASE.plus(RETRY).plus(SLACK)).until(() -> leads(standby));
    user.awaitRolls(1);
    rig.awaitReads("test/killed", 2);
    assertThat(user.rolls()).isEqualTo(1);
  }

  @Test
  void given_a_standby_that_is_terminated_when_it_ends_then_the_leader_goes_on() {
    Workload user = synced("alone");
    String before = holder();
    assertThat(standby.terminate()).isEqualTo(TERMINATED);
    rig.aws.rotate("test/alone", json("second"));
    user.awaitRolls(1);
    assertThat(leads(leader)).isTrue();
    assertThat(holder()).isEqualTo(before);
  }

  @Test
  void given_a_leader_that_may_not_renew_when_the_deadline_is_over_then_it_ends_with_an_error() {
    cluster.kubectl("delete", "rolebinding", "keyferry", "-n", "keyferry-system").orFail();
    try {
      long began = System.nanoTime();
      int exit = leader.awaitEnd();
      assertThat(exit).isEqualTo(1);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(RENEW.plus(RETRY).plus(SLACK).plus(SLACK));
      assertThat(leader.output()).contains("the lease is lost; this replica ends");
    } finally {
      cluster.installOperator();
    }
    soon().until(() -> leads(standby));
  }

  @Test
  void given_a_read_under_way_when_the_leader_is_terminated_then_it_ends_in_time() throws InterruptedException {
    rig.aws.createSecret("test/held", json("first"));
    var gate = rig.aws.hold("GetSecretValue");
    // A label is asked for singly, whatever other sources are due.
    rig.ask("held", "data: [{secretKey: password, remoteRef: {key: test/held, version: labelled}}]");
    gate.awaitArrivals(1, Duration.ofSeconds(40));
    long began = System.nanoTime();
    int exit = leader.terminate();
    Duration ended = Duration.ofNanos(System.nanoTime() - began);
    rig.aws.clearFaults();
    assertThat(exit).isEqualTo(TERMINATED);
    assertThat(ended).isLessThan(Duration.ofSeconds(15));
    soon().until(() -> leads(standby));
  }

  private OperatorProcess replica(String name) {
    return rig.setup().set(Setting.LEADER_ELECTION, "true").env("HOSTNAME", name).start().awaitReady();
  }

  private static boolean leads(OperatorProcess replica) {
    return replica.metrics().lines().anyMatch(line -> line.startsWith("keyferry_leader ") && line.endsWith(" 1.0"));
  }

  private String holder() {
    Lease lease = cluster.adminClient().leases().inNamespace("keyferry-system").withName("keyferry").get();
    return lease.getSpec().getHolderIdentity();
  }

  private int writes(long mark, String resource) {
    return cluster.audit().since(mark).byOperator().in(rig.namespace).on(resource).writes().count();
  }

  /** An ExternalSecret, its Secret, and a Deployment that is known to use it; all of one name. */
  private Workload synced(String name) {
    rig.aws.createSecret("test/" + name, json("first"));
    rig.extract(name, "test/" + name);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
    return Workload.apply(rig, "Deployment", name, "true", envFrom(name)).awaitAdopted(name);
  }

  private static String json(String password) {
    return "{\"password\":\"%s\"}".formatted(password);
  }
}
