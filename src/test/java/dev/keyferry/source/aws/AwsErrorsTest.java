package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceFailure.AccessDenied;
import java.net.ConnectException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.secretsmanager.model.SecretsManagerException;

class AwsErrorsTest {

  private static final String PRINCIPAL = "arn:aws:sts::111122223333:assumed-role/app/keyferry-team-a";
  private static final String IDENTITY_BASED = "because no identity-based policy allows the secretsmanager:GetSecretValue action";
  private static final Call READ =
      new Call(
          AwsService.SECRETS_MANAGER, "GetSecretValue", "eu-west-1", "secretsmanager.eu-west-1.amazonaws.com", false, "prod/db");
  private static final Call STORE_CHOSEN =
      new Call(AwsService.SECRETS_MANAGER, "GetSecretValue", "eu-west-1", "sm.example", true, "prod/db");
  private static final String ROLE = "arn:aws:iam::111122223333:role/app";
  private static final Call WEB_IDENTITY = sts("AssumeRoleWithWebIdentity");

  private static Call sts(String operation) {
    return new Call(AwsService.STS, operation, "eu-west-1", "sts.eu-west-1.amazonaws.com", false, ROLE);
  }

  private static SourceFailure denied(String rest) {
    return AwsErrors.of(READ, "AccessDeniedException", user("secretsmanager:GetSecretValue " + rest), 400);
  }

  private static String user(String rest) {
    return "User: " + PRINCIPAL + " is not authorized to perform: " + rest;
  }

  @ParameterizedTest
  @CsvSource({
    "AccessDeniedException,400,ACCESS_DENIED",
    "AccessDenied,403,ACCESS_DENIED",
    "ResourceNotFoundException,400,NOT_FOUND",
    "ResourceNotFoundException,404,NOT_FOUND",
    "ParameterNotFound,400,NOT_FOUND",
    "ParameterVersionNotFound,400,NOT_FOUND",
    "InvalidRequestException,400,INVALID_REQUEST",
    "InvalidParameterException,400,INVALID_REQUEST",
    "ValidationException,400,INVALID_REQUEST",
    "SomethingNew,400,INVALID_REQUEST",
    "DecryptionFailure,400,DECRYPTION",
    "InvalidKeyId,400,DECRYPTION",
    "InternalServiceError,500,SERVER_FAULT",
    "InvalidNextTokenException,400,SERVER_FAULT",
    "SomethingNew,503,SERVER_FAULT",
    "'',502,SERVER_FAULT",
    "ThrottlingException,400,THROTTLED",
    "TooManyRequestsException,400,THROTTLED",
    "LimitExceededException,400,THROTTLED",
    "'',429,THROTTLED",
    "ExpiredTokenException,400,CREDENTIALS",
    "UnrecognizedClientException,400,CREDENTIALS",
    "InvalidClientTokenId,403,CREDENTIALS",
    "InvalidSignatureException,400,CREDENTIALS",
    "RequestTimeTooSkewed,403,CREDENTIALS",
    "OptInRequired,403,CREDENTIALS",
  })
  void given_a_code_when_it_is_classified_then_it_is_of_its_kind(String code, int status, FailureKind kind) {
    SourceFailure failure = AwsErrors.of(READ, code, "some text", status);

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.message()).isNotBlank();
  }

  @Test
  void given_no_identity_based_allow_when_denied_then_the_statement_to_add_is_given() {
    var failure = (AccessDenied) denied("on resource: prod/db " + IDENTITY_BASED);

    assertThat(failure.principal()).isEqualTo(PRINCIPAL);
    assertThat(failure.action()).isEqualTo("secretsmanager:GetSecretValue");
    assertThat(failure.resource()).isEqualTo("prod/db");
    assertThat(failure.message())
        .isEqualTo(
            PRINCIPAL + " may not secretsmanager:GetSecretValue on prod/db: no identity-based policy allows it."
                + " Add to the policies of role app: {\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\","
                + "\"Resource\":\"arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-??????\"}"
                + " (AWS says the same of a secret that does not exist in eu-west-1.)");
  }

  @Test
  void given_a_full_arn_when_denied_then_the_statement_has_that_arn_with_its_suffix_open() {
    String arn = "arn:aws-cn:secretsmanager:cn-north-1:444455556666:secret:a/b-AbCdEf";

    SourceFailure failure = denied("on resource: " + arn + " " + IDENTITY_BASED);

    assertThat(failure.message())
        .contains("\"Resource\":\"arn:aws-cn:secretsmanager:cn-north-1:444455556666:secret:a/b-??????\"")
        .doesNotContain("does not exist");
  }

  @Test
  void given_the_batch_action_when_denied_then_the_statement_names_every_resource() {
    Call batch = new Call(AwsService.SECRETS_MANAGER, "BatchGetSecretValue", "eu-west-1", "h", false, null);
    String action = "secretsmanager:BatchGetSecretValue";
    String text = user(action + " because no identity-based policy allows the " + action + " action");

    var failure = (AccessDenied) AwsErrors.of(batch, "AccessDeniedException", text, 400);

    assertThat(failure.resource()).isNull();
    assertThat(failure.message()).contains("{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:BatchGetSecretValue\",\"Resource\":\"*\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "an identity-based policy", "a resource-based policy", "a permissions boundary", "a session policy", "a VPC endpoint policy",
        "a service control policy", "a resource control policy"
      })
  void given_an_explicit_deny_when_denied_then_its_policy_is_named_and_no_allow_is_proposed(String policy) {
    SourceFailure failure = denied("on resource: prod/db with an explicit deny in " + policy);

    assertThat(failure.message()).contains("an explicit deny in " + policy + " forbids it").doesNotContain("\"Effect\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"resource-based policy", "session policy", "VPC endpoint policy", "service control policy", "permissions boundary"})
  void given_another_policy_without_allow_when_denied_then_it_is_named(String policy) {
    SourceFailure failure = denied("on resource: prod/db because no " + policy + " allows the secretsmanager:GetSecretValue action");

    assertThat(failure.message()).contains("no " + policy + " allows it");
  }

  @Test
  void given_a_denial_without_reason_when_denied_then_principal_action_and_subject_are_still_named() {
    var failure = (AccessDenied) AwsErrors.of(READ, "AccessDenied", user("secretsmanager:GetSecretValue"), 403);

    assertThat(failure.principal()).isEqualTo(PRINCIPAL);
    assertThat(failure.resource()).isEqualTo("prod/db");
    assertThat(failure.message()).contains("secret:prod/db-??????");
  }

  @Test
  void given_kms_denies_when_denied_then_the_action_is_decrypt_and_the_secret_is_named() {
    var failure = (AccessDenied) AwsErrors.of(READ, "AccessDeniedException", "Access to KMS is not allowed", 400);

    assertThat(failure.action()).isEqualTo("kms:Decrypt");
    assertThat(failure.resource()).isEqualTo("prod/db");
    assertThat(failure.message()).contains("prod/db", "\"Action\":\"kms:Decrypt\"", "secretsmanager.eu-west-1.amazonaws.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "You can't perform this operation on the secret because it was marked for deletion.",
        "An error occurred (InvalidRequestException) when calling the GetSecretValue operation: You tried to perform the operation on"
            + " a secret that's currently marked deleted.",
      })
  void given_a_deleted_secret_when_classified_then_the_command_that_restores_it_is_given(String text) {
    SourceFailure failure = AwsErrors.of(READ, "InvalidRequestException", text, 400);

    assertThat(failure.kind()).isEqualTo(FailureKind.MARKED_FOR_DELETION);
    assertThat(failure.message()).contains("aws secretsmanager restore-secret --secret-id prod/db --region eu-west-1");
  }

  @Test
  void given_a_missing_stage_when_classified_then_the_stage_is_named() {
    String text = "Secrets Manager can't find the specified secret value for staging label: BLUE";

    assertThat(AwsErrors.of(READ, "ResourceNotFoundException", text, 400).message())
        .isEqualTo("prod/db has no version with staging label BLUE in eu-west-1.");
  }

  @Test
  void given_an_exception_when_classified_then_its_request_id_is_nowhere() {
    RuntimeException error =
        SecretsManagerException.builder()
            .message("No such thing (Service: SecretsManager, Status Code: 400, Request ID: 1b2c-3d4e)")
            .requestId("1b2c-3d4e")
            .statusCode(400)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode("InvalidParameterException").errorMessage("Bad id (request id: 1b2c-3d4e)").build())
            .build();

    assertThat(AwsErrors.of(READ, error).message())
        .isEqualTo("secretsmanager:GetSecretValue of prod/db was refused (InvalidParameterException): Bad id");
  }

  @Test
  void given_a_foreign_endpoint_when_it_fails_then_neither_its_text_nor_an_unknown_code_is_shown() {
    SourceFailure known = AwsErrors.of(STORE_CHOSEN, "AccessDeniedException", "root:x:0:0", 400);
    SourceFailure unknown = AwsErrors.of(STORE_CHOSEN, "root:x:0:0", "root:x:0:0", 400);

    assertThat(known.kind()).isEqualTo(FailureKind.ACCESS_DENIED);
    assertThat(known.message()).isEqualTo("prod/db: the store's endpoint sm.example answered with AccessDeniedException.");
    assertThat(unknown.message()).isEqualTo("prod/db: the store's endpoint sm.example answered with HTTP status 400.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "AccessDenied|Not authorized to perform sts:AssumeRoleWithWebIdentity|trust policy allows sts:AssumeRoleWithWebIdentity",
        "InvalidIdentityToken|No OpenIDConnect provider found in your account for https://oidc/1|no OIDC provider for https://oidc/1",
        "InvalidIdentityToken|Incorrect token audience|does not take the token's audience",
        "InvalidIdentityToken|Couldn't retrieve verification key from your identity provider|could not fetch the keys",
        "InvalidIdentityToken|The web identity token provided could not be validated|issuer and thumbprint",
        "ExpiredTokenException|Token expired|has expired",
        "ValidationError|1 validation error detected|could not be assumed (ValidationError)",
        "RegionDisabledException|STS is not activated in this region|is not enabled",
      })
  void given_sts_refuses_a_web_identity_when_classified_then_it_is_credentials_with_what_to_do(String code, String text, String expected) {
    SourceFailure failure = AwsErrors.of(WEB_IDENTITY, code, text, 400);

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(failure.message()).contains(expected);
  }

  @Test
  void given_sts_denies_a_role_when_classified_then_caller_role_and_trust_policy_are_named() {
    String text = user("sts:AssumeRole on resource: " + ROLE + " because no identity-based policy allows the sts:AssumeRole action");

    SourceFailure failure = AwsErrors.of(sts("AssumeRole"), "AccessDenied", text, 403);

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(failure.message())
        .contains(PRINCIPAL, "\"Action\":\"sts:AssumeRole\",\"Resource\":\"" + ROLE + "\"", "trust policy of " + ROLE);
  }

  @Test
  void given_a_policys_arn_when_denied_explicitly_then_it_is_named_and_whose_it_is() {
    String scp = "arn:aws:organizations::999988887777:policy/o-abc/service_control_policy/p-12ab";

    SourceFailure failure = denied("on resource: prod/db with an explicit deny in a service control policy: " + scp);

    assertThat(failure.message())
        .contains("an explicit deny in a service control policy forbids it (" + scp + ").", "who administers AWS Organizations");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a resource control policy|the organization's",
        "a VPC endpoint policy|the VPC endpoint for secretsmanager in eu-west-1",
        "a permissions boundary|bounds role app",
        "a session policy|session of role app",
        "a resource-based policy|on the resource itself",
        "an identity-based policy|among the policies of role app",
      })
  void given_a_denying_policy_when_denied_then_who_can_change_it_is_told(String policy, String whose) {
    assertThat(denied("on resource: prod/db with an explicit deny in " + policy).message()).contains(whose);
  }

  @Test
  void given_the_role_of_a_node_when_denied_then_it_is_recognised() {
    String node = "arn:aws:sts::111122223333:assumed-role/eks-nodes/i-0123456789abcdef0";
    String text = "User: " + node + " is not authorized to perform: secretsmanager:GetSecretValue on resource: prod/db " + IDENTITY_BASED;

    assertThat(AwsErrors.of(READ, "AccessDeniedException", text, 400).message()).contains("the role of a node", "IRSA or EKS Pod Identity");
    assertThat(denied("on resource: prod/db " + IDENTITY_BASED).message()).doesNotContain("node");
  }

  @Test
  void given_kms_names_its_key_when_denied_then_the_statement_is_about_that_key() {
    String key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    String text = user("kms:Decrypt on resource: " + key + " because no identity-based policy allows the kms:Decrypt action");

    var failure = (AccessDenied) AwsErrors.of(READ, "AccessDeniedException", text, 400);

    assertThat(failure.resource()).isEqualTo(key);
    assertThat(failure.message()).contains("{\"Effect\":\"Allow\",\"Action\":\"kms:Decrypt\",\"Resource\":\"" + key + "\"}");
  }

  @Test
  void given_a_full_arn_that_nothing_answers_to_when_classified_then_the_name_is_proposed() {
    Call byArn =
        new Call(
            AwsService.SECRETS_MANAGER, "GetSecretValue", "eu-west-1", "h", false, "arn:aws:secretsmanager:eu-west-1:1:secret:a-AbCdEf");

    SourceFailure failure = AwsErrors.of(byArn, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400);

    assertThat(failure.message()).contains("has another ARN: use its name");
  }

  @Test
  void given_an_issuer_that_aws_cannot_reach_when_classified_then_it_says_so() {
    assertThat(AwsErrors.of(WEB_IDENTITY, "IDPCommunicationError", "x", 400).message()).contains("could not reach the cluster's OIDC issuer");
  }

  @Test
  void given_a_transient_error_of_sts_when_classified_then_it_is_no_matter_of_credentials() {
    assertThat(AwsErrors.of(WEB_IDENTITY, "IDPCommunicationError", "x", 400).kind()).isEqualTo(FailureKind.SERVER_FAULT);
    assertThat(AwsErrors.of(WEB_IDENTITY, "Throttling", "Rate exceeded", 400).kind()).isEqualTo(FailureKind.THROTTLED);
  }

  @Test
  void given_failures_before_an_answer_when_classified_then_the_host_is_named_and_no_exception_text() {
    var unknownHost = SdkClientException.create("Unable", new UnknownHostException("10.9.8.7"));
    var refused = SdkClientException.create("Unable", new ConnectException("10.9.8.7:443 refused"));
    var tls = SdkClientException.create("Unable", new SSLHandshakeException("10.9.8.7 PKIX"));

    for (RuntimeException error : new RuntimeException[] {unknownHost, refused, tls}) {
      SourceFailure failure = AwsErrors.of(READ, error);
      assertThat(failure.kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.message()).startsWith("secretsmanager.eu-west-1.amazonaws.com ").doesNotContain("10.9.8.7");
    }
  }

  @Test
  void given_a_clock_that_is_off_when_classified_then_the_clock_is_named() {
    String text = "Signature expired: 20250101T000000Z is now earlier than x";

    SourceFailure failure = AwsErrors.of(READ, "InvalidSignatureException", text, 400);

    assertThat(failure.message()).contains("clock").doesNotContain("20250101");
  }

  @ParameterizedTest
  @CsvSource({"ThrottlingException,400", "InternalServiceError,500", "'',503", "RequestExpired,400"})
  void given_a_failure_of_all_sources_when_read_singly_or_in_a_batch_then_the_message_is_the_same(String code, int status) {
    assertThat(AwsErrors.of(READ, code, "", status)).isEqualTo(AwsErrors.of(batch(READ), code, "", status));
    assertThat(AwsErrors.of(STORE_CHOSEN, code, "", status)).isEqualTo(AwsErrors.of(batch(STORE_CHOSEN), code, "", status));
  }

  private static Call batch(Call read) {
    return new Call(read.service(), "BatchGetSecretValue", read.region(), read.host(), read.foreign(), null);
  }
}
