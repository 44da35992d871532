package dev.keyferry.source.aws;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceFailure.AccessDenied;
import dev.keyferry.source.SourceFailure.Decryption;
import dev.keyferry.source.SourceFailure.MarkedForDeletion;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.secretsmanager.model.DescribeSecretResponse;

/** Failures whose texts say more where {@code DescribeSecret} is permitted: when a deletion is due, and which KMS key it is. */
final class Explanations {

  /** The IAM action of KMS. */
  static final String DECRYPT = "kms:Decrypt";

  /** What encrypts a secret that names no key. Its policy cannot be changed, and it serves its own account alone (user guide). */
  private static final String OWN_KEY = "aws/secretsmanager";

  private final SecretDescriptions descriptions;

  Explanations(SecretDescriptions descriptions) {
    this.descriptions = descriptions;
  }

  /** The same failure, with what else can be known of its secret. */
  SourceFailure explain(Scope scope, Call call, SourceFailure failure) {
    String id = call.subject();
    if (call.foreign() || id == null) {
      return failure;
    }
    return switch (failure) {
      case MarkedForDeletion(String message) ->
          described(scope, id, failure, secret -> new MarkedForDeletion(marked(call, secret.deletedDate())));
      case AccessDenied denied when DECRYPT.equals(denied.action()) && id.equals(denied.resource()) ->
          described(
              scope, id, failure, secret -> new AccessDenied(denied.principal(), DECRYPT, denied.resource(), keyDenied(call, key(secret))));
      case Decryption(String message) -> described(scope, id, failure, secret -> new Decryption(keyBroken(call, key(secret), false)));
      default -> failure;
    };
  }

  private SourceFailure described(Scope scope, String id, SourceFailure plain, Function<DescribeSecretResponse, SourceFailure> more) {
    return descriptions.find(scope, id).map(more).orElse(plain);
  }

  private static String key(DescribeSecretResponse secret) {
    return secret.kmsKeyId() == null ? OWN_KEY : secret.kmsKeyId();
  }

  /**
   * That a secret is scheduled for deletion, and how to have it back.
   *
   * @param date when AWS will delete it; null where unknown
   */
  static String marked(Call call, @Nullable Instant date) {
    String id = call.subject() == null ? "<secret>" : call.subject();
    String when = date == null ? "" : " (date of deletion: " + LocalDate.ofInstant(date, ZoneOffset.UTC) + ")";
    return id + " is marked for deletion in " + call.region() + when + " and gives no value. To restore it:"
        + " aws secretsmanager restore-secret --secret-id " + id + " --region " + call.region();
  }

  /**
   * That the caller may not decrypt.
   *
   * @param key the key's ARN, id or alias; null where unknown
   */
  static String keyDenied(Call call, @Nullable String key) {
    if (OWN_KEY.equals(key)) {
      return "The caller may not use " + OWN_KEY + ", the KMS key that encrypts " + call.what()
          + ". That key serves its own account only: read as a role of that account, or encrypt the secret with a key of your own. In"
          + " its own account only a policy that denies kms:Decrypt keeps a caller from it.";
    }
    String arn = key != null && Arns.isArn(key) ? key : null;
    return "The caller may not use " + (key == null ? "the KMS key that encrypts " : "KMS key " + key + ", which encrypts ") + call.what()
        + ". Let the key's policy allow the caller, and add to the caller's policies: "
        + Statements.decryptThrough(call.service().prefix(), call.region(), arn);
  }

  /**
   * That the key does not serve.
   *
   * @param key the key's ARN, id or alias; null where unknown
   * @param perhapsDenied whether AWS says that a right may be missing, too
   */
  static String keyBroken(Call call, @Nullable String key, boolean perhapsDenied) {
    return (key == null ? "The KMS key" : "KMS key " + key) + " of " + call.what()
        + " cannot decrypt it. Check that the key exists, is enabled and is not pending deletion"
        + (perhapsDenied ? ", and that the caller may kms:Decrypt with it." : ".");
  }
}
