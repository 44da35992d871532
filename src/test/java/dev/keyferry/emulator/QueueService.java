package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;

/** SQS's operations on queues that exist. */
final class QueueService implements JsonService {

  private final Map<String, MessageQueue> byUrl;
  private final Policies policies;

  QueueService(Map<String, MessageQueue> byUrl, Policies policies) {
    this.byUrl = byUrl;
    this.policies = policies;
  }

  @Override
  public ObjectNode handle(Request request) {
    return switch (request.operation()) {
      case "SendMessage" -> send(request);
      case "ReceiveMessage" -> receive(request);
      case "DeleteMessage" -> delete(request);
      case "DeleteMessageBatch" -> deleteBatch(request);
      case "GetQueueAttributes" -> attributes(request);
      default -> throw AwsError.of("UnknownOperationException", "");
    };
  }

  /** IAM knows no action for batches. */
  private MessageQueue queue(Request request, String action) {
    MessageQueue queue = byUrl.get(request.required("QueueUrl"));
    if (queue == null) {
      throw AwsError.of("QueueDoesNotExist", "The specified queue does not exist.");
    }
    policies.check(request.caller(), "sqs:" + action, new Resource(queue.arn(), queue.arn().substring(queue.arn().lastIndexOf(':') + 1)));
    return queue;
  }

  private ObjectNode send(Request request) {
    String body = request.required("MessageBody");
    String id = queue(request, "SendMessage").send(body);
    return SecretJson.object().put("MessageId", id).put("MD5OfMessageBody", md5(body));
  }

  private ObjectNode receive(Request request) {
    MessageQueue queue = queue(request, "ReceiveMessage");
    int max = request.number("MaxNumberOfMessages", 1, 10, 1);
    Duration wait = Duration.ofSeconds(request.number("WaitTimeSeconds", 0, 20, 0));
    Duration hidden = Duration.ofSeconds(request.number("VisibilityTimeout", 0, 43_200, (int) queue.visibility().toSeconds()));
    ObjectNode out = SecretJson.object();
    ArrayNode messages = out.putArray("Messages");
    for (MessageQueue.Received message : queue.receive(max, wait, hidden)) {
      messages
          .addObject()
          .put("MessageId", message.id())
          .put("ReceiptHandle", message.receipt())
          .put("Body", message.body())
          .put("MD5OfBody", md5(message.body()));
    }
    return out;
  }

  private ObjectNode delete(Request request) {
    queue(request, "DeleteMessage").delete(request.required("ReceiptHandle"));
    return SecretJson.object();
  }

  private ObjectNode deleteBatch(Request request) {
    MessageQueue queue = queue(request, "DeleteMessage");
    JsonNode entries = request.body().path("Entries");
    if (entries.isEmpty() || entries.size() > 10) {
      throw AwsError.of(entries.isEmpty() ? "EmptyBatchRequest" : "TooManyEntriesInBatchRequest", "A batch holds 1 to 10 entries.");
    }
    ObjectNode out = SecretJson.object();
    ArrayNode done = out.putArray("Successful");
    out.putArray("Failed");
    for (JsonNode entry : entries) {
      queue.delete(entry.path("ReceiptHandle").asText());
      done.addObject().put("Id", entry.path("Id").asText());
    }
    return out;
  }

  private ObjectNode attributes(Request request) {
    MessageQueue queue = queue(request, "GetQueueAttributes");
    ObjectNode out = SecretJson.object();
    out.putObject("Attributes").put("ApproximateNumberOfMessages", String.valueOf(queue.size())).put("QueueArn", queue.arn());
    return out;
  }

  private static String md5(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
