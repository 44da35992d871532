package dev.keyferry.source.aws;

import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.CredentialMaterial.Absent;
import dev.keyferry.source.CredentialMaterial.Present;
import dev.keyferry.source.CredentialMaterial.StaticKeys;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.SourceFailure.Credentials;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a chain begins with. Exactly one place is asked for each spec; nothing falls through to another, since the SDK's default
 * chain does so after any error of STS and then stays with the node's role.
 */
final class Bases {

  private static final String WAYS =
      "Annotate ServiceAccount keyferry-system/keyferry with eks.amazonaws.com/role-arn and restart the operator,"
          + " or give the store an auth.";

  private final Function<String, @Nullable String> environment;
  private final CredentialMaterial material;

  Bases(Function<String, @Nullable String> environment, CredentialMaterial material) {
    this.environment = environment;
    this.material = material;
  }

  Base.Look look(IdentitySpec.Base spec) {
    return switch (spec) {
      case IdentitySpec.OperatorBase own -> operator();
      case IdentitySpec.ServiceAccountBase account ->
          switch (material.serviceAccount(account.namespace(), account.name())) {
            case Present<CredentialMaterial.ServiceAccountRole>(var role) ->
                new Base.Ready(new Base.Account(account.namespace(), account.name(), role));
            case Absent<CredentialMaterial.ServiceAccountRole>(String message) -> missing(message);
          };
      case IdentitySpec.StaticKeysBase keys ->
          switch (material.staticKeys(keys)) {
            case Present<StaticKeys>(var found) -> new Base.Ready(new Base.Keys(found));
            case Absent<StaticKeys>(String message) -> missing(message);
          };
    };
  }

  private Base.Look operator() {
    String role = value("AWS_ROLE_ARN");
    String file = value("AWS_WEB_IDENTITY_TOKEN_FILE");
    if (role != null && file != null) {
      return new Base.Ready(new Base.TokenFile(role, Path.of(file)));
    }
    if (role != null || file != null) {
      String half = role != null ? "AWS_ROLE_ARN but no AWS_WEB_IDENTITY_TOKEN_FILE" : "AWS_WEB_IDENTITY_TOKEN_FILE but no AWS_ROLE_ARN";
      return missing("The operator's environment has " + half + ", so its web identity is not complete. " + WAYS);
    }
    String id = value("AWS_ACCESS_KEY_ID");
    String secret = value("AWS_SECRET_ACCESS_KEY");
    if (id != null && secret != null) {
      return new Base.Ready(new Base.Keys(new StaticKeys(id, secret, value("AWS_SESSION_TOKEN"))));
    }
    if (value("AWS_CONTAINER_CREDENTIALS_FULL_URI") != null) {
      return missing("The operator has an EKS Pod Identity, which this version cannot use yet. " + WAYS);
    }
    return missing(
        "The operator has no AWS credentials of its own: it looked for AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE, then for"
            + " AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, and nowhere else. " + WAYS);
  }

  private static Base.Look missing(String message) {
    return new Base.Missing(new Credentials(message));
  }

  private @Nullable String value(String name) {
    String value = environment.apply(name);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
