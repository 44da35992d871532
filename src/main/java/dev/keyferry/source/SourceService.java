package dev.keyferry.source;

import java.util.Optional;

/** An AWS service that sources are kept in. */
public enum SourceService {
  /** AWS Secrets Manager. */
  SECRETS_MANAGER("SecretsManager"),
  /** AWS Systems Manager Parameter Store. */
  PARAMETER_STORE("ParameterStore");

  private final String word;

  SourceService(String word) {
    this.word = word;
  }

  /** The word that a store's {@code provider.aws.service} uses. */
  public String word() {
    return word;
  }

  /** The service of that word, or empty where the operator knows none. */
  public static Optional<SourceService> ofWord(String word) {
    for (SourceService service : values()) {
      if (service.word.equals(word)) {
        return Optional.of(service);
      }
    }
    return Optional.empty();
  }
}
