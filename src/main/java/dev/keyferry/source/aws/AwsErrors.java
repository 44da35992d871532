package dev.keyferry.source.aws;

import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceFailure.AccessDenied;
import dev.keyferry.source.SourceFailure.Credentials;
import dev.keyferry.source.SourceFailure.Decryption;
import dev.keyferry.source.SourceFailure.InvalidRequest;
import dev.keyferry.source.SourceFailure.MarkedForDeletion;
import dev.keyferry.source.SourceFailure.NotFound;
import dev.keyferry.source.SourceFailure.ServerFault;
import dev.keyferry.source.SourceFailure.Throttled;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/**
 * AWS's errors as failures. Only the code and the text of {@code awsErrorDetails} are read: an exception's own message carries a request
 * id, which would change a status at every retry.
 */
final class AwsErrors {

  private static final Pattern REQUEST_ID = Pattern.compile("(?i)\\s*[\\(\\[]?request[ -]?id:? ?[\\w-]+[\\)\\]]?");
  private static final Pattern PENDING_DELETION = Pattern.compile("(?i)marked (for deletion|deleted)|scheduled for deletion");
  private static final Pattern STAGE = Pattern.compile("staging label: ?(\\S+)");
  private static final Pattern CLOCK = Pattern.compile("(?i)signature (expired|not yet current)|clock|skew");
  private static final Pattern NO_KMS = Pattern.compile("(?i)access to kms is not allowed|ciphertext refers to a customer master key");

  private AwsErrors() {}

  /** The failure that an exception of the SDK is. */
  static SourceFailure of(Call call, RuntimeException error) {
    if (error instanceof AwsServiceException answer) {
      return of(call, code(answer), text(answer), answer.statusCode());
    }
    return NetworkErrors.of(call, error);
  }

  /** AWS's error code, or the empty string where the answer had none. */
  static String code(AwsServiceException answer) {
    String code = answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
    return code == null ? "" : code;
  }

  static @Nullable String text(AwsServiceException answer) {
    return answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorMessage();
  }

  /**
   * The failure that a code and its text are.
   *
   * @param call what was asked
   * @param code AWS's code; empty for none
   * @param text AWS's text; null for none
   * @param status HTTP status; 0 where unknown
   */
  static SourceFailure of(Call call, String code, @Nullable String text, int status) {
    if (call.foreign()) {
      return foreign(call, code, text, status);
    }
    String clean = text == null ? "" : REQUEST_ID.matcher(text).replaceAll("").strip();
    if (call.service() == AwsService.STS) {
      return StsErrors.of(call, code, clean, status);
    }
    return common(call, code, clean, status);
  }

  /** Classes that all services share. */
  static SourceFailure common(Call call, String code, String text, int status) {
    if (ErrorCodes.THROTTLED.contains(code) || status == 429) {
      return new Throttled(call.does() + " is throttled in " + call.region() + " (" + (code.isEmpty() ? "429" : code) + ").");
    }
    if (ErrorCodes.DENIED.contains(code)) {
      return denied(call, text);
    }
    if (ErrorCodes.NOT_FOUND.contains(code)) {
      return new NotFound(notFound(call, code, text));
    }
    if (ErrorCodes.DECRYPTION.contains(code)) {
      return new Decryption(Explanations.keyBroken(call, null, NO_KMS.matcher(text).find()));
    }
    if (PENDING_DELETION.matcher(text).find()) {
      return new MarkedForDeletion(Explanations.marked(call, null));
    }
    if (ErrorCodes.CLOCK.contains(code) || ErrorCodes.SIGNATURE.contains(code) || ErrorCodes.STALE.contains(code)
        || ErrorCodes.REGION.contains(code)) {
      return new Credentials(credentials(call, code, text));
    }
    if (ErrorCodes.FAULT.contains(code) || status >= 500) {
      return new ServerFault(call.does() + " failed in " + call.region() + " with a fault of AWS (" + word(code, status) + ").");
    }
    if (status == 404 && code.isEmpty()) {
      return new NotFound(notFound(call, code, text));
    }
    return new InvalidRequest(
        call.action() + (call.subject() == null ? "" : " of " + call.subject()) + " was refused (" + word(code, status) + ")"
            + (text.isEmpty() ? "." : ": " + text));
  }

  private static SourceFailure foreign(Call call, String code, @Nullable String text, int status) {
    String shown = ErrorCodes.known(code) ? code : status > 0 ? "HTTP status " + status : "an unknown code";
    String answered = "he store's endpoint " + call.host() + " answered with " + shown + ".";
    String at = call.what() + ": t" + answered;
    String ofAll = "T" + answered;
    SourceFailure alike = common(call, ErrorCodes.known(code) ? code : "", text == null ? "" : text, status);
    return switch (alike) {
      case AccessDenied denied -> new AccessDenied(null, call.action(), call.subject(), at);
      case NotFound f -> new NotFound(at);
      case MarkedForDeletion f -> new MarkedForDeletion(at);
      case Decryption f -> new Decryption(at);
      case Throttled f -> new Throttled(ofAll);
      case ServerFault f -> new ServerFault(ofAll);
      case SourceFailure.Network f -> new SourceFailure.Network(ofAll);
      case Credentials f -> new Credentials(ofAll);
      case InvalidRequest f -> new InvalidRequest(at);
    };
  }

  private static SourceFailure denied(Call call, String text) {
    if (NO_KMS.matcher(text).find()) {
      return new AccessDenied(null, Explanations.DECRYPT, call.subject(), Explanations.keyDenied(call, null));
    }
    return Denial.parse(text)
        .map(denial -> denial.failure(call))
        .orElseGet(
            () ->
                new AccessDenied(
                    null,
                    call.action(),
                    call.subject(),
                    "AWS denies " + call.action() + (call.subject() == null ? "" : " on " + call.subject())
                        + " and gives no reason. Add to the caller's policies: "
                        + Statements.allow(call.action(), call.subject(), null, call.region())));
  }

  private static String notFound(Call call, String code, String text) {
    var stage = STAGE.matcher(text);
    if (stage.find()) {
      return call.what() + " has no version with staging label " + stage.group(1).replaceAll("[.,\"]+$", "") + " in " + call.region() + ".";
    }
    if (code.equals("ParameterVersionNotFound") || text.toLowerCase(Locale.ROOT).contains("versionid")) {
      return call.what() + " has no such version in " + call.region() + ".";
    }
    if (call.service() == AwsService.SQS) {
      return "There is no queue " + call.what() + " in " + call.region() + ". Check its URL, and the account of the operator's identity.";
    }
    String kind = call.service() == AwsService.PARAMETER_STORE ? "parameter " : "secret ";
    String anew = call.subject() != null && Arns.isSecret(call.subject()) ? " A secret that was made anew has another ARN: use its name." : "";
    return "There is no " + kind + (call.subject() == null ? "of that name" : call.subject()) + " in " + call.region()
        + ". Check its name, the region and the account of the store." + anew;
  }

  /** What to do about credentials that AWS does not take. */
  static String credentials(Call call, String code, String text) {
    if (ErrorCodes.CLOCK.contains(code) || ErrorCodes.SIGNATURE.contains(code) && CLOCK.matcher(text).find()) {
      return "AWS refuses the request's time (" + code + "). Check the clock of the node that the operator runs on.";
    }
    if (ErrorCodes.SIGNATURE.contains(code)) {
      return "AWS refuses the request's signature (" + code + "). Check the secret access key, and that no proxy rewrites requests.";
    }
    if (ErrorCodes.REGION.contains(code)) {
      return "Region " + call.region() + " is not enabled for the account (" + code + "). Enable it, or choose another region.";
    }
    if (code.startsWith("ExpiredToken")) {
      return "The credentials have expired (" + code + ") and new ones were refused too. Check what issues them.";
    }
    return "AWS does not know the credentials in " + call.region() + " (" + code
        + "). Check that the access key exists, is active and belongs to the partition of that region.";
  }

  private static String word(String code, int status) {
    return code.isEmpty() ? "HTTP status " + status : code;
  }
}
