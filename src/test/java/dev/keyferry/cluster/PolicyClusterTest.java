package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who may write a Secret, and what becomes of it, under the shipped role. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyClusterTest {

  /** Two answers that a source is missing must be a minute apart before a deletion is believed. */
  private static final Duration CONFIRMED = Duration.ofSeconds(150);

  private final Cluster cluster;
  private Rig rig;

  PolicyClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster);
    rig.readAtEachInterval();
    rig.aws.createSecret("shared", "{\"a\":\"ours\"}");
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  private void merge(String name, String target, String key) {
    rig.ask(
        name,
        "target: {name: %s, creationPolicy: Merge}".formatted(target),
        "data: [{secretKey: %s, remoteRef: {key: shared, property: a}}]".formatted(key));
  }

  @Test
  void given_a_foreign_secret_when_policy_is_owner_then_it_is_refused_by_name_and_left_alone() {
    rig.applySecret("foreign", Map.of("a", "theirs"));
    rig.extract("foreign", "shared");
    rig.awaitReady("foreign", "False/TargetForeign");
    assertThat(rig.message("foreign")).contains("Secret " + rig.namespace + "/foreign", "keyferry.dev/adopt=foreign");
    soon().untilAsserted(() -> assertThat(rig.events("foreign")).singleElement().asString().startsWith("Warning TargetForeign"));
    assertThat(rig.value("foreign", "a")).isEqualTo("theirs");
    assertThat(rig.secret("foreign").getMetadata().getLabels()).isNullOrEmpty();
  }

  @Test
  void given_a_foreign_secret_when_its_adoption_is_allowed_then_it_is_taken_over() {
    rig.applySecret("adopted", Map.of("a", "theirs", "old", "theirs"));
    cluster.kubectl("annotate", "secret", "adopted", "-n", rig.namespace, "keyferry.dev/adopt=adopted").orFail();
    rig.extract("adopted", "shared");
    rig.awaitSynced("adopted");
    assertThat(rig.value("adopted", "a")).isEqualTo("ours");
    assertThat(rig.secret("adopted").getData()).containsOnlyKeys("a");
    assertThat(rig.secret("adopted").getMetadata().getOwnerReferences()).singleElement().returns("adopted", OwnerReference::getName);
  }

  @Test
  void given_refused_secrets_when_one_is_released_and_one_deleted_then_both_names_are_taken() {
    rig.applySecret("later", Map.of("a", "theirs"));
    rig.applySecret("given-way", Map.of("a", "theirs"));
    rig.extract("later", "shared");
    rig.extract("given-way", "shared");
    rig.awaitReady("later", "False/TargetForeign");
    rig.awaitReady("given-way", "False/TargetForeign");
    cluster.kubectl("annotate", "secret", "later", "-n", rig.namespace, "keyferry.dev/adopt=later").orFail();
    cluster.kubectl("delete", "secret", "given-way", "-n", rig.namespace).orFail();
    soon().untilAsserted(() -> assertThat(rig.value("later", "a")).isEqualTo("ours"));
    soon().untilAsserted(() -> assertThat(rig.value("given-way", "a")).isEqualTo("ours"));
  }

  @Test
  void given_a_secret_of_another_controller_when_policy_is_owner_then_it_is_refused_with_the_owners_name() {
    cluster
        .adminClient()
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(rig.namespace)
                .withName("controlled")
                .addToAnnotations("keyferry.dev/adopt", "controlled")
                .addNewOwnerReference()
                .withApiVersion("cert-manager.io/v1")
                .withKind("Certificate")
                .withName("web")
                .withUid("6f1c9c9e-0000-4000-8000-000000000001")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .addToStringData("a", "theirs")
                .build())
        .create();
    rig.extract("controlled", "shared");
    rig.awaitReady("controlled", "False/TargetOwnedByOther");
    assertThat(rig.message("controlled")).contains("Certificate web");
    assertThat(rig.value("controlled", "a")).isEqualTo("theirs");
  }

  @Test
  void given_two_owners_of_one_target_when_refreshed_for_rounds_then_the_second_is_refused_and_nobody_writes() {
    rig.aws.createSecret("fight/one", "{\"a\":\"1\"}");
    rig.aws.createSecret("fight/two", "{\"b\":\"2\"}");
    rig.extract("fight-one", "fight/one", "target: {name: fight-target}");
    rig.awaitSynced("fight-one");
    rig.extract("fight-two", "fight/two", "target: {name: fight-target}");
    rig.awaitReady("fight-two", "False/TargetOwnedByOther");
    assertThat(rig.message("fight-two")).contains("ExternalSecret fight-one");
    soon().untilAsserted(() -> assertThat(rig.events("fight-two")).hasSize(1));
    long mark = cluster.audit().mark();
    rig.awaitReads("fight/two", 3);
    rig.awaitReads("fight/one", 1);
    assertThat(rig.writesTo(mark, "fight-").summary()).isEmpty();
    assertThat(rig.secret("fight-target").getData()).containsOnlyKeys("a");
    assertThat(rig.ready("fight-one")).isEqualTo("True/SecretSynced");
  }

  @Test
  void given_the_first_of_two_owners_is_gone_when_its_target_goes_then_the_second_takes_the_name() {
    rig.extract("heir-one", "shared", "target: {name: heritage}");
    rig.awaitSynced("heir-one");
    rig.extract("heir-two", "shared", "target: {name: heritage}");
    rig.awaitReady("heir-two", "False/TargetOwnedByOther");
    cluster.kubectl("delete", "externalsecret", "heir-one", "-n", rig.namespace).orFail();
    cluster.kubectl("delete", "secret", "heritage", "-n", rig.namespace).orFail();
    rig.awaitSynced("heir-two");
    assertThat(rig.secret("heritage").getMetadata().getOwnerReferences()).singleElement().returns("heir-two", OwnerReference::getName);
  }

  @Test
  void given_two_that_merge_different_keys_when_written_then_they_share_the_secret_and_foreign_keys_stay() {
    rig.applySecret("pool", Map.of("own", "theirs"));
    merge("pool-one", "pool", "one");
    merge("pool-two", "pool", "two");
    rig.awaitSynced("pool-one");
    rig.awaitSynced("pool-two");
    assertThat(rig.secret("pool").getData()).containsOnlyKeys("own", "one", "two");
    assertThat(rig.value("pool", "own")).isEqualTo("theirs");
    assertThat(rig.secret("pool").getMetadata().getOwnerReferences()).isEmpty();
    rig.patchSecret("pool", "{\"data\":{\"one\":null}}");
    soon().untilAsserted(() -> assertThat(rig.value("pool", "one")).isEqualTo("ours"));
  }

  @Test
  void given_two_that_merge_the_same_key_when_written_then_the_second_is_refused() {
    rig.aws.createSecret("other", "{\"a\":\"of the other\"}");
    rig.applySecret("clash", Map.of("own", "theirs"));
    merge("clash-one", "clash", "same");
    rig.awaitSynced("clash-one");
    rig.ask(
        "clash-two",
        "target: {name: clash, creationPolicy: Merge}",
        "data: [{secretKey: same, remoteRef: {key: other, property: a}}]");
    rig.awaitReady("clash-two", "False/KeyConflict");
    assertThat(rig.message("clash-two")).contains("clash-one", "same");
    long mark = cluster.audit().mark();
    rig.awaitReads("other", 3);
    assertThat(rig.writesTo(mark, "clash").summary()).isEmpty();
    assertThat(rig.value("clash", "same")).isEqualTo("ours");
  }

  @Test
  void given_a_merged_key_when_it_leaves_the_spec_then_it_leaves_the_secret() {
    rig.applySecret("shrunk", Map.of("own", "theirs"));
    String one = "- {secretKey: one, remoteRef: {key: shared, property: a}}";
    String two = "- {secretKey: two, remoteRef: {key: shared, property: a}}";
    rig.ask("shrunk", "target: {creationPolicy: Merge}", "data:", one, two);
    rig.awaitSynced("shrunk");
    rig.ask("shrunk", "target: {creationPolicy: Merge}", "data:", two);
    soon().untilAsserted(() -> assertThat(rig.secret("shrunk").getData()).containsOnlyKeys("own", "two"));
  }

  @Test
  void given_policy_merge_and_no_secret_when_it_appears_then_the_keys_are_added() {
    merge("patient", "patient", "one");
    rig.awaitReady("patient", "False/TargetMissing");
    assertThat(rig.secret("patient")).isNull();
    rig.applySecret("patient", Map.of("own", "theirs"));
    rig.awaitSynced("patient");
    assertThat(rig.secret("patient").getData()).containsOnlyKeys("own", "one");
  }

  @Test
  void given_policy_create_or_merge_when_there_is_none_then_it_is_created_without_an_owner() {
    rig.extract("made", "shared", "target: {creationPolicy: CreateOrMerge}");
    rig.awaitSynced("made");
    assertThat(rig.value("made", "a")).isEqualTo("ours");
    assertThat(rig.secret("made").getMetadata().getOwnerReferences()).isEmpty();
    rig.patchSecret("made", "{\"stringData\":{\"own\":\"theirs\"}}");
    rig.aws.createSecret("made-again", "{\"b\":\"2\"}");
    rig.extract("made", "made-again", "target: {creationPolicy: CreateOrMerge}");
    soon().untilAsserted(() -> assertThat(rig.secret("made").getData()).containsOnlyKeys("own", "b"));
  }

  @Test
  void given_policy_create_or_merge_when_there_is_one_then_keys_are_added() {
    rig.applySecret("found", Map.of("own", "theirs"));
    rig.extract("found", "shared", "target: {creationPolicy: CreateOrMerge}");
    rig.awaitSynced("found");
    assertThat(rig.secret("found").getData()).containsOnlyKeys("own", "a");
  }

  @Test
  void given_policy_none_when_synced_then_no_secret_is_written() {
    long mark = cluster.audit().mark();
    rig.extract("unwritten", "shared", "target: {creationPolicy: None}");
    rig.awaitSynced("unwritten");
    rig.awaitReads("shared", 2);
    assertThat(rig.writesTo(mark, "unwritten").on("secrets").summary()).isEmpty();
    assertThat(rig.secret("unwritten")).isNull();
    assertThat(rig.message("unwritten")).contains("None");
  }

  @Test
  void given_policy_orphan_when_written_then_it_has_no_owner_and_no_foreign_keys() {
    rig.extract("orphan", "shared", "target: {creationPolicy: Orphan}");
    rig.awaitSynced("orphan");
    assertThat(rig.secret("orphan").getMetadata().getOwnerReferences()).isEmpty();
    rig.patchSecret("orphan", "{\"stringData\":{\"intruder\":\"x\"}}");
    soon().untilAsserted(() -> assertThat(rig.secret("orphan").getData()).containsOnlyKeys("a"));
  }

  @Test
  void given_owner_becomes_orphan_when_written_then_the_owner_reference_goes_and_comes_back_with_owner() {
    rig.extract("released", "shared");
    rig.awaitSynced("released");
    String uid = rig.secret("released").getMetadata().getUid();
    rig.extract("released", "shared", "target: {creationPolicy: Orphan}");
    soon().untilAsserted(() -> assertThat(rig.secret("released").getMetadata().getOwnerReferences()).isEmpty());
    rig.extract("released", "shared", "target: {creationPolicy: Owner}");
    soon().untilAsserted(() -> assertThat(rig.secret("released").getMetadata().getOwnerReferences()).hasSize(1));
    assertThat(rig.secret("released").getMetadata().getUid()).isEqualTo(uid);
  }

  @Test
  void given_immutable_when_the_source_changes_then_it_is_reported_and_the_secret_stays() {
    rig.aws.createSecret("stone", "{\"a\":\"1\"}");
    rig.extract("stone", "stone", "target: {immutable: true}");
    rig.awaitSynced("stone");
    assertThat(rig.secret("stone").getImmutable()).isTrue();
    rig.extract("stone", "stone", "target: {immutable: false}");
    cluster.kubectl("label", "secret", "stone", "-n", rig.namespace, "keyferry.dev/managed-").orFail();
    soon().untilAsserted(() -> assertThat(rig.secret("stone").getMetadata().getLabels()).containsEntry("keyferry.dev/managed", "true"));
    rig.aws.rotate("stone", "{\"a\":\"2\"}");
    rig.awaitReady("stone", "False/TargetImmutable");
    assertThat(rig.value("stone", "a")).isEqualTo("1");
    cluster.kubectl("delete", "secret", "stone", "-n", rig.namespace).orFail();
    soon().untilAsserted(() -> assertThat(rig.value("stone", "a")).isEqualTo("2"));
    rig.awaitSynced("stone");
  }

  @Test
  void given_sources_that_are_gone_when_confirmed_then_each_deletion_policy_does_what_it_says() {
    for (String key : new String[] {"gone/retain", "gone/delete", "gone/merge"}) {
      rig.aws.createSecret(key, "{\"a\":\"1\"}");
    }
    for (int i = 0; i < 30; i++) {
      rig.aws.createSecret("gone/bystander-" + i, "{\"k" + i + "\":\"1\"}");
    }
    rig.ask("bystander", "dataFrom:", extracts(30));
    rig.extract("gone-retain", "gone/retain", "target: {deletionPolicy: Retain}");
    rig.extract("gone-delete", "gone/delete", "target: {deletionPolicy: Delete}");
    rig.ask(
        "gone-merge",
        "target: {deletionPolicy: Merge}",
        "dataFrom: [{extract: {key: gone/merge}}, {extract: {key: gone/bystander-0}}]");
    rig.awaitSynced("gone-retain");
    rig.awaitSynced("gone-delete");
    rig.awaitSynced("gone-merge");
    rig.awaitSynced("bystander");
    for (String key : new String[] {"gone/retain", "gone/delete", "gone/merge"}) {
      rig.aws.secrets().vanish(key);
    }
    rig.awaitReady("gone-retain", "False/SourceNotFound");
    rig.awaitReady("gone-delete", "False/SourceNotFound");
    rig.awaitReady("gone-merge", "False/SourceNotFound");
    assertThat(rig.value("gone-delete", "a")).isEqualTo("1");
    assertThat(rig.secret("gone-merge").getData()).containsOnlyKeys("a", "k0");
    soon().atMost(CONFIRMED).untilAsserted(() -> assertThat(rig.secret("gone-delete")).isNull());
    soon().atMost(CONFIRMED).untilAsserted(() -> assertThat(rig.secret("gone-merge").getData()).containsOnlyKeys("k0"));
    rig.awaitReady("gone-delete", "True/SecretDeleted");
    rig.awaitSynced("gone-merge");
    assertThat(rig.status("gone-delete").target()).isNull();
    assertThat(rig.status("gone-delete").sources()).isEmpty();
    assertThat(rig.ready("gone-retain")).isEqualTo("False/SourceNotFound");
    assertThat(rig.value("gone-retain", "a")).isEqualTo("1");
    rig.aws.createSecret("gone/delete", "{\"a\":\"reborn\"}");
    rig.extract("gone-delete", "gone/delete", "target: {deletionPolicy: Delete}", "refreshInterval: 3s");
    soon().untilAsserted(() -> assertThat(rig.value("gone-delete", "a")).isEqualTo("reborn"));
  }

  private static String extracts(int count) {
    var lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append("\n  - {extract: {key: gone/bystander-").append(i).append("}}");
    }
    return lines.toString();
  }
}
