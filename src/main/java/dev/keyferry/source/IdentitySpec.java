package dev.keyferry.source;

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
 */
public record IdentitySpec(Base base, List<RoleLink> chain, String region, String sessionName) {

  /** The list never changes. */
  public IdentitySpec {
    chain = List.copyOf(chain);
  }

  /** Who begins. */
  public sealed interface Base {}

  /** The operator itself: its web identity token file, else the static keys of its environment. Never the SDK's default chain. */
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
   */
  public record RoleLink(String roleArn, @Nullable String externalId, Map<String, String> sessionTags) {
    /** The map is sorted and never changes. */
    public RoleLink {
      sessionTags = java.util.Collections.unmodifiableMap(new TreeMap<>(sessionTags));
    }
  }
}
