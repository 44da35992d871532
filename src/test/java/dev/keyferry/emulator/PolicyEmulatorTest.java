package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.model.APIErrorType;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;

class PolicyEmulatorTest extends EmulatorTest {

  private static final String APP = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-??????";
  private static final String USER = "User: arn:aws:iam::123456789012:user/tester is not authorized to perform: ";

  @Test
  void given_an_explicit_deny_when_read_then_arn_and_deny_are_named() {
    String arn = aws.createSecret("app", "one");
    aws.deny("tester", "secretsmanager:GetSecretValue", "app");

    assertThat(errorOf(() -> secrets.getSecretValue(r -> r.secretId("app"))))
        .isEqualTo(
            "400 AccessDeniedException: " + USER + "secretsmanager:GetSecretValue on resource: " + arn
                + " with an explicit deny in an identity-based policy");
  }

  @Test
  void given_a_missing_secret_when_policies_name_others_then_denied_with_the_name_that_was_passed() {
    aws.allowOnly("tester", Grant.of("secretsmanager:GetSecretValue", APP));

    assertThat(errorOf(() -> secrets.getSecretValue(r -> r.secretId("none"))))
        .isEqualTo(
            "400 AccessDeniedException: " + USER
                + "secretsmanager:GetSecretValue on resource: none because no identity-based policy allows the"
                + " secretsmanager:GetSecretValue action");
  }

  @Test
  void given_a_grant_by_arn_pattern_when_read_then_allowed() {
    aws.createSecret("app", "one");
    aws.allowOnly("tester", Grant.of("secretsmanager:GetSecretValue", APP));

    assertThat(secrets.getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");
  }

  @Test
  void given_a_batch_grant_on_an_arn_when_batched_then_denied_without_a_resource() {
    aws.allowOnly("tester", Grant.of("secretsmanager:*", "arn:aws:secretsmanager:*"));

    assertThat(errorOf(() -> secrets.batchGetSecretValue(r -> r.secretIdList("app"))))
        .isEqualTo(
            "400 AccessDeniedException: " + USER + "secretsmanager:BatchGetSecretValue because no identity-based policy allows the"
                + " secretsmanager:BatchGetSecretValue action");
  }

  @Test
  void given_one_denied_secret_when_batched_then_it_is_one_of_the_errors() {
    aws.createSecret("mine", "one");
    String arn = aws.createSecret("theirs", "two");
    aws.allowOnly("tester", Grant.of("secretsmanager:BatchGetSecretValue"), Grant.of("secretsmanager:GetSecretValue", "mine"));

    BatchGetSecretValueResponse batch = secrets.batchGetSecretValue(r -> r.secretIdList("mine", "theirs"));

    assertThat(batch.secretValues()).hasSize(1);
    assertThat(batch.errors())
        .containsExactly(
            APIErrorType.builder()
                .secretId("theirs")
                .errorCode("AccessDeniedException")
                .message(
                    USER + "secretsmanager:GetSecretValue on resource: " + arn
                        + " because no identity-based policy allows the secretsmanager:GetSecretValue action")
                .build());
  }

  @Test
  void given_a_session_when_its_role_is_denied_then_the_session_is_named() {
    aws.createSecret("app", "one");
    String role = aws.addRole("reader", Trust.account());
    aws.deny("reader", "secretsmanager:*", "*");
    var given = clients.sts(tester).assumeRole(r -> r.roleArn(role).roleSessionName("ns-store")).credentials();
    Keys session = new Keys(given.accessKeyId(), given.secretAccessKey(), given.sessionToken(), given.expiration());

    assertThat(errorOf(() -> clients.secrets(session).getSecretValue(r -> r.secretId("app"))))
        .startsWith("400 AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/reader/ns-store is not authorized");
    assertThat(secrets.getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");
  }

  @Test
  void given_another_accounts_arn_when_read_then_no_resource_based_policy_allows() {
    String arn = "arn:aws:secretsmanager:us-east-1:999999999999:secret:app-AbCdEf";

    assertThat(errorOf(() -> secrets.getSecretValue(r -> r.secretId(arn))))
        .endsWith("on resource: " + arn + " because no resource-based policy allows the secretsmanager:GetSecretValue action");
  }

  @Test
  void given_policies_when_cleared_then_everything_is_allowed_again() {
    aws.createSecret("app", "one");
    aws.deny("tester", "*", "*").allowOnly("tester").clearPolicies("tester");

    assertThat(secrets.getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");
  }
}
