package dev.keyferry.source;

import java.time.Duration;

/** The classes of failure; bounded, so that each may be a metric's label. */
public enum FailureKind {
  /** A policy denies the action. */
  ACCESS_DENIED("access_denied", false, Duration.ofSeconds(30), Duration.ofMinutes(5)),
  /** No such source, stage or version. */
  NOT_FOUND("not_found", false, Duration.ofSeconds(20), Duration.ofMinutes(5)),
  /** The secret is scheduled for deletion and gives no value. */
  MARKED_FOR_DELETION("marked_for_deletion", false, Duration.ofSeconds(30), Duration.ofMinutes(5)),
  /** The KMS key cannot decrypt. */
  DECRYPTION("decryption", false, Duration.ofSeconds(30), Duration.ofMinutes(5)),
  /** AWS limits the rate. */
  THROTTLED("throttled", true, Duration.ofSeconds(2), Duration.ofMinutes(2)),
  /** AWS answered with a fault of its own. */
  SERVER_FAULT("server_fault", true, Duration.ofSeconds(2), Duration.ofMinutes(2)),
  /** AWS could not be reached. */
  NETWORK("network", true, Duration.ofSeconds(2), Duration.ofMinutes(2)),
  /** No usable credentials: STS refuses, keys are wrong, a ServiceAccount or Secret is missing. */
  CREDENTIALS("credentials", false, Duration.ofSeconds(10), Duration.ofMinutes(5)),
  /** The request itself is wrong, until somebody changes it. */
  INVALID_REQUEST("invalid_request", false, Duration.ofSeconds(30), Duration.ofMinutes(5));

  private final String label;
  private final boolean passing;
  private final Duration firstDelay;
  private final Duration maxDelay;

  FailureKind(String label, boolean passing, Duration firstDelay, Duration maxDelay) {
    this.label = label;
    this.passing = passing;
    this.firstDelay = firstDelay;
    this.maxDelay = maxDelay;
  }

  /** The word for metrics and logs. */
  public String label() {
    return label;
  }

  /** Whether it is expected to pass without anybody's help. */
  public boolean passing() {
    return passing;
  }

  /** Whether one source may be to blame where many are read at once; else all of its caller's fail alike. */
  public boolean mayBeOfOneSource() {
    return switch (this) {
      case ACCESS_DENIED, NOT_FOUND, MARKED_FOR_DELETION, DECRYPTION, INVALID_REQUEST -> true;
      case THROTTLED, SERVER_FAULT, NETWORK, CREDENTIALS -> false;
    };
  }

  /** How long to wait before the second try. */
  public Duration firstDelay() {
    return firstDelay;
  }

  /** The longest wait between two tries. */
  public Duration maxDelay() {
    return maxDelay;
  }
}
