package dev.keyferry.source.aws;

import dev.keyferry.source.IdentityResolver.Resolved;
import dev.keyferry.source.IdentityResolver.Unresolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;

/** The calls to one event queue, as the operator itself. They block, and return failures as values. */
final class QueueCalls {

  /** Messages in one call, at most; AWS's limit. */
  static final int BATCH = 10;

  /** The IAM actions that the calls need. */
  static final Set<String> ACTIONS = Set.of("sqs:ReceiveMessage", "sqs:DeleteMessage");

  private static final int WAIT_SECONDS = 20;
  private static final String SESSION = "keyferry-events";

  private final EventQueue queue;
  private final AwsClients clients;
  private final AwsIdentities identities;
  private final SignedCalls calls;
  private final IdentitySpec operator;

  QueueCalls(EventQueue queue, AwsClients clients, AwsIdentities identities) {
    this.queue = queue;
    this.clients = clients;
    this.identities = identities;
    this.calls = new SignedCalls(clients, identities);
    this.operator = new IdentitySpec(new IdentitySpec.OperatorBase(), List.of(), queue.region(), SESSION);
  }

  /** What a call gave: an answer or a failure. */
  SignedCalls.Answer<List<Message>> receive() {
    return make(
        "ReceiveMessage",
        (client, with) ->
            client
                .receiveMessage(
                    r ->
                        r.queueUrl(queue.url())
                            .maxNumberOfMessages(BATCH)
                            .waitTimeSeconds(WAIT_SECONDS)
                            .overrideConfiguration(o -> o.credentialsProvider(with)))
                .messages());
  }

  /**
   * Deletes messages.
   *
   * @param receipts 1 to 10 receipt handles
   * @return how many could not be deleted; they will be received again
   */
  SignedCalls.Answer<Integer> delete(List<String> receipts) {
    List<DeleteMessageBatchRequestEntry> entries =
        IntStream.range(0, receipts.size())
            .mapToObj(i -> DeleteMessageBatchRequestEntry.builder().id("m" + i).receiptHandle(receipts.get(i)).build())
            .toList();
    return make(
        "DeleteMessageBatch",
        (client, with) -> {
          List<BatchResultErrorEntry> failed =
              client
                  .deleteMessageBatch(
                      r -> r.queueUrl(queue.url()).entries(entries).overrideConfiguration(o -> o.credentialsProvider(with)))
                  .failed();
          return failed.size();
        });
  }

  private <T> SignedCalls.Answer<T> make(String operation, BiFunction<SqsClient, AwsCredentialsProvider, T> request) {
    return switch (identities.resolve(operator)) {
      case Unresolved(SourceFailure failure) -> new SignedCalls.Refused<>(failure);
      case Resolved(var identity) -> {
        Scope scope = new Scope(identity, queue.region(), queue.endpoint());
        yield calls.make(scope, AwsService.SQS, operation, queue.arn(), with -> request.apply(clients.queues(scope), with));
      }
    };
  }
}
