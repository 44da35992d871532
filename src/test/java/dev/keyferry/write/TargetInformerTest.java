package dev.keyferry.write;

import static dev.keyferry.write.WriteFixtures.DIGESTS;
import static dev.keyferry.write.WriteFixtures.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.testkit.EmbeddedKubernetes;
import dev.keyferry.testkit.MutableClock;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The writer and the informer of targets against an API server in this process. */
class TargetInformerTest {

  private static final Map<String, String> V1 = Map.of("ref", "arn@1");
  private static final Map<String, String> V2 = Map.of("ref", "arn@2");

  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start();
  private final List<String> events = new CopyOnWriteArrayList<>();
  private final TargetInformer informer =
      new TargetInformer(
          kubernetes.client(),
          List.of(),
          DIGESTS,
          (target, gone, own) -> events.add(target.name() + (gone ? " gone" : "") + (own ? " own" : "")));
  private final TargetWriter writer =
      new TargetWriter(kubernetes.client(), new RequestPermits(8), informer, DIGESTS, new RestartMarks(Optional::empty, ReloaderIgnore.AUTO), MutableClock.atNewYear());

  @BeforeEach
  void start() {
    informer.start();
    patiently().until(informer::synced);
  }

  @AfterEach
  void close() {
    informer.close();
    kubernetes.close();
  }

  @Test
  void given_a_target_when_written_then_it_is_known_at_once_without_its_values() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));

    TargetView view = informer.get("shop", "target").orElseThrow();
    assertThat(view.managed()).isTrue();
    assertThat(view.records()).containsOnlyKeys("db");
    assertThat(view.toString()).doesNotContain("hunter2").doesNotContain("aHVudGVyMg");
    assertThat(informer.writtenBy("shop", "db")).extracting(TargetView::name).containsExactly("target");
  }

  @Test
  void given_an_unchanged_target_when_written_again_then_nothing_is_asked_of_the_server() {
    WriteRequest request = request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1);
    writer.write(request);
    int requests = kubernetes.requests().size();

    assertThat(writer.write(request)).isInstanceOf(WriteResult.Unchanged.class);

    assertThat(kubernetes.requests()).hasSize(requests);
  }

  @Test
  void given_a_foreign_change_when_it_is_seen_then_it_is_told_as_foreign() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));
    patiently().until(() -> informer.all().size() == 1);
    events.clear();

    edit(secret -> secret.addToData("password", "AAAA"));

    patiently().until(() -> events.contains("target"));
  }

  @Test
  void given_an_update_of_our_own_when_its_echo_has_come_then_nothing_is_left_to_write() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "one"), V1));
    WriteRequest second = request(CreationPolicy.OWNER, Map.of("password", "two"), V2);
    writer.write(second);
    patiently().until(() -> informer.all().stream().anyMatch(view -> view.digests().equals(DIGESTS.of(second.secret().data()))));
    long writes = kubernetes.writes();

    assertThat(writer.write(second)).isInstanceOf(WriteResult.Unchanged.class);

    assertThat(kubernetes.writes()).isEqualTo(writes);
  }

  @Test
  void given_a_change_that_the_operator_does_not_look_at_when_it_is_seen_then_nobody_is_told() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));
    patiently().until(() -> !events.isEmpty());
    events.clear();

    edit(secret -> secret.editMetadata().addToAnnotations("somebody.else/note", "1").endMetadata());
    kubernetes.client().resource(labelled("marker")).create();

    patiently().until(() -> events.contains("marker"));
    assertThat(events).containsExactly("marker");
  }

  @Test
  void given_a_target_that_is_deleted_when_it_is_seen_then_it_is_told_and_forgotten() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));
    patiently().until(() -> informer.all().size() == 1);

    kubernetes.client().secrets().inNamespace("shop").withName("target").delete();

    patiently().until(() -> events.contains("target gone"));
    assertThat(informer.get("shop", "target")).isEmpty();
    assertThat(informer.writtenBy("shop", "db")).isEmpty();
  }

  @Test
  void given_a_view_that_a_write_returned_when_an_older_state_is_watched_then_the_newer_one_counts() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));
    patiently().until(() -> informer.all().size() == 1);
    TargetView now = informer.get("shop", "target").orElseThrow();
    TargetView newer = moved(now, Long.parseLong(now.resourceVersion()) + 100);

    informer.settled(newer);

    assertThat(informer.get("shop", "target")).contains(newer);
  }

  @Test
  void given_a_view_that_a_write_returned_when_older_changes_are_seen_then_nobody_is_told() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));
    patiently().until(() -> !events.isEmpty());
    TargetView now = informer.get("shop", "target").orElseThrow();
    informer.settled(moved(now, Long.parseLong(now.resourceVersion()) + 100));
    events.clear();

    edit(secret -> secret.addToData("password", "AAAA"));
    kubernetes.client().resource(labelled("marker")).create();

    patiently().until(() -> events.contains("marker"));
    assertThat(events).containsExactly("marker");
  }

  @Test
  void given_a_foreign_key_when_written_then_it_is_removed_under_owner_and_kept_under_merge() {
    kubernetes.client().resource(labelled("target")).create();
    WriteRequest merge = request(CreationPolicy.MERGE, Map.of("password", "hunter2"), V1);

    assertThat(writer.write(merge)).isInstanceOf(WriteResult.Updated.class);
    assertThat(secret().getData()).containsOnlyKeys("foreign", "password");

    assertThat(writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1))).isInstanceOf(WriteResult.Updated.class);
    assertThat(secret().getData()).containsOnlyKeys("password");
  }

  @Test
  void given_a_target_that_another_made_when_deletion_is_asked_for_then_it_stays() {
    kubernetes.client().resource(labelled("target")).create();

    assertThat(writer.delete(WriteFixtures.OWNER, "target")).isFalse();

    assertThat(secret()).isNotNull();
  }

  @Test
  void given_a_new_target_name_when_the_former_is_cleaned_up_then_only_what_is_owned_goes() {
    writer.write(request(CreationPolicy.OWNER, Map.of("password", "hunter2"), V1));

    writer.deleteFormer(WriteFixtures.OWNER, "target");
    assertThat(secret()).isNotNull();
    writer.deleteFormer(WriteFixtures.OWNER, "another");

    assertThat(secret()).isNull();
  }

  private Secret secret() {
    return kubernetes.client().secrets().inNamespace("shop").withName("target").get();
  }

  private void edit(java.util.function.Function<SecretBuilder, SecretBuilder> change) {
    kubernetes.client().secrets().inNamespace("shop").withName("target").edit(secret -> change.apply(new SecretBuilder(secret)).build());
  }

  private static Secret labelled(String name) {
    return new SecretBuilder()
        .withNewMetadata()
        .withNamespace("shop")
        .withName(name)
        .addToLabels(Marks.MANAGED, "true")
        .endMetadata()
        .addToData("foreign", "AAAA")
        .build();
  }

  private static TargetView moved(TargetView view, long resourceVersion) {
    return new TargetView(
        view.namespace(),
        view.name(),
        view.uid(),
        String.valueOf(resourceVersion),
        view.managed(),
        view.immutable(),
        view.terminating(),
        view.reloaderIgnore(),
        view.adopt(),
        view.controller(),
        view.records(),
        view.digests());
  }

  private static org.awaitility.core.ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30));
  }
}
