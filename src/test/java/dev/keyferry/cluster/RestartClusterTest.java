package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Which workloads roll, when, and how often, under the shipped role. That something causes no restart is shown by a rotation after it: the
 * workload has rolled once in all.
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartClusterTest {

  private static final String ENV =
      """
      containers:
        - name: app
          image: none.test/app
          env: [{name: PASSWORD, valueFrom: {secretKeyRef: {name: %s, key: password, optional: true}}}]
      """;

  private static final String VOLUME =
      """
      containers: [{name: app, image: none.test/app}]
      volumes: [{name: secret, secret: {secretName: %s}}]
      """;

  private static final String PROJECTED =
      """
      containers: [{name: app, image: none.test/app}]
      volumes: [{name: all, projected: {sources: [{configMap: {name: none, optional: true}}, {secret: {name: %s}}]}}]
      """;

  private static final String INIT =
      """
      containers: [{name: app, image: none.test/app}]
      initContainers: [{name: first, image: none.test/app, envFrom: [{secretRef: {name: %s}}]}]
      """;

  private static final String PULL =
      """
      containers: [{name: app, image: none.test/app}]
      imagePullSecrets: [{name: %s}]
      """;

  private final Cluster cluster;
  private Rig rig;

  RestartClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster);
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  @Test
  void given_annotated_workloads_of_each_kind_and_reference_when_the_version_moves_then_each_rolls_once() {
    synced("kinds");
    List<Workload> users =
        List.of(
            workload("Deployment", "kinds-env", "true", ENV.formatted("kinds")),
            workload("StatefulSet", "kinds-env-from", "true", envFrom("kinds")),
            workload("DaemonSet", "kinds-volume", "true", VOLUME.formatted("kinds")),
            workload("Deployment", "kinds-projected", "true", PROJECTED.formatted("kinds")),
            workload("StatefulSet", "kinds-init", "true", INIT.formatted("kinds")),
            workload("DaemonSet", "kinds-named", "other, kinds", envFrom("kinds")));
    users.forEach(user -> user.awaitAdopted("kinds"));
    rotate("kinds");
    users.forEach(user -> user.awaitRolls(1));
    refreshed("kinds", 2);
    assertThat(users).allSatisfy(user -> assertThat(user.rolls()).isEqualTo(1));
  }

  @Test
  void given_workloads_that_do_not_ask_for_it_when_the_version_moves_then_they_do_not_roll() {
    synced("unasked");
    List<Workload> others =
        List.of(
            workload("Deployment", "unasked-plain", null, envFrom("unasked")),
            workload("StatefulSet", "unasked-false", "false", envFrom("unasked")),
            workload("DaemonSet", "unasked-list", "other,another", envFrom("unasked")),
            workload("Deployment", "unasked-pull", "true", PULL.formatted("unasked")),
            workload("Deployment", "unasked-invalid", "yes please", envFrom("unasked")));
    Workload user = user("unasked");
    rotate("unasked");
    user.awaitRolls(1);
    refreshed("unasked", 2);
    assertThat(others).allSatisfy(other -> assertThat(other.rolls()).isZero());
    assertThat(others).allSatisfy(other -> assertThat(other.tokens()).isNull());
  }

  @Test
  void given_a_workload_that_is_there_before_its_secret_when_the_secret_appears_then_it_does_not_roll() {
    Workload user = workload("Deployment", "before", "true", envFrom("before"));
    synced("before");
    user.awaitAdopted("before");
    rollsOnceWhenRotated(user, "before");
  }

  @Test
  void given_no_change_when_the_operator_starts_three_times_then_nothing_rolls() {
    synced("starts");
    Workload user = user("starts");
    for (int i = 0; i < 3; i++) {
      rig.operator.kill9();
      rig.startOperator();
      refreshed("starts", 1);
    }
    assertThat(user.records()).isEqualTo(1);
    rollsOnceWhenRotated(user, "starts");
  }

  @Test
  void given_a_rotation_that_was_served_when_the_operator_starts_again_then_nothing_rolls_again() {
    synced("served");
    Workload user = user("served");
    rotate("served");
    user.awaitRolls(1);
    rig.operator.kill9();
    rig.startOperator();
    refreshed("served", 2);
    assertThat(user.rolls()).isEqualTo(1);
  }

  @Test
  void given_a_key_more_in_the_spec_when_it_is_synced_then_nothing_rolls() {
    rig.aws.createSecret("test/more-too", "{\"token\":\"first\"}");
    synced("more");
    Workload user = user("more");
    externalSecret("more", "dataFrom: [{extract: {key: test/more}}, {extract: {key: test/more-too}}]");
    soon().untilAsserted(() -> assertThat(rig.value("more", "token")).isEqualTo("first"));
    rollsOnceWhenRotated(user, "more");
  }

  @Test
  void given_a_key_less_in_the_spec_when_it_is_synced_then_nothing_rolls() {
    rig.aws.createSecret("test/less-too", "{\"token\":\"first\"}");
    rig.aws.createSecret("test/less", json("first"));
    externalSecret("less", "dataFrom: [{extract: {key: test/less}}, {extract: {key: test/less-too}}]");
    soon().untilAsserted(() -> assertThat(rig.value("less", "token")).isEqualTo("first"));
    Workload user = user("less");
    externalSecret("less", "dataFrom: [{extract: {key: test/less}}]");
    soon().untilAsserted(() -> assertThat(rig.value("less", "token")).isNull());
    rollsOnceWhenRotated(user, "less");
  }

  @Test
  void given_another_property_in_the_spec_when_it_is_synced_then_nothing_rolls() {
    rig.aws.createSecret("test/property", json("first"));
    externalSecret("property", "data: [{secretKey: it, remoteRef: {key: test/property, property: password}}]");
    soon().untilAsserted(() -> assertThat(rig.value("property", "it")).isEqualTo("first"));
    Workload user = user("property");
    externalSecret("property", "data: [{secretKey: it, remoteRef: {key: test/property, property: user}}]");
    soon().untilAsserted(() -> assertThat(rig.value("property", "it")).isEqualTo("user of first"));
    rollsOnceWhenRotated(user, "property");
  }

  @Test
  void given_another_pinned_version_in_the_spec_when_it_is_synced_then_nothing_rolls() {
    rig.aws.createSecret("test/pinned-other", json("one"));
    String first = rig.aws.secrets().currentVersion("test/pinned-other");
    rig.aws.rotate("test/pinned-other", json("two"));
    String second = rig.aws.secrets().currentVersion("test/pinned-other");
    rig.aws.createSecret("test/pinned", json("first"));
    externalSecret("pinned", pinned(first));
    soon().untilAsserted(() -> assertThat(rig.value("pinned", "other")).isEqualTo("one"));
    Workload user = user("pinned");
    externalSecret("pinned", pinned(second));
    soon().untilAsserted(() -> assertThat(rig.value("pinned", "other")).isEqualTo("two"));
    rollsOnceWhenRotated(user, "pinned");
  }

  @Test
  void given_another_label_and_annotation_on_the_secret_when_seen_then_nothing_rolls() {
    synced("labelled");
    Workload user = user("labelled");
    cluster.kubectl("label", "secret", "labelled", "-n", rig.namespace, "team=shop").orFail();
    cluster.kubectl("annotate", "secret", "labelled", "-n", rig.namespace, "note=seen").orFail();
    refreshed("labelled", 1);
    rollsOnceWhenRotated(user, "labelled");
  }

  @Test
  void given_a_secret_that_was_tampered_with_when_it_is_repaired_then_nothing_rolls() {
    synced("repaired");
    Workload user = user("repaired");
    String foreign = "{\"data\":{\"password\":\"Zm9v\"}}";
    cluster.kubectl("patch", "secret", "repaired", "-n", rig.namespace, "--type=merge", "-p", foreign).orFail();
    soon().untilAsserted(() -> assertThat(rig.value("repaired", "password")).isEqualTo("first"));
    rollsOnceWhenRotated(user, "repaired");
  }

  @Test
  void given_a_secret_that_was_deleted_when_it_is_made_again_then_nothing_rolls() {
    synced("recreated");
    Workload user = user("recreated");
    rotate("recreated");
    user.awaitRolls(1);
    String uid = rig.secret("recreated").getMetadata().getUid();
    cluster.kubectl("delete", "secret", "recreated", "-n", rig.namespace).orFail();
    soon().untilAsserted(() -> assertThat(rig.secret("recreated")).isNotNull());
    assertThat(rig.secret("recreated").getMetadata().getUid()).isNotEqualTo(uid);
    refreshed("recreated", 1);
    assertThat(user.rolls()).isEqualTo(1);
    rig.aws.rotate("test/recreated", json("third"));
    user.awaitRolls(2);
  }

  @Test
  void given_a_pending_version_when_it_waits_then_nothing_rolls_until_it_is_promoted() {
    synced("pending");
    Workload user = user("pending");
    rig.aws.putPending("test/pending", json("second"));
    refreshed("pending", 2);
    assertThat(user.rolls()).isZero();
    rig.aws.promotePending("test/pending");
    soon().untilAsserted(() -> assertThat(rig.value("pending", "password")).isEqualTo("second"));
    user.awaitRolls(1);
  }

  @Test
  void given_a_workload_with_two_secrets_when_both_versions_move_then_its_template_has_both_tokens() {
    synced("pair-one");
    synced("pair-two");
    Workload user =
        workload(
            "Deployment",
            "pair",
            "true",
            "containers: [{name: app, image: none.test/app, envFrom: [{secretRef: {name: pair-one}}, {secretRef: {name: pair-two}}]}]");
    user.awaitAdopted("pair-one").awaitAdopted("pair-two");
    Map<String, String> before = Workload.parsed(user.observed());
    rig.aws.rotate("test/pair-one", json("second"));
    rig.aws.rotate("test/pair-two", json("second"));
    soon()
        .untilAsserted(
            () ->
                assertThat(Workload.parsed(user.tokens()))
                    .containsOnlyKeys("pair-one", "pair-two")
                    .doesNotContainEntry("pair-one", before.get("pair-one"))
                    .doesNotContainEntry("pair-two", before.get("pair-two")));
    refreshed("pair-two", 2);
    assertThat(user.rolls()).isBetween(1, 2);
    assertThat(user.observed()).isEqualTo(user.tokens());
  }

  @Test
  void given_a_workload_that_begins_to_use_another_secret_when_seen_then_it_does_not_roll() {
    synced("joined");
    synced("joined-later");
    rotate("joined-later");
    Workload user = user("joined");
    user.merge("{\"spec\":{\"template\":{\"spec\":{\"volumes\":[{\"name\":\"it\",\"secret\":{\"secretName\":\"joined-later\"}}]}}}}");
    user.awaitAdopted("joined-later");
    rollsOnceWhenRotated(user, "joined");
    rig.aws.rotate("test/joined-later", json("third"));
    user.awaitRolls(2);
  }

  @Test
  void given_others_that_write_all_the_time_when_the_version_moves_then_it_rolls_once() throws InterruptedException {
    synced("busy");
    Workload user = user("busy");
    AtomicBoolean done = new AtomicBoolean();
    Thread others =
        Thread.startVirtualThread(
            () -> {
              for (int i = 0; !done.get(); i++) {
                user.merge("{\"metadata\":{\"labels\":{\"round\":\"%d\"}}}".formatted(i));
                touch("busy", i);
              }
            });
    rotate("busy");
    user.awaitRolls(1);
    refreshed("busy", 2);
    done.set(true);
    others.join();
    assertThat(user.rolls()).isEqualTo(1);
  }

  @Test
  void given_a_restart_that_was_reverted_when_seen_then_it_is_not_made_again() {
    synced("reverted");
    Workload user = user("reverted");
    rotate("reverted");
    user.awaitRolls(1);
    user.merge("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":null}}}}");
    assertThat(user.tokens()).isNull();
    refreshed("reverted", 2);
    assertThat(user.rolls()).isEqualTo(1);
    rig.aws.rotate("test/reverted", json("third"));
    user.awaitRolls(2);
  }

  @Test
  void given_fields_of_others_when_a_workload_rolls_then_they_stay() {
    synced("others");
    Workload user = user("others");
    user.merge(
        """
        {"metadata": {"labels": {"team": "shop"}},
         "spec": {"replicas": 7, "template": {"metadata": {"annotations": {"prometheus.io/scrape": "true"}}}}}
        """);
    rotate("others");
    user.awaitRolls(1);
    assertThat(user.template("prometheus.io/scrape")).isEqualTo("true");
    assertThat(user.get().<Integer>get("spec", "replicas")).isEqualTo(7);
    assertThat(user.get().getMetadata().getLabels()).isEqualTo(Map.of("team", "shop"));
    assertThat(user.get().getMetadata().getManagedFields())
        .filteredOn(entry -> entry.getManager().startsWith("keyferry.dev/"))
        .allSatisfy(entry -> assertThat(entry.getFieldsV1().toString()).doesNotContain("f:replicas", "f:labels", "scrape"));
  }

  @Test
  void given_a_paused_deployment_when_the_version_moves_then_it_rolls_once_it_is_resumed() {
    synced("paused");
    Workload user = user("paused");
    user.merge("{\"spec\":{\"paused\":true}}");
    rotate("paused");
    soon().untilAsserted(() -> assertThat(events("paused")).contains("SecretRestartDeferred"));
    assertThat(user.rolls()).isZero();
    user.merge("{\"spec\":{\"paused\":false}}");
    user.awaitRolls(1);
    assertThat(user.get().<Boolean>get("spec", "paused")).isNotEqualTo(true);
  }

  @Test
  void given_no_replicas_when_the_version_moves_then_it_is_recorded_and_nothing_rolls() {
    synced("scaled");
    Workload user = user("scaled");
    user.merge("{\"spec\":{\"replicas\":0}}");
    String before = user.observed();
    rotate("scaled");
    soon().untilAsserted(() -> assertThat(user.observed()).isNotEqualTo(before));
    user.merge("{\"spec\":{\"replicas\":2}}");
    refreshed("scaled", 2);
    assertThat(user.rolls()).isZero();
  }

  private void rollsOnceWhenRotated(Workload user, String name) {
    assertThat(user.rolls()).isZero();
    rotate(name);
    user.awaitRolls(1);
  }

  /** An ExternalSecret of a source of its own, synced for the first time. */
  private void synced(String name) {
    rig.aws.createSecret("test/" + name, json("first"));
    externalSecret(name, "dataFrom: [{extract: {key: test/%s}}]".formatted(name));
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
  }

  private void externalSecret(String name, String refs) {
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: %s}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          refreshInterval: 1s
          %s
        """
            .formatted(name, rig.store(), refs));
  }

  /** A Deployment of that name that takes its environment from that Secret, and is known to. */
  private Workload user(String name) {
    return workload("Deployment", name, "true", envFrom(name)).awaitAdopted(name);
  }

  private Workload workload(String kind, String name, String optIn, String pod) {
    return Workload.apply(rig, kind, name, optIn, pod);
  }

  /** Rotates the source of that name and waits until its Secret has the new value. */
  private void rotate(String name) {
    rig.aws.rotate("test/" + name, json("second"));
    soon().untilAsserted(() -> assertThat(rig.secret(name).getData().values()).containsAnyOf(encoded("second"), encoded("user of second")));
  }

  /** Waits until AWS was asked that many times more about a source: what the last answer caused has begun by then. */
  private void refreshed(String name, int rounds) {
    rig.awaitReads("test/" + name, rounds);
  }

  /** Writes a label to an ExternalSecret and to its Secret. */
  private void touch(String name, int round) {
    PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
    String patch = "{\"metadata\":{\"labels\":{\"round\":\"%d\"}}}".formatted(round);
    cluster.adminClient().secrets().inNamespace(rig.namespace).withName(name).patch(merge, patch);
    cluster.adminClient().resources(ExternalSecret.class).inNamespace(rig.namespace).withName(name).patch(merge, patch);
  }

  private String events(String workload) {
    return cluster.kubectl("get", "events", "-n", rig.namespace, "--field-selector", "involvedObject.name=" + workload).orFail();
  }

  private static String pinned(String version) {
    return """
    dataFrom: [{extract: {key: test/pinned}}]
      data: [{secretKey: other, remoteRef: {key: test/pinned-other, property: password, version: uuid/%s}}]
    """
        .formatted(version);
  }

  private static String json(String password) {
    return "{\"user\":\"user of %1$s\",\"password\":\"%1$s\"}".formatted(password);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
