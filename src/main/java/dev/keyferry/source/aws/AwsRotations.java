package dev.keyferry.source.aws;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.RotationFacts;
import dev.keyferry.source.RotationSource;
import dev.keyferry.source.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;

/** How rotations stand, by {@code DescribeSecret}; a list's entries say the same. */
final class AwsRotations implements RotationSource {

  private final SecretDescriptions descriptions;
  private final String fallbackRegion;

  AwsRotations(SecretDescriptions descriptions, String fallbackRegion) {
    this.descriptions = descriptions;
    this.fallbackRegion = fallbackRegion;
  }

  @Override
  public Answer describe(Scope asked, String arn) {
    Scope scope = asked.region().isBlank() ? new Scope(asked.identity(), fallbackRegion, asked.endpoint(), asked.kind()) : asked;
    return switch (descriptions.ask(scope, arn)) {
      case SignedCalls.Given<DescribeSecretResponse>(var secret) ->
          new Told(
              facts(
                  arn,
                  secret.rotationEnabled(),
                  secret.lastRotatedDate(),
                  secret.nextRotationDate(),
                  secret.rotationLambdaARN(),
                  secret.owningService(),
                  secret.versionIdsToStages()));
      case SignedCalls.Refused<DescribeSecretResponse>(var failure) ->
          failure.kind() == FailureKind.ACCESS_DENIED ? new Denied() : new Unanswered();
    };
  }

  /** What a list's entry says. */
  static RotationFacts listed(SecretListEntry secret) {
    return facts(
        secret.arn(),
        secret.rotationEnabled(),
        secret.lastRotatedDate(),
        secret.nextRotationDate(),
        secret.rotationLambdaARN(),
        secret.owningService(),
        secret.secretVersionsToStages());
  }

  private static RotationFacts facts(
      String arn,
      @Nullable Boolean enabled,
      @Nullable Instant last,
      @Nullable Instant next,
      @Nullable String lambda,
      @Nullable String service,
      Map<String, List<String>> stages) {
    return new RotationFacts(arn, Boolean.TRUE.equals(enabled), last, next, lambda, service, RotationFacts.pendingOf(stages));
  }
}
