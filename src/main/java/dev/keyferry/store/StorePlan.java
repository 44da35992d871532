package dev.keyferry.store;

import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceService;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store means for one namespace.
 *
 * @param store such as {@code SecretStore shop/aws} or {@code ClusterSecretStore aws}
 * @param service where its sources are kept
 * @param identity how to become the caller
 * @param region where to read
 * @param endpoint overrides the service's endpoint; null for AWS's own
 * @param kind which of AWS's own endpoints
 * @param prefix stands before every key; may be empty
 * @param allowedKeys what the namespace may read through it
 * @param strict whether every source is read at its interval, whatever lists show
 * @param failoverRegions where to read while the region does not serve
 */
public record StorePlan(
    String store,
    SourceService service,
    IdentitySpec identity,
    String region,
    @Nullable String endpoint,
    EndpointKind kind,
    String prefix,
    AllowedKeys allowedKeys,
    boolean strict,
    List<String> failoverRegions) {

  /** The list never changes. */
  public StorePlan {
    failoverRegions = List.copyOf(failoverRegions);
  }

  /** A plan that has no region to fail over to. */
  public StorePlan(
      String store,
      SourceService service,
      IdentitySpec identity,
      String region,
      @Nullable String endpoint,
      EndpointKind kind,
      String prefix,
      AllowedKeys allowedKeys,
      boolean strict) {
    this(store, service, identity, region, endpoint, kind, prefix, allowedKeys, strict, List.of());
  }

  /** A plan at the usual endpoint, or at the given one, for keys without prefix. */
  public StorePlan(String store, SourceService service, IdentitySpec identity, String region, @Nullable String endpoint) {
    this(store, service, identity, region, endpoint, EndpointKind.PLAIN, "", AllowedKeys.ALL, false);
  }

  /** Where its sources are read by that identity. */
  public Scope scope(Identity reader) {
    return new Scope(reader, region, endpoint, kind, failoverRegions);
  }
}
