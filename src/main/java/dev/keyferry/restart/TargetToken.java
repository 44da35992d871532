package dev.keyferry.restart;

import dev.keyferry.kube.TargetRecord;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * What workloads are compared with: the token that one ExternalSecret last wrote to a Secret.
 *
 * @param token digest of the revisions
 * @param initial true until the token has advanced once since the target was made
 * @param changed when the token last advanced; far in the future where the target does not say, so that no pod counts as newer
 */
record TargetToken(String token, boolean initial, Instant changed) {

  static TargetToken of(TargetRecord record) {
    return new TargetToken(record.token(), record.initial(), parse(record.changed()));
  }

  /** The name under which a workload remembers it. Neither name can hold a slash. */
  static String key(String secret, String externalSecret) {
    return secret.equals(externalSecret) ? secret : secret + "/" + externalSecret;
  }

  /** The Secret in such a name. */
  static String secretOf(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }

  private static Instant parse(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.MAX;
    }
  }
}
