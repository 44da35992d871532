package dev.keyferry.source.aws;

import java.util.Locale;
import java.util.Optional;

/** Where the operator's own credentials come from. One way is taken; its failure never leads to another. */
public enum OperatorIdentity {
  /** The first of IRSA, Pod Identity and the environment's keys whose variables are set. Never the instance's profile. */
  AUTO,
  /** IAM roles for service accounts: {@code AWS_ROLE_ARN} and {@code AWS_WEB_IDENTITY_TOKEN_FILE}. */
  IRSA,
  /** EKS Pod Identity: {@code AWS_CONTAINER_CREDENTIALS_FULL_URI} and {@code AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE}. */
  POD_IDENTITY,
  /** {@code AWS_ACCESS_KEY_ID}, {@code AWS_SECRET_ACCESS_KEY} and perhaps {@code AWS_SESSION_TOKEN}. */
  ENVIRONMENT,
  /** The role of the node, by the instance's metadata service (IMDSv2). */
  INSTANCE_PROFILE;

  /** The word for it in a configuration, such as {@code pod-identity}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The way of that word, or empty where there is none. */
  public static Optional<OperatorIdentity> ofWord(String word) {
    for (OperatorIdentity way : values()) {
      if (way.word().equals(word)) {
        return Optional.of(way);
      }
    }
    return Optional.empty();
  }
}
