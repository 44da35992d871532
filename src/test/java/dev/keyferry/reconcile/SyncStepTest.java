package dev.keyferry.reconcile;

import static dev.keyferry.reconcile.Syncs.entry;
import static dev.keyferry.reconcile.Syncs.found;
import static dev.keyferry.reconcile.Syncs.object;
import static dev.keyferry.reconcile.Syncs.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.fetch.Answer;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.store.AllowedKeys;
import dev.keyferry.store.StorePlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyncStepTest {

  private static final SourceFailure GONE = new SourceFailure.NotFound("gone");
  private static final SourceFailure DENIED = new SourceFailure.AccessDenied(null, null, null, "no");

  @Test
  void given_every_value_when_decided_then_the_target_is_written_with_them() {
    ExternalSecret object = object(null, null, entry("a", "one"), entry("b", "two"));

    SyncStep.Write write = write(object, Map.of(ref("one"), ready("one", "v1", "x"), ref("two"), ready("two", "v2", "y")));

    assertThat(write.request().secret().keys()).containsExactly("a", "b");
    assertThat(write.found()).extracting(value -> value.ref().key()).containsExactly("one", "two");
    assertThat(write.request().owner().uid()).isEqualTo("uid-db");
    assertThat(write.request().revisions()).hasSize(2);
  }

  @Test
  void given_one_failure_when_decided_then_the_target_stays_whatever_else_was_read() {
    ExternalSecret object = object(null, "Delete", entry("a", "one"), entry("b", "two"), entry("c", "three"));

    SyncStep step = decide(object, Map.of(ref("one"), failed("one", DENIED, false), ref("two"), ready("two", "v", "y"), ref("three"), failed("three", GONE, false)));

    assertThat(step).isEqualTo(new SyncStep.KeepUnread(List.of(failed("one", DENIED, false), failed("three", GONE, false))));
  }

  @Test
  void given_a_value_of_a_source_that_the_store_does_not_let_the_namespace_read_when_decided_then_nothing_is_written() {
    ExternalSecret object = object(null, null, entry("a", "one"));
    SyncInputs.Complete all = Syncs.complete(object);
    StorePlan plan = all.store();
    StorePlan narrowed =
        new StorePlan(
            plan.store(),
            plan.service(),
            plan.identity(),
            plan.region(),
            plan.endpoint(),
            plan.kind(),
            "",
            new AllowedKeys(List.of("shop")),
            false);

    SyncStep step = SyncStep.of(object, new SyncInputs.Complete(narrowed, all.spec(), all.scope()), Map.of(ref("one"), ready("one", "v1", "x")));

    assertThat(step)
        .isInstanceOfSatisfying(
            SyncStep.KeepForbidden.class,
            forbidden -> assertThat(forbidden.message()).contains("SecretStore shop/aws", "read one:", "allowedKeys are shop"));
  }

  /* What becomes of a target of two sources. */
  @ParameterizedTest
  @CsvSource({
    "Retain, true, true, KeepUnread",
    "Retain, true, false, KeepUnread",
    "Delete, true, true, Delete",
    "Delete, true, false, KeepUnread",
    "Delete, false, false, KeepUnread",
    "Merge, true, true, Write",
    "Merge, true, false, KeepUnread",
    "Merge, false, false, KeepUnread",
  })
  void given_sources_that_are_gone_when_decided_then_only_certainty_and_the_policy_act(
      String policy, boolean oneConfirmed, boolean twoConfirmed, String expected) {
    ExternalSecret object = object(null, policy, entry("a", "one"), entry("b", "two"));

    SyncStep step = decide(object, Map.of(ref("one"), failed("one", GONE, oneConfirmed), ref("two"), failed("two", GONE, twoConfirmed)));

    assertThat(step.getClass().getSimpleName()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"Merge", "Delete"})
  void given_one_source_of_two_that_is_gone_for_certain_when_decided_then_its_key_is_left_out(String policy) {
    ExternalSecret object = object(null, policy, entry("a", "one"), entry("b", "two"));

    SyncStep.Write write = write(object, Map.of(ref("one"), failed("one", GONE, true), ref("two"), ready("two", "v", "y")));

    assertThat(write.request().secret().keys()).containsExactly("b");
  }

  @Test
  void given_a_value_that_makes_no_secret_when_decided_then_the_target_stays_and_the_value_is_not_told() {
    ExternalSecret object = object(null, null, entry("a", "one", "missing", null));

    assertThat(decide(object, Map.of(ref("one"), ready("one", "v", "{\"other\":\"hunter2\"}"))))
        .isInstanceOfSatisfying(SyncStep.KeepInvalid.class, invalid -> assertThat(invalid.message()).contains("missing").doesNotContain("hunter2"));
  }

  @Test
  void given_pinned_and_pending_versions_when_decided_then_they_do_not_count_for_restarts() {
    ExternalSecret object =
        object(null, null, entry("a", "db"), entry("b", "db", null, "uuid/x"), entry("c", "db", null, "AWSPENDING"), entry("d", "db", null, "AWSPREVIOUS"));
    Map<SourceRef, Answer> answers = new HashMap<>();
    for (SourceRef ref : List.of(ref("db"), ref("db", "uuid/x"), ref("db", "AWSPENDING"), ref("db", "AWSPREVIOUS"))) {
      answers.put(ref, new Answer.Ready(found(ref, "v", "value")));
    }

    assertThat(write(object, answers).request().revisions().keySet())
        .hasSize(2)
        .noneMatch(text -> text.contains("AWSPENDING") || text.contains("Id["));
  }

  @Test
  void given_another_property_when_decided_then_the_layout_differs_and_the_revisions_do_not() {
    var before = write(object(null, null, entry("a", "db", "x", null)), Map.of(ref("db"), ready("db", "v", "{\"x\":\"1\",\"y\":\"2\"}"))).request();
    var after = write(object(null, null, entry("a", "db", "y", null)), Map.of(ref("db"), ready("db", "v", "{\"x\":\"1\",\"y\":\"2\"}"))).request();

    assertThat(after.secret().layout()).isNotEqualTo(before.secret().layout());
    assertThat(after.revisions()).isEqualTo(before.revisions());
  }

  @Test
  void given_the_same_answers_when_decided_twice_then_the_requests_ask_for_the_same_and_tell_no_value() {
    ExternalSecret object = object(null, null, entry("a", "db"));
    var one = write(object, Map.of(ref("db"), ready("db", "v", "hunter2"))).request();
    var two = write(object, Map.of(ref("db"), ready("db", "v", "hunter2"))).request();

    assertThat(one.secret().layout()).isEqualTo(two.secret().layout());
    assertThat(one.revisions()).isEqualTo(two.revisions());
    assertThat(one.toString()).doesNotContain("hunter2");
  }

  private static SyncStep decide(ExternalSecret object, Map<SourceRef, Answer> answers) {
    return SyncStep.of(object, Syncs.complete(object), answers);
  }

  private static SyncStep.Write write(ExternalSecret object, Map<SourceRef, Answer> answers) {
    SyncStep step = decide(object, answers);
    assertThat(step).isInstanceOf(SyncStep.Write.class);
    return (SyncStep.Write) step;
  }

  private static Answer ready(String key, String version, String value) {
    return new Answer.Ready(found(ref(key), version, value));
  }

  private static Answer.Failed failed(String key, SourceFailure failure, boolean confirmed) {
    return new Answer.Failed(ref(key), failure, 1, confirmed);
  }
}
