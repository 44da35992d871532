package dev.keyferry.emulator;

import java.util.Optional;
import java.util.regex.Pattern;

/** Judges calls on secrets by policy, before it is known whether they exist, as AWS does. */
final class SecretAccess {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9/_+=.@!-]{1,512}");

  private final Policies policies;
  private final String accountId;

  SecretAccess(Policies policies, String accountId) {
    this.policies = policies;
    this.accountId = accountId;
  }

  void onAccount(Request request, String operation) {
    policies.check(request.caller(), "secretsmanager:" + operation, Resource.ACCOUNT);
  }

  void onSecret(Request request, String operation, String id, SecretModel model) {
    checkName(id);
    String action = "secretsmanager:" + operation;
    Resource on = resource(id, model);
    if (foreign(id)) {
      throw AwsError.of(
          "AccessDeniedException",
          Policies.denial(request.caller(), action, on) + " because no resource-based policy allows the " + action + " action");
    }
    policies.check(request.caller(), action, on);
  }

  private static void checkName(String id) {
    if (id.isEmpty()) {
      throw AwsError.validation("", "secretId", "Member must have length greater than or equal to 1");
    }
    if (!id.startsWith("arn:") && !NAME.matcher(id).matches()) {
      throw AwsError.of(
          "ValidationException",
          "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!");
    }
  }

  private boolean foreign(String id) {
    String[] parts = id.split(":", 7);
    return id.startsWith("arn:") && parts.length == 7 && !parts[4].equals(accountId);
  }

  private static Resource resource(String id, SecretModel model) {
    Optional<StoredSecret> secret = model.find(id);
    return secret.map(found -> new Resource(found.arn(), found.name())).orElseGet(() -> new Resource(id, id));
  }
}
