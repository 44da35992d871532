package dev.keyferry.source;

import org.jspecify.annotations.Nullable;

/**
 * What shares credentials, caches and batches.
 *
 * @param identity who reads
 * @param region where
 * @param endpoint overrides the service's endpoint; null means AWS's own (or the process's {@code AWS_ENDPOINT_URL…})
 * @param kind which of AWS's own endpoints; {@code PLAIN} where there is an endpoint
 */
public record Scope(Identity identity, String region, @Nullable String endpoint, EndpointKind kind) {

  /** A scope at the usual endpoint, or at the given one. */
  public Scope(Identity identity, String region, @Nullable String endpoint) {
    this(identity, region, endpoint, EndpointKind.PLAIN);
  }
}
