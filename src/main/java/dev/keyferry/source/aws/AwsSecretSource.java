package dev.keyferry.source.aws;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.util.List;

/** Reads Secrets Manager and Parameter Store. */
public final class AwsSecretSource implements SecretSource {

  /** BatchGetSecretValue takes at most 20 ids (API reference). */
  private static final int SECRETS = 20;

  /** GetParameters takes at most 10 names (API reference). */
  private static final int PARAMETERS = 10;

  private final SecretsManagerReads secrets;
  private final ParameterReads parameters;
  private final String fallbackRegion;

  AwsSecretSource(AwsClients clients, AwsIdentities identities, SecretDescriptions descriptions, String fallbackRegion) {
    SignedCalls calls = new SignedCalls(clients, identities);
    this.secrets = new SecretsManagerReads(clients, calls, new Explanations(descriptions));
    this.parameters = new ParameterReads(clients, calls);
    this.fallbackRegion = fallbackRegion;
  }

  @Override
  public int batchSize(SourceService service) {
    return switch (service) {
      case SECRETS_MANAGER -> SECRETS;
      case PARAMETER_STORE -> PARAMETERS;
    };
  }

  /** A batch gives versions in force only. Whether an ARN is of the caller's account is not known here. */
  @Override
  public boolean batchable(SourceRef ref) {
    return ref.version() instanceof VersionSelector.Current;
  }

  @Override
  public BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    return switch (refs.getFirst().service()) {
      case SECRETS_MANAGER -> secrets.readBatch(placed(scope), refs);
      case PARAMETER_STORE -> parameters.readBatch(placed(scope), refs);
    };
  }

  @Override
  public Fetched read(Scope scope, SourceRef ref) {
    return switch (ref.service()) {
      case SECRETS_MANAGER -> secrets.read(placed(scope), ref);
      case PARAMETER_STORE -> parameters.read(placed(scope), ref);
    };
  }

  private Scope placed(Scope scope) {
    return scope.region().isBlank() ? new Scope(scope.identity(), fallbackRegion, scope.endpoint(), scope.kind(), scope.failoverRegions()) : scope;
  }
}
