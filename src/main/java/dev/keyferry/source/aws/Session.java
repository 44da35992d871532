package dev.keyferry.source.aws;

import dev.keyferry.source.SourceFailure;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;

/** What obtaining credentials gave. */
sealed interface Session {

  /**
   * Usable credentials.
   *
   * @param credentials shows no secret in its {@code toString}
   * @param expires when they end; null for never
   */
  record Open(AwsCredentials credentials, @Nullable Instant expires) implements Session {
    @Override
    public String toString() {
      return "Open[expires=" + expires + "]";
    }
  }

  /**
   * None.
   *
   * @param failure why
   * @param age whether it has just happened
   */
  record Unavailable(SourceFailure failure, Age age) implements Session {}

  /** How a failure came about. */
  enum Age {
    /** Just now. */
    FRESH,
    /** Just now, since the credentials that were to assume a role have run out. */
    STALE,
    /** Moments ago; it is only repeated. */
    REPEATED
  }
}
