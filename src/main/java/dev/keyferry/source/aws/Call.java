package dev.keyferry.source.aws;

import org.jspecify.annotations.Nullable;

/**
 * What was being asked when an error came.
 *
 * @param service who was asked
 * @param operation such as {@code GetSecretValue}
 * @param region where
 * @param host host name that was called
 * @param foreign whether a store chose the endpoint, so that its answers are not to be shown
 * @param subject name or ARN of what was asked for; null where there is none, or where there are many
 */
record Call(AwsService service, String operation, String region, String host, boolean foreign, @Nullable String subject) {

  /** The IAM action of the operation. */
  String action() {
    return service.prefix() + ":" + operation;
  }

  /** What it does, for a sentence that stays the same however many are read at once: that changes from try to try. */
  String does() {
    return switch (operation) {
      case "GetSecretValue", "BatchGetSecretValue" -> "Reading from Secrets Manager";
      case "GetParameter", "GetParameters" -> "Reading from Parameter Store";
      default -> action();
    };
  }

  /** What the call was about, for a sentence. */
  String what() {
    return subject == null ? action() : subject;
  }
}
