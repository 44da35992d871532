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
    return switch (service) {
      case SECRETS_MANAGER, PARAMETER_STORE, STS -> service.prefix() + ":" + operation;
    };
  }

  /** The same call, for one of the things that it asked for. */
  Call about(String newSubject) {
    return new Call(service, operation, region, host, foreign, newSubject);
  }

  /** The same error, had it come from another operation: a batch reports denials of the single read. */
  Call as(String newOperation) {
    return new Call(service, newOperation, region, host, foreign, subject);
  }

  /** What the call was about, for a sentence. */
  String what() {
    return subject == null ? action() : subject;
  }
}
