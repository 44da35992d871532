package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.SourceRef;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExplanationsTest {

  private static final IdentitySpec SPEC = Rig.spec(Rig.KEYS);
  private static final SourceRef DB = Rig.secret("db");
  private static final String MARKED = "You can't perform this operation on the secret because it was marked for deletion.";
  private static final String NO_KMS = "Access to KMS is not allowed";
  private static final String KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";

  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  private void fails(String code, String text) {
    rig.stub.on("GetSecretValue", asked -> StubAws.error(code, text));
  }

  private void described(String more) {
    rig.stub.on("DescribeSecret", asked -> StubAws.json("{\"ARN\":\"" + Rig.arn("db") + "\",\"Name\":\"db\"" + more + "}"));
  }

  private String message() {
    return rig.failure(SPEC, DB).message();
  }

  @Test
  void given_a_marked_secret_when_read_then_the_date_of_its_deletion_is_told() {
    fails("InvalidRequestException", MARKED);
    described(",\"DeletedDate\":1.7981e9");

    assertThat(message()).contains("marked for deletion in eu-west-1 (date of deletion: 2026-12-24)", "restore-secret --secret-id db");
  }

  @Test
  void given_a_marked_secret_in_a_batch_when_read_then_the_date_is_told_too() {
    String error = "{\"SecretId\":\"db\",\"ErrorCode\":\"InvalidRequestException\",\"Message\":\"" + MARKED + "\"}";
    rig.stub.on("BatchGetSecretValue", asked -> StubAws.json("{\"SecretValues\":[],\"Errors\":[" + error + "]}"));
    described(",\"DeletedDate\":1.7981e9");

    var read = (BatchRead.Entries) rig.aws.source().readBatch(rig.scope(SPEC), List.of(DB));

    assertThat(((Fetched.Failed) read.entries().get(DB)).failure().message()).contains("date of deletion: 2026-12-24");
  }

  @Test
  void given_kms_denies_when_read_then_the_key_is_named_and_the_statement_is_about_it() {
    fails("AccessDeniedException", NO_KMS);
    described(",\"KmsKeyId\":\"" + KEY + "\"");

    assertThat(message()).contains("KMS key " + KEY + ", which encrypts db.", "\"Resource\":\"" + KEY + "\"");
  }

  @Test
  void given_the_accounts_own_key_denies_when_read_then_it_is_told_that_it_serves_its_account_alone() {
    fails("AccessDeniedException", NO_KMS);
    described("");

    assertThat(message()).contains("aws/secretsmanager", "its own account only");
  }

  @Test
  void given_a_key_that_cannot_decrypt_when_read_then_it_is_named() {
    fails("DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key.");
    described(",\"KmsKeyId\":\"alias/own\"");

    assertThat(message()).startsWith("KMS key alias/own of db cannot decrypt it.");
  }

  @Test
  void given_describe_is_denied_when_secrets_fail_then_the_plain_text_stands_and_it_is_asked_once_an_hour() {
    fails("InvalidRequestException", MARKED);
    rig.stub.on("DescribeSecret", asked -> StubAws.error("AccessDeniedException", "no"));

    assertThat(message()).contains("db is marked for deletion in eu-west-1 and gives no value.");
    rig.failure(SPEC, Rig.secret("other"));
    assertThat(rig.stub.count("DescribeSecret")).isEqualTo(1);

    rig.clock.move(Duration.ofMinutes(61));
    rig.failure(SPEC, DB);
    assertThat(rig.stub.count("DescribeSecret")).isEqualTo(2);
  }

  @Test
  void given_a_description_that_was_read_when_the_next_asking_fails_then_the_message_stays_the_same() {
    fails("InvalidRequestException", MARKED);
    described(",\"DeletedDate\":1.7981e9");
    String before = message();
    rig.clock.move(Duration.ofMinutes(11));
    rig.stub.on("DescribeSecret", asked -> StubAws.error("InternalServiceError", "x"));

    assertThat(message()).isEqualTo(before);
  }
}
