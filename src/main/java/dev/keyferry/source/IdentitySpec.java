package dev.keyferry.source;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How to become a caller: a base credential, then roles to assume in order.
 *
 * @param base who begins
 * @param chain roles to assume, first to last
 * @param region region whose STS endpoint is used
 * @param sessionName RoleSessionName: 2 to 64 characters of {@code [\w+=,.@-]}; CloudTrail and denials show it
 * @param kind which of STS's endpoints is used
 * @param failoverRegions regions whose STS endpoint is used, in this order, while that of the region does not serve
 */
public record IdentitySpec(
    Base base, List<RoleLink> chain, String region, String sessionName, EndpointKind kind, List<String> failoverRegions) {

  /** Lists never change. */
  public IdentitySpec {
    chain = List.copyOf(chain);
    failoverRegions = List.copyOf(failoverRegions);
  }

  /** A caller that one region's STS makes. */
  public IdentitySpec(Base base, List<RoleLink> chain, String region, String sessionName, EndpointKind kind) {
    this(base, chain, region, sessionName, kind, List.of());
  }

  /** A caller that is made at the usual endpoint of STS. */
  public IdentitySpec(Base base, List<RoleLink> chain, String region, String sessionName) {
    this(base, chain, region, sessionName, EndpointKind.PLAIN);
  }

  /** Who begins. */
  public sealed interface Base {}

  /** The operator itself, by the one way that it is configured for. Never the SDK's default chain. */
  public record OperatorBase() implements Base {}

  /**
   * A ServiceAccount, by TokenRequest and AssumeRoleWithWebIdentity.
   *
   * @param namespace its namespace
   * @param name its name
   */
  public record ServiceAccountBase(String namespace, String name) implements Base {}

  /**
   * Static keys in Secrets.
   *
   * @param accessKeyId where the access key id stands
   * @param secretAccessKey where the secret access key stands
   * @param sessionToken where the session token stands; null for long-lived keys
   */
  public record StaticKeysBase(KeyRef accessKeyId, KeyRef secretAccessKey, @Nullable KeyRef sessionToken) implements Base {}

  /**
   * One key of one Secret.
   *
   * @param namespace the Secret's namespace
   * @param name its name
   * @param key the key in its data
   */
  public record KeyRef(String namespace, String name, String key) {}

  /**
   * A role to assume.
   *
   * @param roleArn its ARN
   * @param externalId what its trust policy asks for; null for none
   * @param sessionTags session tags by key, sorted
   * @param transitiveTagKeys keys of tags that the sessions assumed from this one inherit; no duplicates
   */
  public record RoleLink(String roleArn, @Nullable String externalId, Map<String, String> sessionTags, List<String> transitiveTagKeys) {
    /** Map and list never change; the map is sorted. */
    public RoleLink {
      sessionTags = Collections.unmodifiableMap(new TreeMap<>(sessionTags));
      transitiveTagKeys = List.copyOf(transitiveTagKeys);
    }

    /** A role whose tags nobody inherits. */
    public RoleLink(String roleArn, @Nullable String externalId, Map<String, String> sessionTags) {
      this(roleArn, externalId, sessionTags, List.of());
    }
  }
}
