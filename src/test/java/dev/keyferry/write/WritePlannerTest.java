package dev.keyferry.write;

import static dev.keyferry.write.WriteFixtures.DIGESTS;
import static dev.keyferry.write.WriteFixtures.NOW;
import static dev.keyferry.write.WriteFixtures.foreign;
import static dev.keyferry.write.WriteFixtures.owned;
import static dev.keyferry.write.WriteFixtures.plan;
import static dev.keyferry.write.WriteFixtures.recorded;
import static dev.keyferry.write.WriteFixtures.request;
import static dev.keyferry.write.WriteFixtures.written;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.TargetRecord;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WritePlannerTest {

  private static final Map<String, String> DATA = Map.of("user", "u", "password", "hunter2");
  private static final Map<String, String> V1 = Map.of("ref", "arn@1");
  private static final Map<String, String> V2 = Map.of("ref", "arn@2");

  @Test
  void given_a_target_that_reloader_is_to_ignore_when_it_says_so_already_then_nothing_and_else_it_is_applied() {
    WriteRequest request = WriteFixtures.restarting(request(CreationPolicy.OWNER, DATA, V1), WriteRequest.Trigger.VERSION, true);
    Secret marked = written(request).editMetadata().addToAnnotations(Marks.RELOADER_IGNORE, "true").endMetadata().build();

    assertThat(plan(request, marked)).isInstanceOf(WritePlan.Nothing.class);
    assertThat(plan(request, written(request).build())).isInstanceOf(WritePlan.Apply.class);
  }

  @Test
  void given_a_mark_for_reloader_that_somebody_else_set_when_it_is_not_ours_then_it_is_left_alone() {
    WriteRequest request = request(CreationPolicy.OWNER, DATA, V1);
    Secret marked = written(request).editMetadata().addToAnnotations(Marks.RELOADER_IGNORE, "true").endMetadata().build();

    assertThat(plan(request, marked)).isInstanceOf(WritePlan.Nothing.class);
  }

  @Test
  void given_only_another_wish_for_restarts_when_planned_then_it_is_applied_and_the_token_stays() {
    WriteRequest before = request(CreationPolicy.OWNER, DATA, V1);
    WriteRequest after = WriteFixtures.restarting(before, WriteRequest.Trigger.VERSION, false);

    WritePlan.Apply apply = (WritePlan.Apply) plan(after, written(before).build());

    TargetRecord old = Tokens.next(before, Optional.empty(), NOW);
    assertThat(apply.record().token()).isEqualTo(old.token());
    assertThat(apply.record().changed()).isEqualTo(old.changed());
    assertThat(apply.record().restart()).isEqualTo(after.restarts().wish());
    assertThat(apply.dataMoved()).isTrue();
  }

  /* What each policy does to each state of the Secret: A applies, N does nothing, W waits, F refuses as foreign, O as another's. */
  @ParameterizedTest
  @CsvSource({
    "OWNER,           absent,            A",
    "ORPHAN,          absent,            A",
    "MERGE,           absent,            W",
    "CREATE_OR_MERGE, absent,            A",
    "OWNER,           own,               N",
    "ORPHAN,          own,               N",
    "MERGE,           own,               N",
    "CREATE_OR_MERGE, own,               N",
    "OWNER,           foreign,           F",
    "ORPHAN,          foreign,           F",
    "MERGE,           foreign,           A",
    "CREATE_OR_MERGE, foreign,           A",
    "OWNER,           adoptable,         A",
    "ORPHAN,          adoptable,         A",
    "OWNER,           adoptableByOther,  F",
    "OWNER,           adoptableOfOther,  A",
    "OWNER,           otherController,   O",
    "ORPHAN,          otherController,   O",
    "MERGE,           otherController,   A",
    "CREATE_OR_MERGE, otherController,   A",
    "OWNER,           otherWriter,       O",
    "ORPHAN,          otherWriter,       O",
    "MERGE,           otherWriter,       A",
    "CREATE_OR_MERGE, otherWriter,       A",
    "OWNER,           terminating,       W",
    "MERGE,           terminating,       W",
    "OWNER,           unlabelled,        A",
    "OWNER,           ownKeyChanged,     A",
    "MERGE,           ownKeyChanged,     A",
    "OWNER,           keyAdded,          A",
    "ORPHAN,          keyAdded,          A",
    "MERGE,           keyAdded,          N",
    "CREATE_OR_MERGE, keyAdded,          N",
    "OWNER,           ownerRefGone,      A",
    "ORPHAN,          ownerRefOurs,      A",
    "OWNER,           recreatedOwner,    A",
    "OWNER,           recordLost,        A",
    "OWNER,           immutableSame,     N",
  })
  void given_a_policy_and_a_state_when_planned_then_it_is_as_the_table_says(CreationPolicy policy, String state, String expected) {
    WriteRequest request = request(policy, DATA, V1);

    assertThat(letter(state.equals("absent") ? absent(request) : plan(request, Secrets.of(state, request)))).isEqualTo(expected);
  }

  @Test
  void given_moved_data_when_planned_then_it_is_no_repair() {
    WriteRequest before = request(CreationPolicy.OWNER, DATA, V1);
    WriteRequest after = request(CreationPolicy.OWNER, Map.of("user", "u", "password", "new"), V2);

    assertThat(plan(after, written(before).build()))
        .isInstanceOfSatisfying(WritePlan.Apply.class, apply -> assertThat(apply.dataMoved()).isTrue());
  }

  @Test
  void given_data_that_somebody_changed_when_planned_then_it_is_a_repair_with_the_same_record() {
    WriteRequest request = request(CreationPolicy.OWNER, DATA, V1);
    var changed = written(request).addToData("password", "AAAA").build();

    assertThat(plan(request, changed))
        .isInstanceOfSatisfying(
            WritePlan.Apply.class,
            apply -> {
              assertThat(apply.dataMoved()).isFalse();
              assertThat(apply.record()).isEqualTo(Tokens.next(request, Optional.empty(), NOW));
            });
  }

  @Test
  void given_an_immutable_target_when_its_data_would_change_then_it_is_refused() {
    WriteRequest before = request(CreationPolicy.OWNER, DATA, V1);
    WriteRequest after = request(CreationPolicy.OWNER, Map.of("user", "u", "password", "new"), V2);

    assertThat(plan(after, written(before).withImmutable(true).build()))
        .isInstanceOfSatisfying(
            WritePlan.Refuse.class, refused -> assertThat(refused.refusal()).isEqualTo(Refusal.IMMUTABLE));
  }

  @Test
  void given_a_mutable_target_that_is_to_be_immutable_when_planned_then_it_is_applied() {
    WriteRequest request = request(CreationPolicy.OWNER, true, DATA, V1);

    assertThat(plan(request, written(request).build())).isInstanceOf(WritePlan.Apply.class);
    assertThat(plan(request, written(request).withImmutable(true).build())).isInstanceOf(WritePlan.Nothing.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"MERGE", "CREATE_OR_MERGE"})
  void given_a_key_that_the_spec_names_no_more_when_planned_then_it_is_applied_without_it(CreationPolicy policy) {
    WriteRequest before = request(policy, Map.of("a", "1", "b", "2"), V1);
    WriteRequest after = request(policy, Map.of("a", "1"), V1);

    assertThat(plan(after, written(before).build())).isInstanceOf(WritePlan.Apply.class);
  }

  @Test
  void given_any_refusal_when_worded_then_it_names_who_is_in_the_way_and_no_value() {
    WriteRequest request = request(CreationPolicy.OWNER, DATA, V1);

    assertThat(((WritePlan.Refuse) plan(request, Secrets.of("otherController", request))).message()).contains("Certificate", "tls");
    assertThat(((WritePlan.Refuse) plan(request, Secrets.of("otherWriter", request))).message()).contains("ExternalSecret other");
    assertThat(((WritePlan.Refuse) plan(request, Secrets.of("foreign", request))).message())
        .contains(Marks.ADOPT + "=db")
        .doesNotContain("hunter2");
  }

  private static WritePlan absent(WriteRequest request) {
    return WritePlanner.plan(request, DIGESTS.of(request.secret().data()), Optional.empty(), NOW);
  }

  private static String letter(WritePlan plan) {
    return switch (plan) {
      case WritePlan.Nothing(_) -> "N";
      case WritePlan.Apply(_, _) -> "A";
      case WritePlan.Wait(_) -> "W";
      case WritePlan.Refuse(var refusal, _) -> refusal == Refusal.FOREIGN ? "F" : refusal == Refusal.OWNED_BY_OTHER ? "O" : "?";
    };
  }

  /** The states of a Secret that the table names. */
  private static final class Secrets {

    static Secret of(String state, WriteRequest request) {
      SecretBuilder secret =
          switch (state) {
            case "own" -> written(request);
            case "foreign" -> foreign(DATA);
            case "adoptable" -> foreign(DATA).editMetadata().addToAnnotations(Marks.ADOPT, "db").endMetadata();
            case "adoptableOfOther" ->
                foreign(DATA)
                    .editMetadata()
                    .addToAnnotations(Marks.ADOPT, "db")
                    .addToAnnotations(TargetRecord.annotationOf("other"), WriteFixtures.record("other").text())
                    .endMetadata();
            case "adoptableByOther" -> foreign(DATA).editMetadata().addToAnnotations(Marks.ADOPT, "other").endMetadata();
            case "otherController" -> owned(foreign(DATA), "Certificate", "tls", "uid-tls");
            case "otherWriter" -> recorded(foreign(DATA), "other");
            case "terminating" -> written(request).editMetadata().withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata();
            case "unlabelled" -> written(request).editMetadata().withLabels(Map.of()).endMetadata();
            case "ownKeyChanged" -> written(request).addToData("user", "AAAA");
            case "keyAdded" -> written(request).addToData("added", "AAAA");
            case "ownerRefGone" -> written(request).editMetadata().withOwnerReferences().endMetadata();
            case "ownerRefOurs" -> owned(written(request), "ExternalSecret", "db", "uid-db");
            case "recreatedOwner" -> owned(written(request), "ExternalSecret", "db", "uid-of-its-predecessor");
            case "recordLost" -> owned(foreign(DATA), "ExternalSecret", "db", "uid-db");
            case "immutableSame" -> written(request).withImmutable(true);
            default -> throw new IllegalArgumentException(state);
          };
      return secret.build();
    }
  }
}
