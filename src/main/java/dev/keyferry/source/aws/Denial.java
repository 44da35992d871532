package dev.keyferry.source.aws;

import dev.keyferry.source.CallerArn;
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
 * @param policyArn ARN of that policy; null where AWS does not say
 */
record Denial(
    String principal,
    String action,
    @Nullable String resource,
    @Nullable String missing,
    @Nullable String denying,
    @Nullable String policyArn) {

  private static final Pattern TEXT =
      Pattern.compile(
          "^User: (?<principal>\\S+) is not authorized to perform: (?<action>\\S+?)(?: on resource: \"?(?<resource>\\S+?)\"?)?"
              + "(?: (?:because no (?<missing>.+?) allows the \\S+ action|with an explicit deny in (?<denying>an? .+?)(?:: (?<arn>arn:\\S+?))?))?\\.?$");

  private static final String NODE =
      "The caller is the role of a node, which every pod there may be: give the operator a role of its own (IRSA or EKS Pod Identity)"
          + " rather than more rights to that one.";

  /** Reads AWS's text; empty where it has another form. */
  static Optional<Denial> parse(@Nullable String text) {
    Matcher matcher = TEXT.matcher(text == null ? "" : text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new Denial(
            matcher.group("principal"),
            matcher.group("action"),
            matcher.group("resource"),
            matcher.group("missing"),
            matcher.group("denying"),
            matcher.group("arn")));
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
      return "an explicit deny in " + denying + " forbids it" + (policyArn == null ? "" : " (" + policyArn + ")")
          + ". Remove or narrow that deny: no Allow overrides it." + whose(denying, call);
    }
    if (missing == null) {
      return "AWS gives no reason. Add to the policies of " + holder + ": " + statement;
    }
    return "no " + missing + " allows it. " + switch (missing) {
      case "identity-based policy" -> "Add to the policies of " + holder + ": " + statement;
      case "resource-based policy" -> "Let the resource's own policy allow " + holder
          + "; across accounts, its identity-based policy must allow it too: " + statement;
      case "role trust policy" -> "Let the trust policy of " + resource + " allow " + action + " to " + principal + ".";
      default -> "Extend that " + (missing.endsWith("boundary") ? "boundary" : "policy") + " by: " + statement + whose(missing, call);
    };
  }

  /** Where the policy of a kind stands, since each is changed by somebody else. */
  private String whose(String policy, Call call) {
    String holder = Arns.holder(principal);
    if (policy.contains("control policy")) {
      return " It is the organization's: who administers AWS Organizations can change it.";
    }
    if (policy.contains("VPC endpoint")) {
      return " It belongs to the VPC endpoint for " + call.service().prefix() + " in " + call.region() + ".";
    }
    if (policy.contains("boundary")) {
      return " It bounds " + holder + ".";
    }
    if (policy.contains("session policy")) {
      return " It was given with the session of " + holder + ", as by an EKS Pod Identity association.";
    }
    return policy.contains("resource-based") ? " It stands on the resource itself." : " It is among the policies of " + holder + ".";
  }

  private String hint(Call call) {
    boolean bareName = resource != null && !Arns.isArn(resource) && denying == null && call.service() == AwsService.SECRETS_MANAGER;
    return (bareName ? " (AWS says the same of a secret that does not exist in " + call.region() + ".)" : "")
        + (CallerArn.isNode(principal) ? " " + NODE : "");
  }
}
