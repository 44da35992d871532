package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.config.Setting;
import dev.keyferry.status.Conditions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What becomes of a rotation that is late, in an ExternalSecret's condition. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RotationClusterTest {

  private static final String LAMBDA = "arn:aws:lambda:eu-central-1:123456789012:function:rotate-db";

  private final Cluster cluster;
  private Rig rig;

  RotationClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster, setup -> setup.set(Setting.ROTATION_INTERVAL, "2s"));
  }

  @AfterEach
  void heal() {
    rig.aws.clearPolicies("tester");
    cluster.kubectl("delete", "externalsecret", "--all", "-n", rig.namespace).orFail();
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  private void synced(String name) {
    rig.aws.createSecret(name, "{\"a\":\"good\"}");
    rig.extract(name, name);
    rig.awaitSynced(name);
  }

  private String rotation(String name) {
    ExternalSecretStatus status = rig.status(name);
    return status == null
        ? ""
        : Conditions.find(status.conditions(), "RotationHealthy").map(c -> c.status() + "/" + c.reason()).orElse("none");
  }

  private void awaitRotation(String name, String expected) {
    soon().untilAsserted(() -> assertThat(rotation(name)).isEqualTo(expected));
  }

  @Test
  void given_a_rotation_that_did_not_happen_when_it_does_then_the_condition_said_so_and_follows() {
    rig.aws.createSecret("late", "{\"a\":\"good\"}");
    rig.aws.secrets().rotatedBy("late", LAMBDA, Instant.now().minus(Duration.ofHours(2)));
    rig.extract("late", "late");

    awaitRotation("late", "False/RotationOverdue");
    StatusCondition condition = Conditions.find(rig.status("late").conditions(), "RotationHealthy").orElseThrow();
    assertThat(condition.message()).contains("Rotation of late was due by ", LAMBDA, "/aws/lambda/rotate-db in eu-central-1");
    assertThat(rig.ready("late")).isEqualTo("True/SecretSynced");
    soon().untilAsserted(() -> assertThat(rig.events("late")).anyMatch(event -> event.startsWith("Warning RotationOverdue: ")));
    soon().untilAsserted(() -> assertThat(rig.operator.metrics()).contains("keyferry_rotation_overdue 1.0"));

    rig.aws.secrets().rotatedBy("late", LAMBDA, Instant.now().plus(Duration.ofDays(30)));

    awaitRotation("late", "True/RotatedInTime");
    soon().untilAsserted(() -> assertThat(rig.events("late")).anyMatch(event -> event.startsWith("Normal RotatedInTime: ")));
  }

  @Test
  void given_a_rotation_in_time_when_it_is_looked_at_again_then_nothing_is_written() {
    rig.aws.createSecret("timely", "{\"a\":\"good\"}");
    rig.aws.secrets().rotatedBy("timely", LAMBDA, Instant.now().plus(Duration.ofDays(30)));
    rig.extract("timely", "timely");
    awaitRotation("timely", "True/RotatedInTime");
    long mark = cluster.audit().mark();
    int looks = rig.aws.count("DescribeSecret");

    soon().until(() -> rig.aws.count("DescribeSecret") >= looks + 2);

    assertThat(rig.writesTo(mark, "timely").summary()).isEmpty();
  }

  @Test
  void given_a_secret_that_is_not_rotated_or_may_not_be_described_when_looked_at_then_there_is_no_condition() {
    synced("plain");
    int looks = rig.aws.count("DescribeSecret");
    soon().until(() -> rig.aws.count("DescribeSecret") > looks);
    assertThat(rotation("plain")).isEqualTo("none");

    rig.aws.deny("tester", "secretsmanager:DescribeSecret", "*");
    rig.aws.createSecret("closed", "{\"a\":\"good\"}");
    rig.aws.secrets().rotatedBy("closed", LAMBDA, Instant.now().minus(Duration.ofHours(2)));
    rig.extract("closed", "closed");
    rig.awaitSynced("closed");
    int denied = rig.aws.count("DescribeSecret");
    soon().until(() -> rig.aws.count("DescribeSecret") > denied);

    rig.awaitReads("closed", 2);
    assertThat(rotation("closed")).isEqualTo("none");
  }
}
