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
 * @param since when the series of changes began that {@code changed} is the last of
 */
record TargetToken(String token, boolean initial, Instant changed, Instant since) {

  /** The key under which the digest of {@code keyferry.dev/restart-now} is remembered; no Secret can be called so. */
  static final String NOW = "/now";

  /** A single change. */
  TargetToken(String token, boolean initial, Instant changed) {
    this(token, initial, changed, changed);
  }

  static TargetToken of(TargetRecord record) {
    Instant changed = parse(record.changed());
    return new TargetToken(record.token(), record.initial(), changed, record.since() == null ? changed : parse(record.since()));
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

  /** The ExternalSecret in such a name. */
  static String externalSecretOf(String key) {
    return key.substring(key.indexOf('/') + 1);
  }

  private static Instant parse(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.MAX;
    }
  }
}
