package dev.keyferry.source.aws;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretValueEntry;

/**
 * A secret's value as Secrets Manager answers it. An endpoint that a store names may answer anything, so that nothing is taken for the
 * answer to a ref but what is whole, agrees with itself and is of the secret and version that were asked for.
 */
final class SecretAnswer {

  private static final String CURRENT = "AWSCURRENT";

  private final @Nullable String arn;
  private final @Nullable String name;
  private final @Nullable String version;
  private final @Nullable String text;
  private final @Nullable SdkBytes binary;
  private final List<String> stages;
  private final @Nullable Instant created;

  private SecretAnswer(
      @Nullable String arn,
      @Nullable String name,
      @Nullable String version,
      @Nullable String text,
      @Nullable SdkBytes binary,
      List<String> stages,
      @Nullable Instant created) {
    this.arn = arn;
    this.name = name;
    this.version = version;
    this.text = text;
    this.binary = binary;
    this.stages = stages.stream().filter(Objects::nonNull).sorted().toList();
    this.created = created;
  }

  static SecretAnswer of(GetSecretValueResponse got) {
    return new SecretAnswer(
        got.arn(), got.name(), got.versionId(), got.secretString(), got.secretBinary(), got.versionStages(), got.createdDate());
  }

  static SecretAnswer of(SecretValueEntry entry) {
    return new SecretAnswer(
        entry.arn(), entry.name(), entry.versionId(), entry.secretString(), entry.secretBinary(), entry.versionStages(), entry.createdDate());
  }

  /** The value of that ref; empty where this is none, or not that ref's. */
  Optional<Fetched.Found> to(SourceRef ref) {
    if (arn == null || version == null || version.isEmpty() || !Arns.isOfSecret(arn, name) || !Arns.answersTo(ref.key(), arn, name)) {
      return Optional.empty();
    }
    if (!isOf(ref.version(), version)) {
      return Optional.empty();
    }
    return payload().map(payload -> new Fetched.Found(ref, new Revision(arn, version), payload, stages, created));
  }

  /** An answer that carries labels, and not the one asked for, is of another version. */
  private boolean isOf(VersionSelector wanted, String given) {
    return switch (wanted) {
      case VersionSelector.Current _ -> stages.isEmpty() || stages.contains(CURRENT);
      case VersionSelector.Stage(String label) -> stages.isEmpty() || stages.contains(label);
      case VersionSelector.Id(String id) -> id.equals(given);
    };
  }

  private Optional<Payload> payload() {
    if (text != null) {
      return Optional.of(Payload.ofText(text));
    }
    return Optional.ofNullable(binary).map(bytes -> Payload.ofBinary(bytes.asByteArrayUnsafe()));
  }
}
