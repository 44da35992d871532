package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static dev.keyferry.cluster.Workload.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.DigestKey;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who decides which workloads roll, and what triggers it, under the shipped role. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestartOptInClusterTest {

  private static final String ON = "restart: {enabled: true}";

  private static final String MOUNT =
      """
      containers: [{name: app, image: none.test/app, volumeMounts: [{name: v, mountPath: /v%s}]}]
      volumes: [{name: v, secret: {secretName: %s}}]
      """;

  private static final String SIDECAR =
      """
      containers: [{name: app, image: none.test/app}]
      initContainers: [{name: side, image: none.test/app, restartPolicy: Always, envFrom: [{secretRef: {name: %s, optional: true}}]}]
      """;

  private final Cluster cluster;
  private Rig rig;

  RestartOptInClusterTest(Cluster cluster) {
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
  void given_restarts_that_an_external_secret_enables_when_the_version_moves_then_its_users_roll_but_those_that_refuse() {
    synced("enabled");
    Workload silent = silent("enabled-silent", envFrom("enabled"));
    Workload sidecar = silent("enabled-sidecar", SIDECAR.formatted("enabled"));
    Workload refuses = Workload.apply(rig, "Deployment", "enabled-refuses", "false", envFrom("enabled"));
    String token = rig.field("externalsecret/enabled", "{.status.target.token}");

    spec("enabled", ON);
    silent.awaitAdopted("enabled");
    sidecar.awaitAdopted("enabled");

    assertThat(rig.field("externalsecret/enabled", "{.status.target.token}")).isEqualTo(token);
    assertThat(silent.rolls()).isZero();
    rotate("enabled", "second");
    silent.awaitRolls(1);
    sidecar.awaitRolls(1);
    assertThat(refuses.rolls()).isZero();
    assertThat(refuses.observed()).isNull();

    spec("enabled", "");
    soon().untilAsserted(() -> assertThat(rig.field("secret/enabled", "{.metadata.annotations}")).doesNotContain("enabled\\\":true"));
    rotate("enabled", "third");
    refreshed("enabled");
    assertThat(silent.rolls()).isEqualTo(1);
  }

  @Test
  void given_targets_when_the_version_moves_then_exactly_these_roll() {
    synced("targets", "restart: {enabled: true, targets: [{kind: Deployment, name: targets-a}, {kind: StatefulSet, name: targets-b}]}");
    Workload referencing = silent("targets-a", envFrom("targets"));
    Workload reading = Workload.apply(rig, "StatefulSet", "targets-b", null, "containers: [{name: app, image: none.test/app}]");
    Workload other = silent("targets-c", envFrom("targets"));
    referencing.awaitAdopted("targets");
    reading.awaitAdopted("targets");

    rotate("targets", "second");

    referencing.awaitRolls(1);
    reading.awaitRolls(1);
    refreshed("targets");
    assertThat(other.rolls()).isZero();
  }

  @Test
  void given_a_namespace_that_says_so_when_the_version_moves_then_its_workloads_roll_but_those_that_somebody_nearer_refuses() {
    synced("spaced");
    synced("vetoed", "restart: {enabled: false}");
    Workload silent = silent("spaced-silent", envFrom("spaced"));
    Workload refuses = Workload.apply(rig, "Deployment", "spaced-refuses", "false", envFrom("spaced"));
    Workload vetoed = silent("spaced-vetoed", envFrom("vetoed"));
    cluster.kubectl("annotate", "namespace", rig.namespace, "keyferry.dev/restart-on-change=true").orFail();
    try {
      silent.awaitAdopted("spaced");
      rotate("vetoed", "second");
      rotate("spaced", "second");
      silent.awaitRolls(1);
      assertThat(refuses.rolls()).isZero();
      assertThat(vetoed.rolls()).isZero();
      assertThat(vetoed.observed()).isNull();
    } finally {
      cluster.kubectl("annotate", "namespace", rig.namespace, "keyferry.dev/restart-on-change-").orFail();
    }
    rotate("spaced", "third");
    refreshed("spaced");
    assertThat(silent.rolls()).isEqualTo(1);
  }

  @Test
  void given_both_triggers_when_a_version_has_the_same_value_then_only_the_workload_that_follows_versions_rolls() {
    rig.aws.createSecret("test/same", json("first"));
    rig.extract("same-version", "test/same", ON);
    rig.extract("same-data", "test/same", "restart: {enabled: true, trigger: Data}");
    Workload byVersion = silent("same-version", envFrom("same-version")).awaitAdopted("same-version");
    Workload byData = silent("same-data", envFrom("same-data")).awaitAdopted("same-data");
    long before = cluster.audit().mark();

    rig.aws.rotate("test/same", json("first"));
    byVersion.awaitRolls(1);
    rig.awaitReads("test/same", 2);
    assertThat(byData.rolls()).isZero();
    assertThat(cluster.audit().since(before).byOperator().writes().in(rig.namespace).on("secrets").that(e -> e.name().equals("same-data")).count())
        .as("writes of what has not changed")
        .isZero();

    rig.aws.rotate("test/same", json("second"));
    byVersion.awaitRolls(2);
    byData.awaitRolls(1);
  }

  @Test
  void given_trigger_data_when_the_spec_adds_a_key_then_it_rolls_and_a_repair_does_not() {
    synced("edited", "restart: {enabled: true, trigger: Data}");
    Workload user = silent("edited", envFrom("edited")).awaitAdopted("edited");
    rig.patchSecret("edited", "{\"data\":{\"password\":\"Zm9v\"}}");
    soon().untilAsserted(() -> assertThat(rig.value("edited", "password")).isEqualTo("first"));
    refreshed("edited");
    assertThat(user.rolls()).isZero();

    spec(
        "edited",
        "restart: {enabled: true, trigger: Data}",
        "data: [{secretKey: more, remoteRef: {key: test/edited, property: password}}]");

    user.awaitRolls(1);
    assertThat(rig.value("edited", "more")).isEqualTo("first");
  }

  @Test
  void given_a_lost_digest_key_when_the_operator_starts_then_nothing_rolls_and_the_next_change_counts() {
    synced("lost", "restart: {enabled: true, trigger: Data}");
    Workload user = silent("lost", envFrom("lost")).awaitAdopted("lost");
    String digests = rig.field("secret/lost", "{.metadata.annotations}");
    rig.operator.kill9();
    cluster.kubectl("delete", "secret", DigestKey.SECRET, "-n", "keyferry-system").orFail();

    rig.startOperator();

    soon().untilAsserted(() -> assertThat(rig.field("secret/lost", "{.metadata.annotations}")).isNotEqualTo(digests));
    refreshed("lost");
    assertThat(user.rolls()).isZero();
    rotate("lost", "second");
    user.awaitRolls(1);
    assertThat(cluster.kubectl("get", "secret", DigestKey.SECRET, "-n", "keyferry-system", "-o", "name").orFail()).isNotBlank();
  }

  @Test
  void given_hot_reload_when_the_version_moves_then_a_mere_mount_does_not_roll_and_a_sub_path_does() {
    synced("hot", ON);
    Workload mount = silent("hot-mount", MOUNT.formatted("", "hot"));
    Workload subPath = silent("hot-sub-path", MOUNT.formatted(", subPath: password", "hot"));
    Workload plain = silent("hot-plain", MOUNT.formatted("", "hot"));
    Stream.of(mount, subPath).forEach(user -> user.merge("{\"metadata\":{\"annotations\":{\"keyferry.dev/hot-reload\":\"volumes\"}}}"));
    subPath.awaitAdopted("hot");
    plain.awaitAdopted("hot");

    rotate("hot", "second");

    subPath.awaitRolls(1);
    plain.awaitRolls(1);
    assertThat(mount.rolls()).isZero();
  }

  @Test
  void given_a_pin_when_the_spec_moves_it_then_it_is_said_that_nothing_rolls_and_how_to_roll() {
    rig.aws.createSecret("test/pin", json("one"));
    String first = rig.aws.secrets().currentVersion("test/pin");
    rig.aws.rotate("test/pin", json("two"));
    String second = rig.aws.secrets().currentVersion("test/pin");
    rig.ask("pin", pinned(first), ON);
    rig.awaitSynced("pin");
    Workload user = silent("pin", envFrom("pin")).awaitAdopted("pin");

    rig.ask("pin", pinned(second), ON);

    soon().untilAsserted(() -> assertThat(rig.value("pin", "it")).isEqualTo("two"));
    soon()
        .untilAsserted(
            () ->
                assertThat(rig.events("pin"))
                    .anyMatch(e -> e.startsWith("Normal PinnedNotRestarted: ") && e.contains("test/pin") && e.contains("keyferry.dev/restart-now")));
    assertThat(user.rolls()).isZero();
    user.merge("{\"metadata\":{\"annotations\":{\"keyferry.dev/restart-now\":\"pin moved\"}}}");
    user.awaitRolls(1);
  }

  @Test
  void given_a_window_of_the_external_secret_when_it_is_shut_then_its_users_wait_and_those_with_their_own_do_not() {
    String day = LocalDate.now(Clock.systemUTC()).plusDays(3).getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ROOT);
    synced("window", "restart: {enabled: true, window: \"%s 10:00-11:00\"}".formatted(day));
    Workload waits = silent("window-waits", envFrom("window")).awaitAdopted("window");
    Workload own = silent("window-own", envFrom("window"));
    own.merge("{\"metadata\":{\"annotations\":{\"keyferry.dev/restart-window\":\"00:00-00:00\"}}}");
    own.awaitAdopted("window");

    rotate("window", "second");

    own.awaitRolls(1);
    soon().untilAsserted(() -> assertThat(rig.events("window-waits")).anyMatch(e -> e.startsWith("Normal SecretRestartDeferred: ")));
    assertThat(waits.rolls()).isZero();
  }

  @Test
  void given_restarts_that_are_enabled_when_written_then_reloader_is_kept_away_until_they_are_not_and_nothing_drifts() {
    synced("reloader", ON);
    assertThat(ignored("reloader")).isEqualTo("true");
    long settled = cluster.audit().mark();
    refreshed("reloader");
    assertThat(rig.writesTo(settled, "reloader").on("secrets").count()).isZero();

    rig.patchSecret("reloader", "{\"metadata\":{\"annotations\":{\"reloader.stakater.com/ignore\":null}}}");
    soon().untilAsserted(() -> assertThat(ignored("reloader")).isEqualTo("true"));

    spec("reloader", "");
    soon().untilAsserted(() -> assertThat(ignored("reloader")).isNull());
  }

  @Test
  void given_a_restart_that_cannot_be_followed_when_applied_then_the_rule_names_the_field() {
    List<String> wrong =
        List.of(
            "{targets: [{kind: Deployment, name: a}]}",
            "{enabled: true, trigger: Always}",
            "{enabled: true, targets: [{kind: Job, name: a}]}",
            "{enabled: true, window: at night}",
            "{enabled: true, maxDefer: soon}");
    assertThat(wrong)
        .allSatisfy(
            restart -> {
              Command.Outcome outcome =
                  cluster.apply(
                      rig.namespace,
                      """
                      apiVersion: keyferry.dev/v1
                      kind: ExternalSecret
                      metadata: {name: wrong}
                      spec: {data: [{secretKey: a, remoteRef: {key: k}}], restart: %s}
                      """
                          .formatted(restart));
              assertThat(outcome.succeeded()).isFalse();
              assertThat(outcome.errors()).contains("restart.");
            });
  }

  /** An ExternalSecret of a source of its own, synced for the first time. */
  private void synced(String name, String... spec) {
    rig.aws.createSecret("test/" + name, json("first"));
    spec(name, spec);
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo("first"));
  }

  private void spec(String name, String... spec) {
    rig.extract(name, "test/" + name, spec);
  }

  /** A Deployment without an annotation about restarts. */
  private Workload silent(String name, String pod) {
    return Workload.apply(rig, "Deployment", name, null, pod);
  }

  private void rotate(String name, String password) {
    rig.aws.rotate("test/" + name, json(password));
    soon().untilAsserted(() -> assertThat(rig.value(name, "password")).isEqualTo(password));
  }

  /** Waits until what the last answer caused has begun. */
  private void refreshed(String name) {
    rig.awaitReads("test/" + name, 2);
  }

  private String ignored(String name) {
    Secret secret = rig.secret(name);
    return secret.getMetadata().getAnnotations().get("reloader.stakater.com/ignore");
  }

  private static String pinned(String version) {
    return "data: [{secretKey: it, remoteRef: {key: test/pin, property: password, version: uuid/%s}}]".formatted(version);
  }

  private static String json(String password) {
    return "{\"password\":\"%s\"}".formatted(password);
  }
}
