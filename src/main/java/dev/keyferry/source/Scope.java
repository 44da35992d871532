package dev.keyferry.source;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What shares credentials, caches and batches.
 *
 * @param identity who reads
 * @param region where
 * @param endpoint overrides the service's endpoint; null means AWS's own (or the process's {@code AWS_ENDPOINT_URL…})
 * @param kind which of AWS's own endpoints; {@code PLAIN} where there is an endpoint
 * @param failoverRegions where to read, in this order, while the region does not serve; empty for nowhere else
 */
public record Scope(
    Identity identity, String region, @Nullable String endpoint, EndpointKind kind, List<String> failoverRegions) {

  /** The list never changes. */
  public Scope {
    failoverRegions = List.copyOf(failoverRegions);
  }

  /** A scope that has no region to fail over to. */
  public Scope(Identity identity, String region, @Nullable String endpoint, EndpointKind kind) {
    this(identity, region, endpoint, kind, List.of());
  }

  /** A scope at the usual endpoint, or at the given one. */
  public Scope(Identity identity, String region, @Nullable String endpoint) {
    this(identity, region, endpoint, EndpointKind.PLAIN);
  }

  /** The same reader in another region, at AWS's own endpoint: an endpoint belongs to the region that it was named for. */
  public Scope in(String other) {
    return new Scope(identity, other, null, kind, List.of());
  }
}
