package dev.keyferry.source.aws;

import static dev.keyferry.source.aws.EventTexts.ACCOUNT;
import static dev.keyferry.source.aws.EventTexts.ARN;
import static dev.keyferry.source.aws.EventTexts.REGION;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.RotationStep;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {

  private static final String VERSION = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111";

  private static SourceChange secret(String id, @Nullable String stage, @Nullable String version) {
    return new SourceChange(SourceService.SECRETS_MANAGER, ACCOUNT, REGION, id, stage, version);
  }

  private static SourceChange change(String body) {
    return ((QueueEvent.Change) Events.read(body)).change();
  }

  @Test
  void given_a_label_that_moved_when_read_then_secret_label_version_and_time_are_known() {
    assertThat(Events.read(EventTexts.label(ARN, "AWSCURRENT", VERSION)))
        .isEqualTo(
            new QueueEvent.Change(
                QueueEvent.Kind.LABEL, secret(ARN, "AWSCURRENT", VERSION), Instant.parse("2026-01-01T00:00:00Z")));
  }

  @Test
  void given_a_label_event_without_resources_when_read_then_its_name_counts() {
    String body = EventTexts.label(ARN, "BLUE", VERSION).replace("[\"" + ARN + "\"]", "[]");

    assertThat(change(body)).isEqualTo(secret("shop/db", "BLUE", VERSION));
  }

  @Test
  void given_an_event_in_an_envelope_of_sns_when_read_then_it_is_the_same() {
    String body = EventTexts.label(ARN, "AWSCURRENT", VERSION);

    assertThat(Events.read(EventTexts.sns(body))).isEqualTo(Events.read(body));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CreateSecret | {\"name\":\"shop/db\"} | {\"arn\":\"ARN\",\"name\":\"shop/db\"} | ARN",
        "DeleteSecret | {\"secretId\":\"shop/db\"} | {\"aRN\":\"ARN\"} | ARN",
        "RestoreSecret | {\"secretId\":\"shop/db\"} | {\"ARN\":\"ARN\"} | ARN",
        "RotateSecret | {\"secretId\":\"shop/db\"} | null | shop/db",
        "UpdateSecret | {\"secretId\":\"PARTIAL\"} | {} | PARTIAL",
        "ReplicateSecretToRegions | {\"secretId\":\"ARN\"} | null | ARN",
        "TagResource | {\"secretId\":\"ARN\"} | null | ARN",
      })
  void given_a_call_when_read_then_the_secret_is_named(String name, String request, String response, String id) {
    String partial = ARN.substring(0, ARN.length() - 7);
    String body = EventTexts.call(name, request, response).replace("\"ARN\":\"ARN\"", "\"ARN\":\"" + ARN + "\"");
    body = body.replace("\"ARN\"}", "\"" + ARN + "\"}").replace("\"ARN\",", "\"" + ARN + "\",").replace("PARTIAL", partial);

    assertThat(change(body)).isEqualTo(secret(id.replace("ARN", ARN).replace("PARTIAL", partial), null, null));
  }

  @Test
  void given_a_value_that_was_put_when_read_then_its_one_label_and_version_are_known() {
    String response = "{\"arn\":\"" + ARN + "\",\"versionId\":\"" + VERSION + "\"}";

    assertThat(change(EventTexts.call("PutSecretValue", "{\"secretId\":\"shop/db\",\"versionStages\":[\"AWSPENDING\"]}", response)))
        .isEqualTo(secret(ARN, "AWSPENDING", VERSION));
    assertThat(change(EventTexts.call("PutSecretValue", "{\"versionStages\":[\"A\",\"AWSCURRENT\"]}", response)))
        .isEqualTo(secret(ARN, null, null));
    assertThat(change(EventTexts.call("PutSecretValue", "{}", response))).isEqualTo(secret(ARN, null, null));
    assertThat(change(EventTexts.call("UpdateSecret", "{}", response))).isEqualTo(secret(ARN, "AWSCURRENT", VERSION));
  }

  @Test
  void given_a_label_that_was_moved_by_a_call_when_read_then_it_and_its_version_are_known() {
    String request = "{\"secretId\":\"" + ARN + "\",\"versionStage\":\"AWSCURRENT\",\"moveToVersionId\":\"" + VERSION + "\"}";

    assertThat(change(EventTexts.call("UpdateSecretVersionStage", request, "{}"))).isEqualTo(secret(ARN, "AWSCURRENT", VERSION));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RotationSucceeded", "EndSecretVersionDelete"})
  void given_a_service_event_when_read_then_the_secret_has_changed(String name) {
    assertThat(change(EventTexts.serviceEvent(name, ARN))).isEqualTo(secret(ARN, null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RotationFailed", "RotationAbandoned"})
  void given_a_rotation_that_failed_when_read_then_it_is_told(String name) {
    assertThat(Events.read(EventTexts.serviceEvent(name, ARN)))
        .isEqualTo(
            new QueueEvent.RotationFailed(
                QueueEvent.Kind.SERVICE_EVENT, ARN, RotationStep.SET, Instant.parse("2026-01-01T00:00:00Z")));
  }

  @ParameterizedTest
  @CsvSource({"Create, /app/key", "Update, plain", "Delete, /app/key", "LabelParameterVersion, /app/key"})
  void given_a_parameter_that_changed_when_read_then_it_is_named(String operation, String name) {
    assertThat(change(EventTexts.parameter(operation, name)))
        .isEqualTo(SourceChange.of(SourceService.PARAMETER_STORE, ACCOUNT, REGION, name));
  }

  @Test
  void given_an_arn_of_another_account_and_region_when_read_then_those_count() {
    String elsewhere = "arn:aws:secretsmanager:us-east-1:999999999999:secret:shop/db-aBcDeF";

    assertThat(change(EventTexts.label(elsewhere, "AWSCURRENT", VERSION)))
        .isEqualTo(new SourceChange(SourceService.SECRETS_MANAGER, "999999999999", "us-east-1", elsewhere, "AWSCURRENT", VERSION));
  }

  @Test
  void given_events_that_change_nothing_when_read_then_they_are_irrelevant() {
    String failed = EventTexts.call("PutSecretValue", "{\"secretId\":\"" + ARN + "\"}", "null");

    assertThat(
            new String[] {
              EventTexts.call("GetSecretValue", "{\"secretId\":\"" + ARN + "\"}", "null"),
              failed.replace("\"eventName\"", "\"errorCode\":\"AccessDenied\",\"eventName\""),
              EventTexts.serviceEvent("RotationStarted", ARN),
              EventTexts.envelope("aws.ec2", "EC2 Instance State-change Notification", "[]", "{}"),
              EventTexts.envelope("aws.secretsmanager", "Something New", "[]", "{}"),
            })
        .allSatisfy(body -> assertThat(Events.read(body)).isInstanceOf(QueueEvent.Irrelevant.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "null", "[]", "7", "\"text\"", "{", "{}", "{\"source\":7}", "{\"Type\":\"Notification\",\"Message\":7}",
        "{\"Type\":\"Notification\",\"Message\":\"no json\"}", "{\"source\":\"aws.ssm\",\"detail-type\":\"Parameter Store Change\"}",
        "{\"source\":\"aws.secretsmanager\",\"detail-type\":\"AWS API Call via CloudTrail\",\"detail\":[]}"
      })
  void given_what_is_no_event_when_read_then_it_is_poison(String body) {
    assertThat(Events.read(body)).isInstanceOf(QueueEvent.Poison.class);
  }

  @Test
  void given_events_whose_parts_are_malformed_when_read_then_they_are_poison() {
    String label = EventTexts.label(ARN, "AWSCURRENT", VERSION);

    assertThat(
            new String[] {
              label.replace("\"eu-west-1\"", "\"EU West\""),
              label.replace("\"111122223333\"", "\"1\""),
              label.replace(ARN, "arn:aws:s3:::bucket"),
              label.replace(ARN, "arn:aws:secretsmanager:eu-west-1:1:secret:x"),
              label.replace("\"AWSCURRENT\"", "[\"AWSCURRENT\"]"),
              label.replace("\"AWSCURRENT\"", "\"AWS CURRENT\\u0000\""),
              label.replace(ARN, "x".repeat(2049)).replace("\"shop/db\"", "null"),
              EventTexts.parameter("Update", "p").replace("\"name\":\"p\"", "\"name\":\"\\u202e\""),
              EventTexts.serviceEvent("RotationFailed", "shop/db"),
              "{\"source\":" + "[".repeat(100_000),
              "{\"a\":\"" + "x".repeat(300_000) + "\"}",
            })
        .allSatisfy(body -> assertThat(Events.read(body)).isInstanceOf(QueueEvent.Poison.class));
  }

  @Test
  void given_a_version_that_is_none_when_read_then_the_label_still_counts() {
    assertThat(change(EventTexts.label(ARN, "AWSCURRENT", "../..%"))).isEqualTo(secret(ARN, "AWSCURRENT", null));
  }
}
