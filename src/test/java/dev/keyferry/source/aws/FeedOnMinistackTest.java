package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE;
import static software.amazon.awssdk.services.sqs.model.QueueAttributeName.QUEUE_ARN;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.keyferry.emulator.Keys;
import dev.keyferry.emulator.SdkClients;
import dev.keyferry.source.ChangeFeed;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.RotationFailures;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/**
 * The way of a native event, from Secrets Manager by the deployed rule of EventBridge and a queue to the feed, on ministack, written by
 * others: no misunderstanding of AWS's events that {@link Events} and the emulator share goes unseen. Ministack asks neither signatures of
 * requests nor a policy of the queue, and its account is 000000000000; CloudTrail's events it does not send. Needs
 * {@code KEYFERRY_MINISTACK_ENDPOINT}.
 */
@Tag("moto")
@Timeout(120)
class FeedOnMinistackTest {

  private static final String ENDPOINT = "KEYFERRY_MINISTACK_ENDPOINT";
  private static final String REGION = "us-east-1";
  private static final String ACCOUNT = "000000000000";
  private static final Keys KEYS = new Keys("AKIATESTKEYFERRY0001", "any", null, null);

  private final URI ministack = endpoint();
  private final JsonMapper json = new JsonMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final SdkClients clients = new SdkClients(ministack, REGION);
  private final SecretsManagerClient secrets = clients.secrets(KEYS);
  private final SqsClient queues = clients.queues(KEYS);
  private final Aws aws =
      new Aws(
          Map.of("AWS_ACCESS_KEY_ID", KEYS.accessKeyId(), "AWS_SECRET_ACCESS_KEY", KEYS.secretAccessKey())::get,
          new FakeMaterial(),
          (service, operation, code, attempts, duration) -> {},
          Clock.systemUTC(),
          1,
          null,
          "0");
  private final List<SourceChange> changes = new CopyOnWriteArrayList<>();
  private final List<Runnable> settlements = new CopyOnWriteArrayList<>();
  private String arn;
  private String firstVersion;
  private String queue;
  private ChangeFeed feed;

  private static URI endpoint() {
    String given = System.getProperty(ENDPOINT, System.getenv(ENDPOINT));
    if (given == null || given.isBlank()) {
      throw new AssertionError(ENDPOINT + " must name a running ministack, e.g. http://127.0.0.1:4566");
    }
    return URI.create(given);
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  @BeforeEach
  void start() throws IOException, InterruptedException {
    post(HttpRequest.newBuilder(ministack.resolve("/_ministack/reset")).POST(BodyPublishers.noBody()).build());
    var created = secrets.createSecret(request -> request.name("shop/db").secretString("one"));
    arn = created.arn();
    firstVersion = created.versionId();
    queue = queues.createQueue(request -> request.queueName("events")).queueUrl();
    sendLabelsToQueue();
    feed = aws.feed(List.of(new EventQueue(queue, REGION)), RotationFailures.NONE, ChangeFeedListener.NONE, new Random(7));
    feed.start(
        (change, settled) -> {
          changes.add(change);
          settlements.add(settled);
        });
  }

  @AfterEach
  void stop() {
    if (feed != null) {
      feed.stop();
    }
    aws.close();
    clients.close();
    http.close();
  }

  @Test
  void given_a_new_value_when_put_then_its_change_comes_with_arn_and_version() {
    String version = secrets.putSecretValue(request -> request.secretId("shop/db").secretString("two")).versionId();

    soon().until(() -> !changes.isEmpty());
    assertThat(changes).containsExactly(current(version));
  }

  @Test
  void given_a_change_when_settled_then_its_message_leaves_the_queue() {
    secrets.putSecretValue(request -> request.secretId("shop/db").secretString("two"));
    soon().until(() -> !settlements.isEmpty());
    assertThat(waiting()).isEqualTo("0 to receive, 1 received");

    settlements.getFirst().run();

    soon().untilAsserted(() -> assertThat(waiting()).isEqualTo("0 to receive, 0 received"));
  }

  @Test
  void given_a_label_when_moved_back_then_the_change_names_the_older_version() {
    String version = secrets.putSecretValue(request -> request.secretId("shop/db").secretString("two")).versionId();
    secrets.updateSecretVersionStage(
        request -> request.secretId("shop/db").versionStage("AWSCURRENT").moveToVersionId(firstVersion).removeFromVersionId(version));

    soon().until(() -> changes.size() >= 2);
    assertThat(changes).containsExactlyInAnyOrder(current(version), current(firstVersion));
  }

  private SourceChange current(String version) {
    return SourceChange.current(SourceService.SECRETS_MANAGER, ACCOUNT, REGION, arn, version);
  }

  private String waiting() {
    var attributes =
        queues.getQueueAttributes(
            request ->
                request.queueUrl(queue).attributeNames(APPROXIMATE_NUMBER_OF_MESSAGES, APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE));
    return attributes.attributes().get(APPROXIMATE_NUMBER_OF_MESSAGES)
        + " to receive, "
        + attributes.attributes().get(APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE)
        + " received";
  }

  private void sendLabelsToQueue() throws IOException, InterruptedException {
    JsonNode pattern =
        new YAMLMapper().readTree(Path.of("deploy", "aws", "events.yaml").toFile()).at("/Resources/Labels/Properties/EventPattern");
    assertThat(pattern.isObject()).isTrue();
    String queueArn = queues.getQueueAttributes(request -> request.queueUrl(queue).attributeNames(QUEUE_ARN)).attributes().get(QUEUE_ARN);
    events("PutRule", Map.of("Name", "labels", "EventPattern", json.writeValueAsString(pattern)));
    JsonNode answer =
        events("PutTargets", Map.of("Rule", "labels", "Targets", List.of(Map.of("Id", "keyferry", "Arn", queueArn))));
    assertThat(answer.path("FailedEntryCount").asInt(-1)).isZero();
  }

  /** EventBridge's client is no dependency: the operator has no use for it. */
  private JsonNode events(String operation, Map<String, Object> input) throws IOException, InterruptedException {
    return json.readTree(
        post(
            HttpRequest.newBuilder(ministack)
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", "AWSEvents." + operation)
                .POST(BodyPublishers.ofString(json.writeValueAsString(input)))
                .build()));
  }

  private String post(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }
}
