package dev.keyferry.emulator;

import java.util.Optional;

/** Judges calls on secrets by policy, before it is known whether they exist, as AWS does. */
final class SecretAccess {

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
    String action = "secretsmanager:" + operation;
    Resource on = resource(id, model);
    if (foreign(id)) {
      throw AwsError.of(
          "AccessDeniedException",
          Policies.denial(request.caller(), action, on) + " because no resource-based policy allows the " + action + " action");
    }
    policies.check(request.caller(), action, on);
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
