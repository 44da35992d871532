package dev.keyferry.emulator;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may assume a role. A role trusts either principals of the account or the tokens of an issuer.
 *
 * @param principals ARNs or names that may assume it; empty for every principal of the account
 * @param externalId what AssumeRole must bring; null for nothing
 * @param webIdentity the tokens that are accepted; null for none
 * @param maxSession longest session, 1 h to 12 h
 */
public record Trust(Set<String> principals, @Nullable String externalId, @Nullable WebIdentity webIdentity, Duration maxSession) {

  /**
   * Conditions on a token.
   *
   * @param issuer issuer; null for the emulator's own or the one set on it
   * @param audience expected {@code aud}
   * @param subject expected {@code sub}; may hold {@code *}
   */
  public record WebIdentity(@Nullable String issuer, String audience, String subject) {}

  private static final Duration HOUR = Duration.ofHours(1);

  /** The set never changes. */
  public Trust {
    principals = Set.copyOf(principals);
  }

  /** Every principal of the account. */
  public static Trust account() {
    return new Trust(Set.of(), null, null, HOUR);
  }

  /** Every principal of the account that brings this external id. */
  public static Trust externalId(String externalId) {
    return new Trust(Set.of(), externalId, null, HOUR);
  }

  /** Only these principals: ARNs of users or roles, or their names. */
  public static Trust principals(String... principals) {
    return new Trust(Set.of(principals), null, null, HOUR);
  }

  /** Tokens with this audience and subject, from any issuer that the emulator knows. */
  public static Trust webIdentity(String audience, String subject) {
    return new Trust(Set.of(), null, new WebIdentity(null, audience, subject), HOUR);
  }

  /** The tokens that EKS gives to a ServiceAccount. */
  public static Trust serviceAccount(String namespace, String name) {
    return webIdentity("sts.amazonaws.com", "system:serviceaccount:" + namespace + ":" + name);
  }

  /** The same with another longest session. */
  public Trust withMaxSession(Duration longest) {
    return new Trust(principals, externalId, webIdentity, longest);
  }
}
