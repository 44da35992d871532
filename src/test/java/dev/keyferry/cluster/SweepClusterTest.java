package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.AwsCall;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** 60 ExternalSecrets over as many secrets that their identity may list: a sweep says what changed, and only that is read. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SweepClusterTest {

  private static final int SOURCES = 60;
  private static final int ROUNDS = 4;

  private final Rig rig;

  SweepClusterTest(Cluster cluster) {
    this.rig = Rig.prepare(cluster, setup -> setup);
  }

  @BeforeAll
  void start() {
    IntStream.range(0, SOURCES).forEach(number -> rig.aws.createSecret(name(number), "{\"value\":\"one\"}"));
    rig.apply(IntStream.range(0, SOURCES).mapToObj(this::externalSecret).collect(Collectors.joining("---\n")));
    rig.startOperator();
    IntStream.range(0, SOURCES).forEach(number -> rig.awaitSynced(name(number)));
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  private static String name(int number) {
    return "sweep-%02d".formatted(number);
  }

  private String externalSecret(int number) {
    return """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: %s}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          refreshInterval: 5s
          dataFrom: [{extract: {key: %s}}]
        """
        .formatted(name(number), rig.store(), name(number));
  }

  private String detection() {
    return rig.field("clustersecretstore/" + rig.store(), "{.status.changeDetection.mode}");
  }

  private void awaitSweep() {
    soon().untilAsserted(() -> assertThat(detection()).isEqualTo("Sweep"));
    awaitPasses(2);
  }

  /** Waits for that many passes more, the first of which covers everything. */
  private void awaitPasses(int more) {
    int before = rig.aws.count("ListSecrets");
    soon().until(() -> rig.aws.count("ListSecrets") >= before + more);
  }

  private List<AwsCall> reads() {
    return rig.aws.calls().stream().filter(call -> call.operation().contains("GetSecretValue")).toList();
  }

  @Test
  @Order(1)
  void given_nothing_that_changes_when_rounds_pass_then_the_store_shows_the_sweep_and_nothing_is_read_or_written() {
    awaitSweep();
    rig.aws.resetCounts();
    long mark = rig.cluster.audit().mark();

    awaitPasses(ROUNDS);

    assertThat(reads()).isEmpty();
    assertThat(rig.aws.calls()).extracting(AwsCall::operation).containsOnly("ListSecrets");
    assertThat(rig.cluster.audit().since(mark).byOperator().writes().withoutLeases().summary()).isEmpty();
    assertThat(rig.field("clustersecretstore/" + rig.store(), "{.status.changeDetection.message}"))
        .isEqualTo("No permission would make it cheaper; a queue of events would tell of changes within seconds.");
  }

  @Test
  @Order(2)
  void given_a_secret_that_is_rotated_when_a_sweep_has_passed_then_its_secret_follows_and_it_alone_was_read() {
    awaitSweep();
    rig.aws.resetCounts();

    rig.aws.rotate(name(7), "{\"value\":\"two\"}");
    soon().untilAsserted(() -> assertThat(rig.value(name(7), "value")).isEqualTo("two"));

    assertThat(reads()).isNotEmpty().allSatisfy(call -> assertThat(call.ids()).containsExactly(name(7)));
    assertThat(rig.aws.count("ListSecrets")).isPositive();
  }

  @Test
  @Order(3)
  void given_a_target_that_somebody_changed_when_it_is_repaired_then_its_source_is_read_and_no_other() {
    awaitSweep();
    rig.aws.resetCounts();

    rig.patchSecret(name(8), "{\"stringData\":{\"value\":\"other\"}}");
    soon().untilAsserted(() -> assertThat(rig.value(name(8), "value")).isEqualTo("one"));

    assertThat(reads()).allSatisfy(call -> assertThat(call.ids()).containsExactly(name(8)));
  }

  /** The last one: a denial is remembered for an hour. */
  @Test
  @Order(4)
  void given_a_list_that_is_denied_when_it_is_asked_for_then_sources_are_read_and_the_store_names_the_right() {
    awaitSweep();
    rig.aws.deny("tester", "secretsmanager:ListSecrets", "*");

    soon().untilAsserted(() -> assertThat(detection()).isEqualTo("BatchedReads"));
    rig.aws.rotate(name(9), "{\"value\":\"two\"}");
    soon().untilAsserted(() -> assertThat(rig.value(name(9), "value")).isEqualTo("two"));

    assertThat(rig.field("clustersecretstore/" + rig.store(), "{.status.changeDetection.message}"))
        .contains("secretsmanager:ListSecrets on Resource \"*\"");
  }
}
