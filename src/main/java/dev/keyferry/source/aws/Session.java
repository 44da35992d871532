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
   * @param fresh false where it repeats a failure of moments ago
   */
  record Unavailable(SourceFailure failure, boolean fresh) implements Session {}
}
