package dev.keyferry.source.aws;

import dev.keyferry.source.SourceFailure.AccessDenied;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An access-denied text of AWS, taken apart. IAM's user guide, "Troubleshoot access denied error messages", has the grammar; only one
 * reason is given even where several policies deny.
 *
 * @param principal ARN of the caller, session name included
 * @param action the IAM action
 * @param resource what it was tried on, as AWS says it; null where the action has no resource
 * @param missing kind of the policy that does not allow; null where that is not the reason
 * @param denying the policy with the explicit deny, with its article; null where that is not the reason
 */
record Denial(String principal, String action, @Nullable String resource, @Nullable String missing, @Nullable String denying) {

  private static final Pattern TEXT =
      Pattern.compile(
          "^User: (?<principal>\\S+) is not authorized to perform: (?<action>\\S+?)(?: on resource: \"?(?<resource>\\S+?)\"?)?"
              + "(?: (?:because no (?<missing>.+?) allows the \\S+ action|with an explicit deny in (?<denying>an? .+?)))?\\.?$");
  private static final Pattern POLICY_ARN = Pattern.compile(": arn:.*$");

  /** Reads AWS's text; empty where it has another form. */
  static Optional<Denial> parse(@Nullable String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String denying = matcher.group("denying");
    return Optional.of(
        new Denial(
            matcher.group("principal"),
            matcher.group("action"),
            matcher.group("resource"),
            matcher.group("missing"),
            denying == null ? null : POLICY_ARN.matcher(denying).replaceFirst("")));
  }

  /** The failure that it is, with what to do. */
  AccessDenied failure(Call call) {
    String on = subject(call);
    return new AccessDenied(principal, action, on, sentence(call));
  }

  /** What is denied, why, and what to do. */
  String sentence(Call call) {
    String on = subject(call);
    return principal + " may not " + action + (on == null ? "" : " on " + on) + ": " + reason(call) + hint(call);
  }

  private @Nullable String subject(Call call) {
    return resource != null || Statements.accountWide(action) ? resource : call.subject();
  }

  private String reason(Call call) {
    String statement = Statements.allow(action, subject(call), principal, call.region());
    String holder = Arns.holder(principal);
    if (denying != null) {
      return "an explicit deny in " + denying + " forbids it. Remove or narrow that deny: no Allow overrides it.";
    }
    if (missing == null) {
      return "AWS gives no reason. Add to the policies of " + holder + ": " + statement;
    }
    return "no " + missing + " allows it. " + switch (missing) {
      case "identity-based policy" -> "Add to the policies of " + holder + ": " + statement;
      case "resource-based policy" -> "Let the resource's own policy allow " + holder
          + "; across accounts, its identity-based policy must allow it too: " + statement;
      case "role trust policy" -> "Let the trust policy of " + resource + " allow " + action + " to " + principal + ".";
      default -> "Extend that " + (missing.endsWith("boundary") ? "boundary" : "policy") + " by: " + statement;
    };
  }

  private String hint(Call call) {
    boolean bareName = resource != null && !Arns.isArn(resource) && denying == null && call.service() == AwsService.SECRETS_MANAGER;
    return bareName ? " (AWS says the same of a secret that does not exist in " + call.region() + ".)" : "";
  }
}
