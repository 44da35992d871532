package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.BatchGetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;
import software.amazon.awssdk.services.sts.model.Credentials;

class FaultsEmulatorTest extends EmulatorTest {

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stopThreads() {
    threads.shutdownNow();
  }

  private String read() {
    return secrets.getSecretValue(r -> r.secretId("app")).secretString();
  }

  @Test
  void given_two_throttles_when_called_three_times_then_the_third_succeeds() {
    aws.createSecret("app", "one");
    aws.throttle("GetSecretValue", 2);

    assertThat(errorOf(this::read)).isEqualTo("400 ThrottlingException: Rate exceeded");
    assertThat(errorOf(this::read)).isEqualTo("400 ThrottlingException: Rate exceeded");
    assertThat(read()).isEqualTo("one");
  }

  @Test
  void given_an_ordered_failure_when_called_then_status_and_code_come() {
    aws.fail("GetSecretValue", 500, "InternalServiceError", 1);

    assertThat(errorOf(this::read)).startsWith("500 InternalServiceError");
  }

  @Test
  void given_a_dropped_connection_when_called_then_the_client_sees_an_io_error_and_the_log_knows() {
    aws.createSecret("app", "one");
    aws.dropConnections("GetSecretValue", 1);

    assertThat(errorOf(this::read)).isEqualTo("SdkClientException");
    assertThat(aws.calls()).extracting(AwsCall::errorCode).containsExactly("ConnectionDropped");
    assertThat(read()).isEqualTo("one");
  }

  @Test
  void given_trouble_with_one_service_of_a_region_when_it_is_healed_there_then_only_that_had_failed() {
    aws.createSecret("app", "one");
    aws.trouble(Trouble.UNAVAILABLE, aws.region(), "sts");
    assertThat(errorOf(() -> clients.sts(tester).getCallerIdentity())).startsWith("503");
    assertThat(read()).isEqualTo("one");
    aws.trouble(Trouble.SIGNED_LATE, aws.region());
    assertThat(errorOf(this::read)).startsWith("400 InvalidSignatureException: Signature expired: ");

    aws.heal("eu-west-1");
    assertThat(errorOf(this::read)).startsWith("400 InvalidSignatureException");
    aws.heal(aws.region());

    assertThat(read()).isEqualTo("one");
    assertThat(errorOf(() -> clients.sts(tester).getCallerIdentity())).isEqualTo("no error");
  }

  @Test
  void given_calls_that_hang_in_a_region_when_it_is_healed_then_they_are_answered() {
    aws.createSecret("app", "one");
    aws.trouble(Trouble.HANGS, aws.region());
    CompletableFuture<String> value = CompletableFuture.supplyAsync(this::read, threads);
    await().until(() -> aws.count("GetSecretValue") == 1);
    assertThat(value).isNotDone();

    aws.heal(aws.region());

    assertThat(value).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("one");
    assertThat(aws.calls()).extracting(AwsCall::errorCode).containsExactly("Hung");
  }

  @Test
  void given_one_secret_that_fails_when_a_batch_is_read_then_the_others_are_answered_until_it_is_healed() {
    aws.createSecret("app", "one");
    aws.createSecret("other", "two");
    aws.secrets().fail("app");

    BatchGetSecretValueResponse batch = secrets.batchGetSecretValue(r -> r.secretIdList("app", "other"));
    assertThat(batch.secretValues()).extracting(SecretValueEntry::secretString).containsExactly("two");
    assertThat(batch.errors()).extracting(error -> error.secretId() + " " + error.errorCode()).containsExactly("app InternalServiceError");
    assertThat(errorOf(this::read)).startsWith("500 InternalServiceError");

    aws.secrets().heal("app");
    assertThat(read()).isEqualTo("one");
  }

  @Test
  void given_a_session_when_its_role_has_all_of_them_expire_then_a_new_one_is_good() {
    aws.createSecret("app", "one");
    String role = aws.addRole("reader", Trust.account());
    SecretsManagerClient first = clients.secrets(session(role));
    assertThat(first.getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");

    aws.expireSessions(role);

    assertThat(errorOf(() -> first.getSecretValue(r -> r.secretId("app")))).startsWith("400 ExpiredTokenException");
    assertThat(clients.secrets(session(role)).getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");
    assertThat(read()).isEqualTo("one");
  }

  private Keys session(String role) {
    Credentials given = clients.sts(tester).assumeRole(r -> r.roleArn(role).roleSessionName("one")).credentials();
    return new Keys(given.accessKeyId(), given.secretAccessKey(), given.sessionToken(), given.expiration());
  }

  @Test
  void given_a_gate_when_two_calls_stand_at_it_then_they_answer_only_after_release() throws InterruptedException {
    aws.createSecret("app", "one");
    Gate gate = aws.hold("GetSecretValue");
    List<CompletableFuture<String>> calls =
        List.of(CompletableFuture.supplyAsync(this::read, threads), CompletableFuture.supplyAsync(this::read, threads));

    gate.awaitArrivals(2, Duration.ofSeconds(20));
    assertThat(calls).noneMatch(CompletableFuture::isDone);
    gate.release();
    assertThat(calls.stream().map(CompletableFuture::join)).containsExactly("one", "one");
  }

  @Test
  void given_latency_when_called_then_the_answer_takes_that_long() {
    aws.createSecret("app", "one");
    aws.latency(Duration.ofMillis(200));
    long start = System.nanoTime();

    read();

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
  }

  @Test
  void given_calls_when_logged_then_each_names_service_operation_principal_ids_and_error() {
    aws.createSecret("app", "one");
    read();
    secrets.batchGetSecretValue(r -> r.secretIdList("app", "none"));
    errorOf(() -> secrets.getSecretValue(r -> r.secretId("none")));
    String user = "arn:aws:iam::123456789012:user/tester";

    assertThat(aws.calls())
        .containsExactly(
            new AwsCall("secretsmanager", "GetSecretValue", user, "us-east-1", List.of("app"), null),
            new AwsCall("secretsmanager", "BatchGetSecretValue", user, "us-east-1", List.of("app", "none"), null),
            new AwsCall("secretsmanager", "GetSecretValue", user, "us-east-1", List.of("none"), "ResourceNotFoundException"));
    aws.resetCounts();
    assertThat(aws.count("GetSecretValue")).isZero();
  }

  @Test
  void given_no_signature_when_called_then_the_token_is_missing() throws IOException, InterruptedException {
    assertThat(post(aws.endpoint(), "secretsmanager.ListSecrets", "{}"))
        .isEqualTo("400 {\"__type\":\"MissingAuthenticationTokenException\",\"Message\":\"Missing Authentication Token\"}");
  }

  @Test
  void given_an_unknown_target_when_called_then_unknown_operation() throws IOException, InterruptedException {
    assertThat(post(aws.endpoint(), "DynamoDB_20120810.GetItem", "{}")).isEqualTo("404 {\"__type\":\"UnknownOperationException\"}");
  }

  private static String post(URI to, String target, String body) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(to)
              .header("X-Amz-Target", target)
              .header("Content-Type", "application/x-amz-json-1.1")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + response.body();
    }
  }

  @Test
  void given_a_clock_16_minutes_ahead_when_called_then_the_signature_expired() {
    try (AwsEmulator ahead = AwsEmulator.builder().signingClock(() -> Instant.now().plus(Duration.ofMinutes(16))).start();
        SdkClients others = SdkClients.of(ahead);
        SecretsManagerClient client = others.secrets(tester)) {
      assertThat(errorOf(client::listSecrets)).startsWith("400 InvalidSignatureException: Signature expired: ").endsWith(" - 15 min.)");
    }
  }

  @Test
  void given_many_calls_when_made_at_once_then_each_is_counted() {
    aws.createSecret("app", "one");
    List<CompletableFuture<GetSecretValueResponse>> calls =
        IntStream.range(0, 40)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> secrets.getSecretValue(r -> r.secretId("app")), threads))
            .toList();

    assertThat(calls.stream().map(CompletableFuture::join)).allMatch(r -> r.secretString().equals("one"));
    assertThat(aws.count("GetSecretValue")).isEqualTo(40);
  }
}
