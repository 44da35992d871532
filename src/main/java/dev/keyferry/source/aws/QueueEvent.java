package dev.keyferry.source.aws;

import dev.keyferry.source.RotationStep;
import dev.keyferry.source.SourceChange;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a message of an event queue says. */
sealed interface QueueEvent {

  /** The form of the message, a word for metrics. */
  Kind kind();

  /**
   * A source may have changed.
   *
   * @param kind form of the message
   * @param change which
   * @param at when it happened; null where the message does not say
   */
  record Change(Kind kind, SourceChange change, @Nullable Instant at) implements QueueEvent {}

  /**
   * A rotation is said to have failed.
   *
   * @param kind form of the message
   * @param arn the secret's ARN
   * @param step where it failed; null where the message names none
   * @param at when it happened; null where the message does not say
   */
  record RotationFailed(Kind kind, String arn, @Nullable RotationStep step, @Nullable Instant at) implements QueueEvent {}

  /**
   * An event that changes no source.
   *
   * @param kind form of the message
   */
  record Irrelevant(Kind kind) implements QueueEvent {}

  /**
   * No event at all, or one whose parts are missing, malformed or at odds.
   *
   * @param kind form of the message
   */
  record Poison(Kind kind) implements QueueEvent {}

  /** Forms of messages. */
  enum Kind {
    /** Native {@code Secret Label Updated}. */
    LABEL("label"),
    /** {@code AWS API Call via CloudTrail}. */
    API_CALL("api_call"),
    /** {@code AWS Service Event via CloudTrail}. */
    SERVICE_EVENT("service_event"),
    /** {@code Parameter Store Change}. */
    PARAMETER("parameter"),
    /** Anything else. */
    OTHER("other");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
