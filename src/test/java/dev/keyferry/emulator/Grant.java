package dev.keyferry.emulator;

/**
 * One allowed action. A pattern that begins with {@code arn:} is matched against ARNs, any other against the name; account-level actions
 * (list, batch) need {@code *}, as on AWS.
 *
 * @param action e.g. {@code secretsmanager:GetSecretValue}; may hold wildcards
 * @param resource ARN or name pattern
 */
public record Grant(String action, String resource) {

  /** The action on every resource. */
  public static Grant of(String action) {
    return new Grant(action, "*");
  }

  /** The action on matching resources. */
  public static Grant of(String action, String resource) {
    return new Grant(action, resource);
  }

  boolean covers(String asked, Resource on) {
    return Wildcard.matches(action, asked) && (resource.equals("*") || (on.named() && matchesName(on)));
  }

  private boolean matchesName(Resource on) {
    return resource.startsWith("arn:") ? Wildcard.matches(resource, on.shown()) : Wildcard.matches(resource, on.name());
  }
}
