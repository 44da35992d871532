package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.SourceStatus;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** From a manifest to a Secret that stays as it should be, under the shipped role. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SyncClusterTest {

  private final Cluster cluster;
  private Rig rig;

  SyncClusterTest(Cluster cluster) {
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

  /** An ExternalSecret in sync that looks at its source so seldom that it never does in a test. */
  private String seldom(String name) {
    String key = "seldom/" + name;
    rig.aws.createSecret(key, "{\"user\":\"shop\",\"password\":\"first\"}");
    rig.ask(name, "refreshInterval: 1h", "dataFrom: [{extract: {key: %s}}]".formatted(key));
    rig.awaitSynced(name);
    return key;
  }

  @Test
  void given_an_external_secret_when_applied_then_its_secret_appears_and_follows_a_rotation() {
    rig.aws.createSecret("prod/db", "{\"user\":\"shop\",\"password\":\"first\"}");
    rig.extract("db", "prod/db");
    soon().untilAsserted(() -> assertThat(rig.value("db", "password")).isEqualTo("first"));
    rig.awaitSynced("db");
    rig.aws.rotate("prod/db", "{\"user\":\"shop\",\"password\":\"second\"}");
    soon().untilAsserted(() -> assertThat(rig.value("db", "password")).isEqualTo("second"));
  }

  @Test
  void given_policy_owner_when_written_then_the_external_secret_controls_it_and_blocks_no_deletion() {
    seldom("owned");
    assertThat(rig.secret("owned").getMetadata().getOwnerReferences())
        .singleElement()
        .returns("keyferry.dev/v1", OwnerReference::getApiVersion)
        .returns("ExternalSecret", OwnerReference::getKind)
        .returns("owned", OwnerReference::getName)
        .returns(rig.externalSecret("owned").getMetadata().getUid(), OwnerReference::getUid)
        .returns(true, OwnerReference::getController)
        .returns(false, OwnerReference::getBlockOwnerDeletion);
    assertThat(rig.secret("owned").getType()).isEqualTo("Opaque");
  }

  @Test
  void given_changed_data_when_cached_then_it_is_repaired_without_asking_aws() {
    String key = seldom("drift");
    long reads = rig.reads(key);
    rig.patchSecret("drift", "{\"stringData\":{\"password\":\"tampered\"}}");
    soon().untilAsserted(() -> assertThat(rig.value("drift", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(rig.events("drift")).anyMatch(event -> event.startsWith("Normal DriftRepaired")));
    assertThat(rig.reads(key)).isEqualTo(reads);
  }

  @Test
  void given_a_deleted_key_when_cached_then_it_comes_back() {
    seldom("lost-key");
    rig.patchSecret("lost-key", "{\"data\":{\"user\":null}}");
    soon().untilAsserted(() -> assertThat(rig.value("lost-key", "user")).isEqualTo("shop"));
  }

  @Test
  void given_a_deleted_target_when_cached_then_it_comes_back_without_asking_aws() {
    String key = seldom("deleted");
    long reads = rig.reads(key);
    String uid = rig.secret("deleted").getMetadata().getUid();
    cluster.kubectl("delete", "secret", "deleted", "-n", rig.namespace).orFail();
    soon().untilAsserted(() -> assertThat(rig.secret("deleted")).isNotNull());
    assertThat(rig.secret("deleted").getMetadata().getUid()).isNotEqualTo(uid);
    assertThat(rig.value("deleted", "password")).isEqualTo("first");
    assertThat(rig.reads(key)).isEqualTo(reads);
  }

  @Test
  void given_a_foreign_key_when_policy_is_owner_then_it_is_removed() {
    seldom("foreign-key");
    rig.patchSecret("foreign-key", "{\"stringData\":{\"intruder\":\"x\"}}");
    soon().untilAsserted(() -> assertThat(rig.secret("foreign-key").getData()).containsOnlyKeys("user", "password"));
  }

  @Test
  void given_the_label_was_removed_when_noticed_then_it_comes_back() {
    seldom("label");
    rig.patchSecret("label", "{\"metadata\":{\"labels\":null}}");
    soon().untilAsserted(
        () -> assertThat(rig.secret("label").getMetadata().getLabels()).containsEntry("keyferry.dev/managed", "true"));
    rig.awaitSynced("label");
  }

  @Test
  void given_the_record_was_removed_when_noticed_then_it_comes_back() {
    seldom("record");
    var annotations = rig.secret("record").getMetadata().getAnnotations();
    rig.patchSecret("record", "{\"metadata\":{\"annotations\":null}}");
    soon().untilAsserted(
        () -> assertThat(rig.secret("record").getMetadata().getAnnotations()).containsOnlyKeys(annotations.keySet()));
    rig.awaitSynced("record");
  }

  @Test
  void given_the_owner_reference_was_removed_when_noticed_then_it_comes_back() {
    seldom("reference");
    rig.patchSecret("reference", "{\"metadata\":{\"ownerReferences\":null}}");
    soon().untilAsserted(() -> assertThat(rig.secret("reference").getMetadata().getOwnerReferences()).hasSize(1));
  }

  @Test
  void given_somebody_who_undoes_every_repair_when_it_goes_on_then_it_is_named_and_repairs_slow_down() {
    seldom("contested");
    var turn = new AtomicInteger();
    soon()
        .untilAsserted(
            () -> {
              cluster
                  .kubectl(
                      "patch", "secret", "contested", "-n", rig.namespace, "--type=merge", "--field-manager=some-controller", "-p",
                      "{\"stringData\":{\"password\":\"theirs-" + turn.incrementAndGet() + "\"}}")
                  .orFail();
              assertThat(rig.ready("contested")).isEqualTo("False/DriftContested");
            });
    assertThat(rig.message("contested")).contains("some-controller", rig.namespace + "/contested").doesNotContain("theirs-");
  }

  @Test
  void given_an_unchanged_source_when_refreshed_three_times_then_nothing_is_written() {
    rig.aws.createSecret("still/one", "{\"a\":\"1\"}");
    rig.aws.createSecret("still/pinned", "pinned");
    String version = rig.aws.secrets().currentVersion("still/pinned");
    rig.extract("still-one", "still/one");
    rig.ask(
        "still-pinned",
        "data:",
        "- {secretKey: fixed, remoteRef: {key: still/pinned, version: uuid/%s}}".formatted(version),
        "- {secretKey: moving, remoteRef: {key: still/one, property: a}}");
    rig.awaitSynced("still-one");
    rig.awaitSynced("still-pinned");
    soon().untilAsserted(() -> assertThat(rig.events("still-pinned")).hasSize(1));
    soon().untilAsserted(() -> assertThat(rig.events("still-one")).hasSize(1));
    long mark = cluster.audit().mark();
    rig.awaitReads("still/one", 4);
    assertThat(rig.writesTo(mark, "still-").summary()).isEmpty();
  }

  @Test
  void given_a_suspended_object_when_others_are_refreshed_then_it_is_read_no_more() {
    rig.aws.createSecret("rest/asleep", "{\"a\":\"1\"}");
    rig.aws.createSecret("rest/awake", "{\"a\":\"1\"}");
    rig.extract("asleep", "rest/asleep");
    rig.extract("awake", "rest/awake");
    rig.awaitSynced("asleep");
    rig.awaitSynced("awake");
    rig.extract("asleep", "rest/asleep", "suspend: true");
    rig.awaitReady("asleep", "True/Suspended");
    long reads = rig.reads("rest/asleep");
    rig.aws.rotate("rest/asleep", "{\"a\":\"2\"}");
    rig.awaitReads("rest/awake", 3);
    assertThat(rig.reads("rest/asleep")).isEqualTo(reads);
    assertThat(rig.value("asleep", "a")).isEqualTo("1");
    rig.extract("asleep", "rest/asleep", "suspend: false");
    soon().untilAsserted(() -> assertThat(rig.value("asleep", "a")).isEqualTo("2"));
  }

  @Test
  void given_an_added_and_a_removed_key_when_the_spec_changes_then_the_secret_follows() {
    rig.aws.createSecret("edit/keys", "{\"a\":\"1\",\"b\":\"2\"}");
    String a = "- {secretKey: a, remoteRef: {key: edit/keys, property: a}}";
    String b = "- {secretKey: b, remoteRef: {key: edit/keys, property: b}}";
    rig.ask("edit-keys", "refreshInterval: 1h", "data:", a);
    rig.awaitSynced("edit-keys");
    rig.ask("edit-keys", "refreshInterval: 1h", "data:", a, b);
    soon().untilAsserted(() -> assertThat(rig.secret("edit-keys").getData()).containsOnlyKeys("a", "b"));
    rig.ask("edit-keys", "refreshInterval: 1h", "data:", b);
    soon().untilAsserted(() -> assertThat(rig.secret("edit-keys").getData()).containsOnlyKeys("b"));
  }

  @Test
  void given_another_property_when_the_spec_changes_then_it_is_an_update_and_no_drift() {
    rig.aws.createSecret("edit/property", "{\"a\":\"1\",\"b\":\"2\"}");
    rig.ask("property", "refreshInterval: 1h", "data: [{secretKey: k, remoteRef: {key: edit/property, property: a}}]");
    rig.awaitSynced("property");
    rig.ask("property", "refreshInterval: 1h", "data: [{secretKey: k, remoteRef: {key: edit/property, property: b}}]");
    soon().untilAsserted(() -> assertThat(rig.value("property", "k")).isEqualTo("2"));
    soon().untilAsserted(() -> assertThat(rig.events("property")).hasSize(2));
    assertThat(rig.events("property")).noneMatch(event -> event.contains("DriftRepaired"));
  }

  @Test
  void given_another_target_name_when_the_spec_changes_then_the_former_target_is_deleted() {
    rig.aws.createSecret("edit/name", "{\"a\":\"1\"}");
    rig.extract("renamed", "edit/name", "target: {name: former}");
    rig.awaitSynced("renamed");
    rig.extract("renamed", "edit/name", "target: {name: latter}");
    soon().untilAsserted(() -> assertThat(rig.value("latter", "a")).isEqualTo("1"));
    soon().untilAsserted(() -> assertThat(rig.secret("former")).isNull());
    soon().untilAsserted(() -> assertThat(rig.status("renamed").target().name()).isEqualTo("latter"));
  }

  @Test
  void given_a_synced_object_when_looked_at_then_its_status_says_what_the_target_holds() {
    rig.aws.createSecret("status/one", "{\"a\":\"1\"}");
    rig.extract("told", "status/one");
    rig.awaitSynced("told");
    ExternalSecretStatus status = rig.status("told");
    assertThat(status.observedGeneration()).isEqualTo(rig.externalSecret("told").getMetadata().getGeneration());
    assertThat(status.target().name()).isEqualTo("told");
    assertThat(status.lastChangedTime()).isNotNull();
    assertThat(status.conditions()).singleElement().returns("Ready", condition -> condition.type());
    assertThat(status.sources())
        .singleElement()
        .returns("status/one", SourceStatus::key)
        .returns(rig.aws.secrets().currentVersion("status/one"), SourceStatus::revision)
        .returns(Rig.REGION, SourceStatus::region);
    rig.aws.rotate("status/one", "{\"a\":\"2\"}");
    soon()
        .untilAsserted(
            () ->
                assertThat(rig.status("told").sources())
                    .singleElement()
                    .returns(rig.aws.secrets().currentVersion("status/one"), SourceStatus::revision));
    soon()
        .untilAsserted(
            () ->
                assertThat(rig.events("told"))
                    .containsExactlyInAnyOrder("Normal Created: Secret told created", "Normal Updated: Secret told updated"));
  }

  @Test
  void given_a_synced_object_when_listed_then_the_columns_say_what_matters() {
    seldom("columns");
    var lines = cluster.kubectl("get", "es", "columns", "-n", rig.namespace).orFail().lines().toList();
    assertThat(lines.get(0).split(" {2,}")).containsExactly("NAME", "STORE", "READY", "REASON", "REFRESH", "LAST CHANGE", "AGE");
    assertThat(lines.get(1).split(" {2,}")).startsWith("columns", rig.store(), "True", "SecretSynced", "1h").hasSize(7);
  }

  @Test
  void given_an_edited_spec_when_reconciled_then_the_observed_generation_follows() {
    rig.aws.createSecret("edit/generation", "{\"a\":\"1\"}");
    rig.extract("generation", "edit/generation");
    rig.awaitSynced("generation");
    rig.extract("generation", "edit/generation", "suspend: false");
    long generation = rig.externalSecret("generation").getMetadata().getGeneration();
    assertThat(generation).isEqualTo(2);
    soon().untilAsserted(() -> assertThat(rig.status("generation").observedGeneration()).isEqualTo(generation));
  }

  @Test
  void given_a_killed_operator_when_it_starts_again_then_nothing_is_written() {
    rig.aws.createSecret("restart/one", "{\"a\":\"1\"}");
    rig.extract("again", "restart/one");
    rig.awaitSynced("again");
    soon().untilAsserted(() -> assertThat(rig.events("again")).hasSize(1));
    rig.operator.kill9();
    long mark = cluster.audit().mark();
    rig.startOperator();
    rig.awaitReads("restart/one", 4);
    assertThat(rig.writesTo(mark, "again").summary()).isEmpty();
  }

  @Test
  void given_drift_while_the_operator_was_away_when_it_starts_then_it_is_repaired() {
    seldom("away");
    rig.operator.kill9();
    rig.patchSecret("away", "{\"stringData\":{\"password\":\"tampered\",\"intruder\":\"x\"}}");
    rig.startOperator();
    soon().untilAsserted(() -> assertThat(rig.value("away", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(rig.secret("away").getData()).containsOnlyKeys("user", "password"));
  }
}
