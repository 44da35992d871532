package dev.keyferry.source;

import java.util.Optional;

/** The steps of a rotation, in their order (Secrets Manager's user guide, "Lambda rotation functions"). */
public enum RotationStep {
  /** A new version is made and staged as AWSPENDING. */
  CREATE("createSecret", "the function may not read or write the secret, use its KMS key, or reach Secrets Manager's endpoint"),
  /** The new credentials are set in the database or service. */
  SET("setSecret", "the function cannot reach the database (its VPC, subnets and security groups) or may not change the user there"),
  /** The new credentials are tried. */
  TEST(
      "testSecret",
      "the function cannot reach the database (its VPC, subnets and security groups), or the new credentials do not work there"),
  /** AWSCURRENT moves to the new version. */
  FINISH("finishSecret", "the function may not move staging labels (secretsmanager:UpdateSecretVersionStage)");

  private final String word;
  private final String cause;

  RotationStep(String word, String cause) {
    this.word = word;
    this.cause = cause;
  }

  /** AWS's word for it. */
  public String word() {
    return word;
  }

  /** What usually makes it fail; goes on with a sentence. */
  public String usualCause() {
    return cause;
  }

  /** The step that a text of others names; nothing else of the text is used. Empty where it names none, or several. */
  public static Optional<RotationStep> namedIn(String text) {
    RotationStep found = null;
    for (RotationStep step : values()) {
      if (text.contains(step.word)) {
        if (found != null) {
          return Optional.empty();
        }
        found = step;
      }
    }
    return Optional.ofNullable(found);
  }
}
