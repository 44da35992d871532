package dev.keyferry.source.aws;

import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.CredentialMaterial.Absent;
import dev.keyferry.source.CredentialMaterial.Lookup;
import dev.keyferry.source.CredentialMaterial.Present;
import dev.keyferry.source.CredentialMaterial.Unknown;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.SourceFailure.Credentials;
import dev.keyferry.source.SourceFailure.Network;
import java.util.function.Function;

/**
 * Looks for what a chain begins with. Exactly one place is asked for each spec; nothing falls through to another, since the SDK's default
 * chain does so after any error of STS and then stays with the node's role.
 */
final class Bases {

  private final OperatorBases operator;
  private final CredentialMaterial material;

  Bases(OperatorBases operator, CredentialMaterial material) {
    this.operator = operator;
    this.material = material;
  }

  Base.Look look(IdentitySpec.Base spec) {
    return switch (spec) {
      case IdentitySpec.OperatorBase own -> operator.look();
      case IdentitySpec.ServiceAccountBase account ->
          look(
              material.serviceAccount(account.namespace(), account.name()),
              role -> new Base.Account(account.namespace(), account.name(), role));
      case IdentitySpec.StaticKeysBase keys -> look(material.staticKeys(keys), Base.Keys::new);
    };
  }

  private static <T> Base.Look look(Lookup<T> lookup, Function<T, Base> base) {
    return switch (lookup) {
      case Present<T>(T found) -> new Base.Ready(base.apply(found));
      case Absent<T>(String message) -> new Base.Missing(new Credentials(message));
      case Unknown<T>(String message) -> new Base.Unknown(new Network(message));
    };
  }
}
