package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.CreateSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;

class SecretsManagerEmulatorTest extends EmulatorTest {

  private static final String MARKED =
      "400 InvalidRequestException: You can't perform this operation on the secret because it was marked for deletion.";

  private GetSecretValueResponse get(String id) {
    return secrets.getSecretValue(r -> r.secretId(id));
  }

  private static Filter filter(FilterNameStringType key, String value) {
    return Filter.builder().key(key).values(value).build();
  }

  @Test
  void given_a_created_secret_when_read_by_name_then_value_stage_and_dates_come_back() {
    CreateSecretResponse created = secrets.createSecret(r -> r.name("app/db").secretString("one"));

    GetSecretValueResponse read = get("app/db");

    assertThat(read.secretString()).isEqualTo("one");
    assertThat(read.arn()).isEqualTo(created.arn()).matches("arn:aws:secretsmanager:us-east-1:123456789012:secret:app/db-[A-Za-z0-9]{6}");
    assertThat(read.versionId()).isEqualTo(created.versionId());
    assertThat(read.versionStages()).containsExactly("AWSCURRENT");
    assertThat(read.createdDate()).isEqualTo(now());
  }

  @Test
  void given_bytes_when_read_then_they_come_back_as_binary() {
    aws.createBinary("bin", new byte[] {0, 1, -1});

    assertThat(get("bin").secretBinary()).isEqualTo(SdkBytes.fromByteArray(new byte[] {0, 1, -1}));
    assertThat(get("bin").secretString()).isNull();
  }

  @Test
  void given_a_secret_when_asked_by_full_and_partial_arn_then_both_find_it() {
    String arn = aws.createSecret("app", "one");

    assertThat(get(arn).name()).isEqualTo("app");
    assertThat(get(arn.substring(0, arn.length() - 7)).name()).isEqualTo("app");
  }

  @Test
  void given_a_name_that_ends_like_a_suffix_when_asked_by_partial_arn_then_it_is_not_found() {
    String arn = aws.createSecret("app-abc123", "one");

    assertThat(errorOf(() -> get(arn.substring(0, arn.length() - 7))))
        .isEqualTo("400 ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  }

  @Test
  void given_no_secret_when_read_then_not_found_with_status_400() {
    assertThat(errorOf(() -> get("none"))).isEqualTo("400 ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  }

  @Test
  void given_an_illegal_name_when_read_then_validation_says_what_is_legal() {
    assertThat(errorOf(() -> get("a b")))
        .isEqualTo(
            "400 ValidationException: Invalid name. Must be a valid name containing alphanumeric characters, or any of the following:"
                + " -/_+=.@!");
  }

  @Test
  void given_a_secret_in_one_region_when_asked_in_another_then_it_is_not_found() {
    aws.secrets("eu-west-1").create("app", "one");

    assertThat(errorOf(() -> get("app"))).startsWith("400 ResourceNotFoundException");
  }

  @Test
  void given_a_pending_version_when_read_by_default_then_the_current_one_answers() {
    aws.createSecret("app", "one");
    aws.putPending("app", "two");

    assertThat(get("app").secretString()).isEqualTo("one");
    assertThat(secrets.getSecretValue(r -> r.secretId("app").versionStage("AWSPENDING")).secretString()).isEqualTo("two");
  }

  @Test
  void given_a_rotation_when_finished_then_current_moves_and_previous_follows() {
    aws.createSecret("app", "one");
    String first = aws.secrets().currentVersion("app");

    String second = aws.rotate("app", "two");

    assertThat(get("app").versionId()).isEqualTo(second);
    assertThat(secrets.getSecretValue(r -> r.secretId("app").versionStage("AWSPREVIOUS")).versionId()).isEqualTo(first);
    assertThat(secrets.describeSecret(r -> r.secretId("app")).versionIdsToStages())
        .isEqualTo(Map.of(first, List.of("AWSPREVIOUS"), second, List.of("AWSCURRENT")));
  }

  @Test
  void given_three_versions_when_described_then_the_unlabelled_one_is_missing() {
    aws.createSecret("app", "one");
    String first = aws.secrets().currentVersion("app");
    aws.rotate("app", "two");
    aws.rotate("app", "three");

    DescribeSecretResponse described = secrets.describeSecret(r -> r.secretId("app"));

    assertThat(described.versionIdsToStages()).hasSize(2).doesNotContainKey(first);
    assertThat(secrets.getSecretValue(r -> r.secretId("app").versionId(first)).versionStages()).isEmpty();
  }

  @Test
  void given_a_rotation_when_rolled_back_then_the_old_version_is_current_again() {
    aws.createSecret("app", "one");
    String first = aws.secrets().currentVersion("app");
    String second = aws.rotate("app", "two");

    secrets.updateSecretVersionStage(
        r -> r.secretId("app").versionStage("AWSCURRENT").removeFromVersionId(second).moveToVersionId(first));

    assertThat(get("app").versionId()).isEqualTo(first);
    assertThat(aws.secrets().stages("app", second)).containsExactly("AWSPREVIOUS");
  }

  @Test
  void given_a_label_in_use_when_moved_without_naming_its_version_then_refused() {
    aws.createSecret("app", "one");
    String first = aws.secrets().currentVersion("app");
    String second = aws.putPending("app", "two");

    assertThat(errorOf(() -> secrets.updateSecretVersionStage(r -> r.secretId("app").versionStage("AWSCURRENT").moveToVersionId(second))))
        .isEqualTo(
            "400 InvalidParameterException: The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently"
                + " attached to version " + first + ", so you must explicitly reference that version in RemoveFromVersionId.");
  }

  @Test
  void given_a_stage_and_a_version_that_disagree_when_read_then_invalid_request() {
    aws.createSecret("app", "one");
    String pending = aws.putPending("app", "two");

    assertThat(errorOf(() -> secrets.getSecretValue(r -> r.secretId("app").versionId(pending).versionStage("AWSCURRENT"))))
        .isEqualTo("400 InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.");
  }

  @Test
  void given_no_such_stage_when_read_then_not_found_names_it() {
    aws.createSecret("app", "one");

    assertThat(errorOf(() -> secrets.getSecretValue(r -> r.secretId("app").versionStage("GREEN"))))
        .isEqualTo(
            "400 ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: GREEN");
  }

  @Test
  void given_a_deleted_secret_when_read_then_marked_and_when_restored_then_it_answers() {
    aws.createSecret("app", "one");
    secrets.deleteSecret(r -> r.secretId("app").recoveryWindowInDays(7L));

    assertThat(errorOf(() -> get("app"))).isEqualTo(MARKED);
    assertThat(secrets.describeSecret(r -> r.secretId("app")).deletedDate()).isEqualTo(now().plus(Duration.ofDays(7)));

    secrets.restoreSecret(r -> r.secretId("app"));
    assertThat(get("app").secretString()).isEqualTo("one");
  }

  @Test
  void given_a_recovery_window_that_ended_when_read_then_it_is_gone() {
    aws.createSecret("app", "one");
    aws.delete("app");
    advance(Duration.ofDays(30));

    assertThat(errorOf(() -> get("app"))).startsWith("400 ResourceNotFoundException");
  }

  @Test
  void given_a_recovery_window_of_six_days_when_deleting_then_refused() {
    aws.createSecret("app", "one");

    assertThat(errorOf(() -> secrets.deleteSecret(r -> r.secretId("app").recoveryWindowInDays(6L))))
        .isEqualTo("400 InvalidParameterException: The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
  }

  @Test
  void given_a_batch_when_some_fail_then_each_has_its_own_error() {
    aws.createSecret("good", "one");
    aws.createSecret("dead", "one");
    aws.delete("dead");
    aws.secrets().createEmpty("empty");
    aws.createSecret("kms", "one");
    aws.secrets().denyKms("kms");
    aws.createSecret("broken", "one");
    aws.secrets().breakKms("broken");

    BatchGetSecretValueResponse batch =
        secrets.batchGetSecretValue(r -> r.secretIdList("good", "none", "dead", "empty", "kms", "broken"));

    assertThat(batch.secretValues()).extracting(SecretValueEntry::name).containsExactly("good");
    assertThat(batch.errors()).extracting(e -> e.secretId() + " " + e.errorCode() + ": " + e.message()).containsExactly(
        "none ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        "dead " + MARKED.substring(4),
        "empty ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
        "kms AccessDeniedException: Access to KMS is not allowed",
        "broken DecryptionFailure: Secrets Manager can't decrypt the protected secret text using the provided KMS key.");
  }

  @Test
  void given_21_ids_when_batched_then_validation_refuses() {
    List<String> ids = IntStream.range(0, 21).mapToObj(i -> "s" + i).toList();

    assertThat(errorOf(() -> secrets.batchGetSecretValue(r -> r.secretIdList(ids))))
        .startsWith("400 ValidationException: 1 validation error detected: Value '[s0,")
        .endsWith("at 'secretIdList' failed to satisfy constraint: Member must have length less than or equal to 20");
  }

  @Test
  void given_ids_and_filters_when_batched_then_refused() {
    assertThat(
            errorOf(
                () ->
                    secrets.batchGetSecretValue(
                        r -> r.secretIdList("a").filters(filter(FilterNameStringType.NAME, "a")))))
        .isEqualTo("400 InvalidParameterException: Either 'SecretIdList' or 'Filters' must be provided, but not both.");
  }

  @Test
  void given_empty_pages_when_batched_then_the_token_leads_to_the_values() {
    aws.createSecret("app", "one");
    aws.emptyPages(true);

    BatchGetSecretValueResponse first = secrets.batchGetSecretValue(r -> r.secretIdList("app"));
    BatchGetSecretValueResponse second = secrets.batchGetSecretValue(r -> r.secretIdList("app").nextToken(first.nextToken()));

    assertThat(first.secretValues()).isEmpty();
    assertThat(second.secretValues()).hasSize(1);
    assertThat(second.nextToken()).isNull();
  }

  @Test
  void given_the_same_token_when_put_twice_then_same_content_is_taken_and_other_content_refused() {
    aws.createSecret("app", "one");
    String token = "0123456789abcdef0123456789abcdef";
    secrets.putSecretValue(r -> r.secretId("app").clientRequestToken(token).secretString("two"));

    assertThat(secrets.putSecretValue(r -> r.secretId("app").clientRequestToken(token).secretString("two")).versionId()).isEqualTo(token);
    assertThat(errorOf(() -> secrets.putSecretValue(r -> r.secretId("app").clientRequestToken(token).secretString("three"))))
        .startsWith("400 ResourceExistsException");
  }

  @Test
  void given_a_value_over_64_kib_when_put_then_refused_without_showing_it() {
    aws.createSecret("app", "one");

    assertThat(errorOf(() -> secrets.putSecretValue(r -> r.secretId("app").secretString("x".repeat(65_537)))))
        .isEqualTo(
            "400 ValidationException: 1 validation error detected: Value at 'secretString' failed to satisfy constraint: Member must have"
                + " length less than or equal to 65536");
  }

  @Test
  void given_a_deleted_secret_when_created_again_under_its_name_then_refused() {
    aws.createSecret("app", "one");
    aws.delete("app");

    assertThat(errorOf(() -> secrets.createSecret(r -> r.name("app").secretString("x"))))
        .isEqualTo(
            "400 InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion.");
  }

  @Test
  void given_an_update_with_a_value_when_read_then_it_is_a_new_current_version() {
    aws.createSecret("app", "one");
    String version = secrets.updateSecret(r -> r.secretId("app").description("d").secretString("two")).versionId();

    assertThat(get("app").versionId()).isEqualTo(version);
    assertThat(secrets.describeSecret(r -> r.secretId("app")).description()).isEqualTo("d");
  }

  @Test
  void given_a_first_version_put_as_pending_when_read_then_it_is_current_too() {
    aws.secrets().createEmpty("app");
    String version = aws.putPending("app", "one");

    assertThat(aws.secrets().stages("app", version)).containsExactly("AWSCURRENT", "AWSPENDING");
  }

  @Test
  void given_a_valueless_secret_that_fails_batches_when_batched_then_the_whole_call_fails() {
    aws.createSecret("full", "one");
    aws.secrets().createEmpty("empty");
    aws.emptySecretFailsBatch(true);

    assertThat(errorOf(() -> secrets.batchGetSecretValue(r -> r.secretIdList("full", "empty"))))
        .isEqualTo(
            "400 ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
  }

  @Test
  void given_an_unlabelled_version_when_versions_are_listed_then_it_comes_only_on_demand() {
    aws.createSecret("app", "one");
    aws.rotate("app", "two");
    aws.rotate("app", "three");

    assertThat(secrets.listSecretVersionIds(r -> r.secretId("app")).versions()).hasSize(2);
    assertThat(secrets.listSecretVersionIds(r -> r.secretId("app").includeDeprecated(true)).versions()).hasSize(3);
  }

  @Test
  void given_no_lambda_when_rotated_through_the_api_then_refused() {
    aws.createSecret("app", "one");

    assertThat(errorOf(() -> secrets.rotateSecret(r -> r.secretId("app"))))
        .isEqualTo("400 InvalidRequestException: No Lambda rotation function ARN is associated with this secret.");
  }
}
