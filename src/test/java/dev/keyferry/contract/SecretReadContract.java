package dev.keyferry.contract;

import static dev.keyferry.contract.Contract.codeOf;
import static dev.keyferry.contract.Contract.errorOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.model.APIErrorType;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.CreateSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;

/** Reading secrets: ids, versions, stages, batches and refusals. */
interface SecretReadContract extends Contract {

  private String create(String name, String text) {
    return secrets().createSecret(r -> r.name(name).secretString(text)).versionId();
  }

  private String putPending(String name, String text) {
    return secrets().putSecretValue(r -> r.secretId(name).secretString(text).versionStages("AWSPENDING")).versionId();
  }

  private void promote(String name, String from, String to) {
    secrets().updateSecretVersionStage(r -> r.secretId(name).versionStage("AWSCURRENT").removeFromVersionId(from).moveToVersionId(to));
  }

  private GetSecretValueResponse at(String name, String stage) {
    return secrets().getSecretValue(r -> r.secretId(name).versionStage(stage));
  }

  @Test
  default void given_a_secret_when_read_by_name_and_arns_then_each_gives_name_arn_version_and_stage() {
    CreateSecretResponse created = secrets().createSecret(r -> r.name("app/db").secretString("one"));
    String partial = created.arn().substring(0, created.arn().length() - 7);

    for (String id : List.of("app/db", created.arn(), partial)) {
      GetSecretValueResponse read = secrets().getSecretValue(r -> r.secretId(id));
      assertThat(read.secretString()).isEqualTo("one");
      assertThat(read.name()).isEqualTo("app/db");
      assertThat(read.arn()).isEqualTo(created.arn()).matches("arn:aws:secretsmanager:[^:]+:\\d{12}:secret:app/db-[A-Za-z0-9]{6}");
      assertThat(read.versionId()).isEqualTo(created.versionId());
      assertThat(read.versionStages()).containsExactly("AWSCURRENT");
    }
  }

  @Test
  default void given_bytes_when_read_then_there_is_binary_and_no_string() {
    secrets().createSecret(r -> r.name("bin").secretBinary(SdkBytes.fromByteArray(new byte[] {0, -1})));

    GetSecretValueResponse read = at("bin", "AWSCURRENT");

    assertThat(read.secretBinary().asByteArray()).containsExactly(0, -1);
    assertThat(read.secretString()).isNull();
  }

  @Test
  default void given_a_new_value_when_put_then_current_moves_and_previous_follows() {
    String first = create("app", "one");
    String second = secrets().putSecretValue(r -> r.secretId("app").secretString("two")).versionId();

    assertThat(at("app", "AWSCURRENT").versionId()).isEqualTo(second);
    assertThat(at("app", "AWSPREVIOUS").versionId()).isEqualTo(first);
  }

  @Test
  default void given_a_pending_version_when_read_then_only_its_stage_and_id_give_it() {
    create("app", "one");
    String pending = putPending("app", "two");

    assertThat(secrets().getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");
    assertThat(at("app", "AWSPENDING").versionId()).isEqualTo(pending);
    assertThat(secrets().getSecretValue(r -> r.secretId("app").versionId(pending)).secretString()).isEqualTo("two");
  }

  @Test
  default void given_a_promoted_version_when_read_by_stage_then_it_answers() {
    String first = create("app", "one");
    String second = putPending("app", "two");
    promote("app", first, second);

    assertThat(at("app", "AWSCURRENT").versionId()).isEqualTo(second);
    assertThat(at("app", "AWSPREVIOUS").versionId()).isEqualTo(first);
  }

  @Test
  default void given_a_promoted_version_when_read_by_default_then_it_answers() {
    String first = create("app", "one");
    String second = putPending("app", "two");
    promote("app", first, second);

    holds(
        Rule.DEFAULT_READ_FOLLOWS_CURRENT,
        () -> assertThat(secrets().getSecretValue(r -> r.secretId("app")).versionId()).isEqualTo(second));
  }

  @Test
  default void given_a_promoted_version_when_batched_then_it_answers() {
    String first = create("app", "one");
    String second = putPending("app", "two");
    promote("app", first, second);

    holds(
        Rule.BATCH_FOLLOWS_CURRENT,
        () ->
            assertThat(secrets().batchGetSecretValue(r -> r.secretIdList("app")).secretValues())
                .extracting(SecretValueEntry::versionId)
                .containsExactly(second));
  }

  @Test
  default void given_a_version_without_that_stage_when_read_then_invalid_request() {
    create("app", "one");
    String pending = putPending("app", "two");

    assertThat(codeOf(() -> secrets().getSecretValue(r -> r.secretId("app").versionId(pending).versionStage("AWSCURRENT"))))
        .isEqualTo("InvalidRequestException");
  }

  @Test
  default void given_no_secret_when_read_then_not_found() {
    assertThat(codeOf(() -> at("none", "AWSCURRENT"))).isEqualTo("ResourceNotFoundException");
    assertThat(errorOf(() -> at("none", "AWSCURRENT")).awsErrorDetails().errorMessage())
        .isEqualTo("Secrets Manager can't find the specified secret.");
  }

  @Test
  default void given_no_such_stage_when_read_then_not_found_names_it() {
    create("app", "one");

    assertThat(codeOf(() -> at("app", "GREEN"))).isEqualTo("ResourceNotFoundException");
    holds(
        Rule.MISSING_STAGE_TEXT,
        () ->
            assertThat(errorOf(() -> at("app", "GREEN")).awsErrorDetails().errorMessage())
                .isEqualTo("Secrets Manager can't find the specified secret value for staging label: GREEN"));
  }

  @Test
  default void given_no_secret_when_read_then_the_status_is_400() {
    holds(Rule.CLIENT_ERRORS_ARE_400, () -> assertThat(errorOf(() -> at("none", "AWSCURRENT")).statusCode()).isEqualTo(400));
  }

  @Test
  default void given_a_deleted_secret_when_read_then_invalid_request_until_it_is_restored() {
    create("app", "one");
    secrets().deleteSecret(r -> r.secretId("app"));

    assertThat(codeOf(() -> at("app", "AWSCURRENT"))).isEqualTo("InvalidRequestException");
    assertThat(secrets().describeSecret(r -> r.secretId("app")).deletedDate()).isNotNull();
    secrets().restoreSecret(r -> r.secretId("app"));
    assertThat(at("app", "AWSCURRENT").secretString()).isEqualTo("one");
  }

  @Test
  default void given_a_deleted_secret_when_read_then_the_text_says_marked_for_deletion() {
    create("app", "one");
    secrets().deleteSecret(r -> r.secretId("app"));

    holds(
        Rule.MARKED_FOR_DELETION_TEXT,
        () ->
            assertThat(errorOf(() -> at("app", "AWSCURRENT")).awsErrorDetails().errorMessage())
                .isEqualTo("You can't perform this operation on the secret because it was marked for deletion."));
  }

  @Test
  default void given_a_batch_when_some_ids_fail_then_they_are_errors_beside_the_values() {
    create("a", "1");
    String arn = secrets().createSecret(r -> r.name("b").secretString("2")).arn();
    create("dead", "3");
    secrets().deleteSecret(r -> r.secretId("dead"));

    BatchGetSecretValueResponse batch = secrets().batchGetSecretValue(r -> r.secretIdList("a", arn, "none", "dead"));

    assertThat(batch.secretValues()).extracting(SecretValueEntry::secretString).containsExactlyInAnyOrder("1", "2");
    assertThat(batch.secretValues()).allMatch(value -> value.versionStages().contains("AWSCURRENT") && value.versionId() != null);
    assertThat(batch.errors())
        .extracting(APIErrorType::secretId, APIErrorType::errorCode)
        .containsExactlyInAnyOrder(
            tuple("none", "ResourceNotFoundException"),
            tuple("dead", "InvalidRequestException"));
    assertThat(batch.nextToken()).isNull();
  }

  @Test
  default void given_a_secret_without_a_value_when_batched_then_the_others_answer() {
    create("full", "1");
    secrets().createSecret(r -> r.name("empty"));

    holds(
        Rule.BATCH_SURVIVES_EMPTY_SECRET,
        () -> {
          BatchGetSecretValueResponse batch = secrets().batchGetSecretValue(r -> r.secretIdList("full", "empty"));
          assertThat(batch.secretValues()).hasSize(1);
          assertThat(batch.errors()).extracting(APIErrorType::errorCode).containsExactly("ResourceNotFoundException");
        });
  }

  @Test
  default void given_20_ids_when_batched_then_one_call_gives_all() {
    List<String> names = IntStream.range(0, 20).mapToObj(i -> "s" + i).toList();
    names.forEach(name -> create(name, name));

    assertThat(secrets().batchGetSecretValue(r -> r.secretIdList(names)).secretValues())
        .extracting(SecretValueEntry::name)
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  default void given_21_ids_when_batched_then_refused() {
    List<String> names = IntStream.range(0, 21).mapToObj(i -> "s" + i).toList();

    holds(
        Rule.BATCH_LIMIT,
        () -> assertThat(codeOf(() -> secrets().batchGetSecretValue(r -> r.secretIdList(names)))).isEqualTo("ValidationException"));
  }

  @Test
  default void given_unknown_keys_when_read_then_unrecognized_client() {
    create("app", "one");

    holds(
        Rule.UNKNOWN_KEYS_ARE_REFUSED,
        () ->
            assertThat(codeOf(() -> secretsOfNobody().getSecretValue(r -> r.secretId("app")))).isEqualTo("UnrecognizedClientException"));
  }
}
