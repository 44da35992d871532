package dev.keyferry.source;

import org.jspecify.annotations.Nullable;

/**
 * Why a source could not be read, as a value. Messages are stable (no request id, no time) and never hold a payload, nor the body of a
 * foreign endpoint's answer.
 */
public sealed interface SourceFailure {

  /** The class of failure. */
  FailureKind kind();

  /** One or two sentences that say what is wrong and what to do. */
  String message();

  /** What is wrong without the single source, in a sentence: what fails for one cause gives the same. */
  default String cause() {
    return switch (this) {
      case AccessDenied(var principal, var action, _, _) ->
          (principal == null ? "AWS denies " : principal + " may not ") + (action == null ? "what is asked" : action) + ".";
      case NotFound _ -> "There are no such secrets or parameters.";
      case MarkedForDeletion _ -> "Their secrets are marked for deletion.";
      case Decryption _ -> "A KMS key does not decrypt their secrets.";
      case InvalidRequest _ -> "AWS does not understand what is asked.";
      case Throttled(var message) -> message;
      case ServerFault(var message) -> message;
      case Network(var message) -> message;
      case Credentials(var message) -> message;
    };
  }

  /**
   * A policy denies the action.
   *
   * @param principal ARN of the caller; null where AWS does not say
   * @param action the IAM action; null where AWS does not say
   * @param resource what it was tried on; null where AWS does not say
   * @param message what is wrong and which statement is missing
   */
  record AccessDenied(@Nullable String principal, @Nullable String action, @Nullable String resource, String message)
      implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.ACCESS_DENIED;
    }
  }

  /**
   * No such source, stage or version.
   *
   * @param message what is missing and where
   */
  record NotFound(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.NOT_FOUND;
    }
  }

  /**
   * The secret is scheduled for deletion.
   *
   * @param message which secret and how to restore it
   */
  record MarkedForDeletion(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.MARKED_FOR_DELETION;
    }
  }

  /**
   * The KMS key cannot decrypt.
   *
   * @param message which secret and what to check
   */
  record Decryption(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.DECRYPTION;
    }
  }

  /**
   * AWS limits the rate.
   *
   * @param message which operation
   */
  record Throttled(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.THROTTLED;
    }
  }

  /**
   * AWS answered with a fault of its own.
   *
   * @param message which operation
   */
  record ServerFault(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.SERVER_FAULT;
    }
  }

  /**
   * AWS could not be reached.
   *
   * @param message which endpoint
   */
  record Network(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.NETWORK;
    }
  }

  /**
   * No usable credentials.
   *
   * @param message which identity and what to check
   */
  record Credentials(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.CREDENTIALS;
    }
  }

  /**
   * The request is wrong.
   *
   * @param message which part of it
   */
  record InvalidRequest(String message) implements SourceFailure {
    @Override
    public FailureKind kind() {
      return FailureKind.INVALID_REQUEST;
    }
  }
}
