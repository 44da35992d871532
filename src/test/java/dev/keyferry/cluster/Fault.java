package dev.keyferry.cluster;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Trouble;
import dev.keyferry.source.FailureKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What AWS does while it does not serve, each kind in a region of its own, so that all of them can be had at once. */
enum Fault {
  /** Requests are taken, and not answered before it is over. */
  HANGS("eu-south-1", "NetworkFailure", Trouble.HANGS),
  THROTTLED("eu-west-1", "Throttled", Trouble.THROTTLES),
  INTERNAL_ERROR("eu-west-2", "ServerFault", Trouble.FAULTS),
  /** Here a list tells of changes while it can. */
  UNAVAILABLE("eu-west-3", "ServerFault", Trouble.UNAVAILABLE),
  /** Connections are closed without an answer. */
  DROPS("eu-south-2", "NetworkFailure", Trouble.DROPS),
  /** Connections are closed in the middle of an answer. */
  CUTS("us-east-1", "NetworkFailure", Trouble.CUTS),
  /** Every session counts as expired, new ones too. */
  EXPIRED("us-east-2", "CredentialsInvalid", Trouble.EXPIRED),
  /** The session ends long before its time, and a new one is good. */
  ENDED("us-west-1", null, null),
  SKEWED("us-west-2", "CredentialsInvalid", Trouble.SKEWED),
  SIGNED_LATE("ca-central-1", "CredentialsInvalid", Trouble.SIGNED_LATE),
  /** STS does not serve when the session has ended; the rest does. */
  STS_DOWN("sa-east-1", "ServerFault", Trouble.UNAVAILABLE),
  /** Of each batch, every third entry fails. */
  PARTLY("ap-south-1", "ServerFault", null);

  private final String region;
  private final @Nullable String reason;
  private final @Nullable Trouble trouble;

  Fault(String region, @Nullable String reason, @Nullable Trouble trouble) {
    this.region = region;
    this.reason = reason;
    this.trouble = trouble;
  }

  String region() {
    return region;
  }

  /** The condition's reason while it lasts; empty where nobody is to be told. */
  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** Whether the source of that number is not served. */
  boolean affects(int number) {
    return reason != null && (this != PARTLY || number % 3 == 0);
  }

  /** How changes are noticed. */
  String detection() {
    return this == UNAVAILABLE ? "Auto" : "Strict";
  }

  /** How often sources are looked at; shorter where a try takes long. */
  Duration interval() {
    return Duration.ofSeconds(this == HANGS ? 5 : 10);
  }

  /** Requests to AWS that a read may take: the SDK's tries, those at the rate that AWS bears, or one more with another session. */
  int requestsOfRead() {
    return switch (this) {
      case THROTTLED -> 5;
      case EXPIRED -> 2;
      default -> 3;
    };
  }

  /** Requests to STS that its reads may take while it lasts: a failure is repeated to all who ask within seconds. */
  long mostSessions(Duration lasted) {
    return switch (this) {
      case STS_DOWN -> 3 * (lasted.toSeconds() + 1);
      case SIGNED_LATE -> 3 * (lasted.toSeconds() / 5 + 1);
      case EXPIRED -> lasted.toSeconds() / 10 + 2;
      case ENDED -> 1;
      default -> 0;
    };
  }

  /**
   * How often a source may be read in that time while it fails, by the shortest waits that backoff gives.
   *
   * @param lasted how long it failed
   */
  int mostReads(Duration lasted) {
    FailureKind kind = "CredentialsInvalid".equals(reason) ? FailureKind.CREDENTIALS : FailureKind.SERVER_FAULT;
    Duration wait = kind.firstDelay();
    Duration at = Duration.ZERO;
    int reads = 0;
    while (at.compareTo(lasted) <= 0) {
      reads++;
      at = at.plus(wait.multipliedBy(3).dividedBy(4));
      wait = wait.multipliedBy(2);
    }
    return reads;
  }

  void begin(AwsEmulator aws, String role, List<String> affected) {
    switch (this) {
      case ENDED -> aws.expireSessions(role);
      case STS_DOWN -> {
        aws.trouble(trouble, region, "sts");
        aws.expireSessions(role);
      }
      case PARTLY -> affected.forEach(aws.secrets(region)::fail);
      case EXPIRED -> aws.trouble(trouble, region, "secretsmanager");
      default -> aws.trouble(trouble, region);
    }
  }

  void end(AwsEmulator aws, List<String> affected) {
    affected.forEach(aws.secrets(region)::heal);
    aws.heal(region);
  }
}
