package dev.keyferry.store;

import java.util.List;
import java.util.Optional;

/**
 * What a namespaced store may do with the operator's own identity. Whoever may write SecretStores in a namespace chooses the roles that it
 * names, so without a rule they could reach whatever the operator can.
 *
 * @param allowed whether a SecretStore without {@code auth} may begin as the operator
 * @param roles patterns of the roles that it may assume then: {@code *} stands for any characters, {@code {namespace}} for the store's
 *     namespace; empty means all
 */
public record OperatorUse(boolean allowed, List<String> roles) {

  /** Everything, as in External Secrets Operator. */
  public static final OperatorUse UNBOUND = new OperatorUse(true, List.of());

  private static final String NAMESPACE = "{namespace}";

  /** The list never changes. */
  public OperatorUse {
    roles = List.copyOf(roles);
  }

  /**
   * Why a store may not; empty where it may.
   *
   * @param namespace the store's
   * @param chain ARNs of the roles that it assumes
   */
  Optional<String> refusal(String namespace, List<String> chain) {
    if (!allowed) {
      return Optional.of(
          "a SecretStore may not read as the operator (--namespaced-stores Deny): give provider.aws.auth a ServiceAccount or keys of its own");
    }
    return chain.stream()
        .filter(role -> !roles.isEmpty() && roles.stream().noneMatch(pattern -> matches(pattern, role, namespace)))
        .findFirst()
        .map(role -> "a SecretStore of namespace " + namespace + " may not assume " + role + " as the operator (--allowed-roles)");
  }

  /** Compares from left to right and never further back than the last {@code *}: its time is bounded by pattern times text. */
  private static boolean matches(String pattern, String text, String namespace) {
    String wanted = pattern.replace(NAMESPACE, namespace);
    int at = 0;
    int star = -1;
    int resume = 0;
    int position = 0;
    while (position < text.length()) {
      if (at < wanted.length() && wanted.charAt(at) == '*') {
        star = at++;
        resume = position;
      } else if (at < wanted.length() && wanted.charAt(at) == text.charAt(position)) {
        at++;
        position++;
      } else if (star >= 0) {
        at = star + 1;
        position = ++resume;
      } else {
        return false;
      }
    }
    while (at < wanted.length() && wanted.charAt(at) == '*') {
      at++;
    }
    return at == wanted.length();
  }
}
