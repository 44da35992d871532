package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.Gate;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The operator is killed at each step from AWS to the pods, and started again: the Secret is right and the workload has rolled once. It is
 * held at a step by an admission policy that refuses the step after it for objects with a label, or by AWS.
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashClusterTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String READS = "BatchGetSecretValue";

  private static final String FORGET =
      """
      {"metadata": {"annotations":
        {"keyferry.dev/observed-tokens": null, "keyferry.dev/restarted-at": null, "keyferry.dev/restart-verified": null}}}
      """;

  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: hold-%1$s}
      spec:
        failurePolicy: Fail
        matchConstraints:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
          resourceRules:
            - {apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [secrets]}
            - {apiGroups: [apps], apiVersions: [v1], operations: [UPDATE], resources: [deployments]}
        matchConditions:
          - {name: operator, expression: "request.userInfo.username == '%2$s'"}
          - {name: labelled, expression: "has(oldObject.metadata.labels) && 'hold' in oldObject.metadata.labels"}
        validations:
          - {expression: "oldObject.metadata.labels['hold'] != 'write' || object.data == oldObject.data", message: held}
          - {expression: "oldObject.metadata.labels['hold'] != 'roll' || object.spec.template == oldObject.spec.template", message: held}
          - expression: "oldObject.metadata.labels['hold'] != 'record' || object.metadata.?annotations == oldObject.metadata.?annotations"
            message: held
          - expression: "oldObject.metadata.labels['hold'] != 'verify' || object.metadata.?annotations[?'keyferry.dev/restart-verified']
              == oldObject.metadata.?annotations[?'keyferry.dev/restart-verified']"
            message: held
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: hold-%1$s}
      spec: {policyName: hold-%1$s, validationActions: [Deny]}
      """;

  private final Cluster cluster;
  private Rig rig;

  CrashClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster);
    rig.apply(POLICY.formatted(rig.namespace, Cluster.OPERATOR));
    awaitPolicy();
  }

  @AfterAll
  void stop() {
    rig.close();
    cluster.kubectl("delete", "validatingadmissionpolicy,validatingadmissionpolicybinding", "hold-" + rig.namespace);
  }

  @Test
  void given_a_kill_while_aws_is_read_when_back_then_it_rolls_once() throws InterruptedException {
    Workload user = synced("reading");
    Gate gate = rig.aws.hold(READS);
    gate.awaitArrivals(1, PATIENCE);
    rig.operator.kill9();
    rig.aws.rotate("test/reading", json("second"));
    rig.aws.clearFaults();
    rig.startOperator();
    rolledOnce(user);
  }

  @Test
  void given_a_kill_after_aws_was_read_when_back_then_it_rolls_once() {
    Workload user = synced("read");
    hold("secret/read", "write");
    long mark = cluster.audit().mark();
    rig.aws.rotate("test/read", json("second"));
    soon().until(() -> refusedWrites(mark, "read") > 0);
    assertThat(user.rolls()).isZero();
    killed("secret/read");
    rolledOnce(user);
  }

  @Test
  void given_a_kill_after_the_secret_was_written_when_back_then_it_rolls_once() {
    Workload user = synced("written");
    hold("deployment/written", "roll");
    rig.aws.rotate("test/written", json("second"));
    soon().until(() -> user.refusedRolls() > 0);
    assertThat(rig.value("written", "password")).isEqualTo("second");
    killed("deployment/written");
    rolledOnce(user);
  }

  @Test
  void given_a_kill_after_the_roll_when_back_then_it_does_not_roll_again() {
    Workload user = synced("rolled");
    hold("deployment/rolled", "verify");
    rig.aws.rotate("test/rolled", json("second"));
    soon().until(() -> user.refusedRecords() > 0);
    assertThat(user.observed()).isEqualTo(user.tokens());
    killed("deployment/rolled");
    rolledOnce(user);
  }

  @Test
  void given_a_kill_after_everything_when_back_then_it_does_not_roll_again() {
    Workload user = synced("done");
    rig.aws.rotate("test/done", json("second"));
    user.awaitRolls(1);
    rig.operator.kill9();
    rig.startOperator();
    rolledOnce(user);
  }

  @Test
  void given_a_rotation_while_the_operator_is_down_when_back_then_it_rolls_once() {
    Workload user = synced("down");
    rig.operator.kill9();
    rig.aws.rotate("test/down", json("second"));
    rig.startOperator();
    rolledOnce(user);
  }

  @Test
  void given_two_rotations_while_the_operator_is_down_when_back_then_it_rolls_once() {
    Workload user = synced("twice");
    rig.operator.kill9();
    rig.aws.rotate("test/twice", json("passing"));
    rig.aws.rotate("test/twice", json("second"));
    rig.startOperator();
    rolledOnce(user);
  }

  @Test
  void given_a_kill_before_a_workload_was_recorded_when_back_then_it_does_not_roll() {
    rig.aws.createSecret("test/new", json("first"));
    Workload user = Workload.apply(rig, "Deployment", "new", "true", envFrom("new"));
    hold("deployment/new", "record");
    externalSecret("new");
    soon().until(() -> user.refusedRecords() > 0);
    killed("deployment/new");
    user.awaitAdopted("new");
    assertThat(user.rolls()).isZero();
    rig.aws.rotate("test/new", json("second"));
    rolledOnce(user);
  }

  @Test
  void given_a_restored_workload_whose_template_still_tells_when_the_operator_is_back_then_it_does_not_roll() {
    Workload user = synced("restored");
    rig.aws.rotate("test/restored", json("second"));
    user.awaitRolls(1);
    rig.operator.kill9();
    user.merge(FORGET);
    rig.startOperator();
    user.awaitAdopted("restored");
    rolledOnce(user);
    assertThat(user.observed()).isEqualTo(user.tokens());
  }

  @Test
  void given_a_restored_workload_that_tells_nothing_when_the_operator_is_back_then_it_is_adopted_and_does_not_roll() {
    Workload user = synced("blank");
    rig.aws.rotate("test/blank", json("second"));
    user.awaitRolls(1);
    rig.operator.kill9();
    user.merge(FORGET);
    user.merge("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":null}}}}");
    rig.startOperator();
    user.awaitAdopted("blank");
    rig.awaitReads("test/blank", 2);
    assertThat(user.rolls()).isEqualTo(1);
    rig.aws.rotate("test/blank", json("third"));
    user.awaitRolls(2);
  }

  /** An ExternalSecret, its Secret, and a Deployment that is known to use it; all of one name. */
  private Workload synced(String name) {
    rig.aws.createSecret("test/" + name, json("first"));
    externalSecret(name);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
    return Workload.apply(rig, "Deployment", name, "true", envFrom(name)).awaitAdopted(name);
  }

  private void externalSecret(String name) {
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: %s}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          refreshInterval: 1s
          dataFrom: [{extract: {key: test/%s}}]
        """
            .formatted(name, rig.store(), name));
  }

  /** Kills the operator, frees what it was held by, and starts it again. */
  private void killed(String held) {
    rig.operator.kill9();
    cluster.kubectl("label", held, "-n", rig.namespace, "hold-").orFail();
    rig.startOperator();
  }

  private void hold(String object, String step) {
    cluster.kubectl("label", object, "-n", rig.namespace, "hold=" + step).orFail();
  }

  /** The Secret is right, the workload has rolled once, and does not again when its source is looked at again. */
  private void rolledOnce(Workload user) {
    soon().untilAsserted(() -> assertThat(rig.value(user.name(), "password")).isEqualTo("second"));
    user.awaitRolls(1);
    rig.awaitReads("test/" + user.name(), 2);
    assertThat(user.rolls()).isEqualTo(1);
    assertThat(rig.ready(user.name())).isEqualTo("True/SecretSynced");
  }

  private int refusedWrites(long mark, String secret) {
    return cluster
        .audit()
        .since(mark)
        .byOperator()
        .in(rig.namespace)
        .verb("patch")
        .on("secrets")
        .that(event -> event.name().equals(secret) && event.code() >= 400)
        .count();
  }

  /** A policy takes hold some moments after it was applied. */
  private void awaitPolicy() {
    cluster.kubectl("create", "secret", "generic", "probe", "-n", rig.namespace, "--from-literal=a=b").orFail();
    hold("secret/probe", "write");
    soon()
        .until(
            () ->
                cluster
                    .kubectl(
                        "patch", "secret", "probe", "-n", rig.namespace, "--type=merge", "-p", "{\"data\":{\"a\":\"Yw==\"}}",
                        "--dry-run=server", "--as", Cluster.OPERATOR)
                    .errors()
                    .contains("held"));
  }

  private static String json(String password) {
    return "{\"password\":\"%s\"}".formatted(password);
  }
}
