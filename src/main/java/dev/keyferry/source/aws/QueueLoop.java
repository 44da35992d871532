package dev.keyferry.source.aws;

import dev.keyferry.source.ChangeFeed;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.RotationFailures;
import dev.keyferry.source.RotationStep;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * Receives one queue's messages and hands on what they say. A message is deleted once what it says is settled; one that cannot be
 * understood is not, so that the queue moves it to its dead letters. Nothing of a message's text is shown.
 */
final class QueueLoop {

  /** Messages that are received and not settled, at most: what comes faster waits in the queue. */
  static final int UNSETTLED = 1000;

  private static final Logger LOGGER = LoggerFactory.getLogger(QueueLoop.class);
  private static final Duration LONGEST_LAG = Duration.ofDays(14);

  /** What a loop talks to. */
  record Parts(
      Supplier<SignedCalls.Answer<List<Message>>> receive,
      Consumer<String> delete,
      ChangeFeed.Receiver receiver,
      RotationFailures rotations,
      ChangeFeedListener listener,
      InstantSource clock,
      RandomGenerator random) {}

  private final String queue;
  private final Parts parts;
  private final Semaphore room = new Semaphore(UNSETTLED);
  private int failures;
  private @Nullable FailureKind said;
  private boolean poisonSaid;
  private volatile boolean stopped;

  /**
   * A loop over a queue.
   *
   * @param queue names it in the log
   */
  QueueLoop(String queue, Parts parts) {
    this.queue = queue;
    this.parts = parts;
  }

  /**
   * Receives once; waits for messages as long as the queue is asked to.
   *
   * @return how long to wait before the next time
   */
  Duration turn() throws InterruptedException {
    room.acquire(QueueCalls.BATCH);
    int taken = 0;
    try {
      switch (parts.receive().get()) {
        case SignedCalls.Given<List<Message>>(List<Message> messages) -> {
          recovered();
          for (Message message : messages.stream().limit(QueueCalls.BATCH).toList()) {
            taken += take(message) ? 1 : 0;
          }
          return Duration.ZERO;
        }
        case SignedCalls.Refused<List<Message>>(SourceFailure failure) -> {
          if (stopped || Thread.interrupted()) {
            throw new InterruptedException();
          }
          return failed(failure);
        }
      }
    } finally {
      room.release(QueueCalls.BATCH - taken);
    }
  }

  /** What fails from now on fails because of that, and is nothing to tell of. */
  void stop() {
    stopped = true;
  }

  /** Messages that are received and not settled. */
  int unsettled() {
    return UNSETTLED - room.availablePermits();
  }

  /* Whether the message keeps its place until it is settled. */
  private boolean take(Message message) {
    String receipt = message.receiptHandle();
    String body = message.body();
    QueueEvent event = body == null ? new QueueEvent.Poison(QueueEvent.Kind.OTHER) : Events.read(body);
    parts.listener().message(event.kind().word(), result(event));
    return switch (event) {
      case QueueEvent.Poison(_) -> {
        poisoned();
        yield false;
      }
      case QueueEvent.Irrelevant(_) -> {
        parts.delete().accept(receipt);
        yield false;
      }
      case QueueEvent.RotationFailed(_, String arn, RotationStep step, Instant at) -> {
        parts.rotations().failed(arn, step, at == null ? parts.clock().instant() : at);
        parts.delete().accept(receipt);
        yield false;
      }
      case QueueEvent.Change(_, var change, Instant at) -> {
        AtomicBoolean open = new AtomicBoolean(true);
        parts.receiver().changed(change, () -> {
          if (open.getAndSet(false)) {
            settled(receipt, at);
          }
        });
        yield true;
      }
    };
  }

  private void settled(String receipt, @Nullable Instant at) {
    room.release();
    parts.delete().accept(receipt);
    if (at != null) {
      Duration lag = Duration.between(at, parts.clock().instant());
      if (lag.compareTo(LONGEST_LAG) <= 0) {
        parts.listener().settled(lag.isNegative() ? Duration.ZERO : lag);
      }
    }
  }

  private static String result(QueueEvent event) {
    return switch (event) {
      case QueueEvent.Change _ -> "change";
      case QueueEvent.RotationFailed _ -> "rotation_failed";
      case QueueEvent.Irrelevant _ -> "irrelevant";
      case QueueEvent.Poison _ -> "poison";
    };
  }

  private void poisoned() {
    if (!poisonSaid) {
      poisonSaid = true;
      LOGGER
          .atWarn()
          .addKeyValue("queue", queue)
          .log("a message of the event queue is no event; it is left to the queue's redrive policy, as are others like it");
    }
  }

  private Duration failed(SourceFailure failure) {
    FailureKind kind = failure.kind();
    parts.listener().receiveFailed(kind);
    if (said != kind) {
      said = kind;
      LOGGER
          .atWarn()
          .addKeyValue("queue", queue)
          .addKeyValue("reason", failure.message())
          .log("the event queue cannot be read; changes are noticed later, by looking");
    }
    long delay = Math.min(kind.firstDelay().toNanos() << Math.min(failures++, 20), kind.maxDelay().toNanos());
    return Duration.ofNanos((long) (delay * (1 - 0.25 * parts.random().nextDouble())));
  }

  private void recovered() {
    failures = 0;
    if (said != null) {
      said = null;
      LOGGER.atInfo().addKeyValue("queue", queue).log("the event queue can be read again");
    }
  }
}
