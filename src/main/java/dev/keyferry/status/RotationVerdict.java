package dev.keyferry.status;

import dev.keyferry.fetch.RotationHealth;
import dev.keyferry.fetch.RotationHealth.Failed;
import dev.keyferry.fetch.RotationHealth.Healthy;
import dev.keyferry.fetch.RotationHealth.Overdue;
import dev.keyferry.source.RotationFacts;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the rotation of an object's secrets means for its condition {@code RotationHealthy}. Pure. */
public sealed interface RotationVerdict {

  /** The condition's type. */
  String TYPE = "RotationHealthy";

  /** Nobody knows: a condition that stands stays as it is. */
  record Keep() implements RotationVerdict {}

  /** No secret is rotated, or nobody may know: there is no condition. */
  record None() implements RotationVerdict {}

  /**
   * There is a condition.
   *
   * @param healthy whether it is True
   * @param reason why
   * @param message why, in a stable sentence
   */
  record Said(boolean healthy, String reason, String message) implements RotationVerdict {}

  /** Judges an object's secrets, given by full ARN. */
  static RotationVerdict of(Map<String, RotationHealth> secrets) {
    List<String> bad = secrets.entrySet().stream().filter(secret -> secret.getValue().bad()).map(Map.Entry::getKey).sorted().toList();
    if (!bad.isEmpty()) {
      String more = bad.size() == 1 ? "" : " (and " + (bad.size() - 1) + " more secret" + (bad.size() == 2 ? "" : "s") + ")";
      return secrets.get(bad.getFirst()) instanceof Failed failed
          ? new Said(false, "RotationFailed", failed(failed) + more)
          : new Said(false, "RotationOverdue", overdue((Overdue) secrets.get(bad.getFirst())) + more);
    }
    if (secrets.values().stream().anyMatch(RotationHealth.Unknown.class::isInstance)) {
      return new Keep();
    }
    return secrets.values().stream().anyMatch(Healthy.class::isInstance)
        ? new Said(true, "RotatedInTime", "every secret that is rotated was rotated by its date")
        : new None();
  }

  private static String failed(Failed failed) {
    RotationFacts facts = failed.facts();
    String step = failed.step() == null ? "" : " in step " + failed.step().word();
    String cause = failed.step() == null ? "" : " Usual cause: " + failed.step().usualCause() + ".";
    return "Rotation of " + name(facts.arn()) + " failed" + step
        + ": its new version is still AWSPENDING, and AWSCURRENT holds the old one. " + where(facts) + cause;
  }

  private static String overdue(Overdue overdue) {
    return "Rotation of " + name(overdue.facts().arn()) + " was due by " + overdue.due().truncatedTo(ChronoUnit.SECONDS)
        + " and has not happened. " + where(overdue.facts());
  }

  private static String where(RotationFacts facts) {
    if (facts.lambda() == null) {
      return "It is rotated by " + (facts.service() == null ? "AWS" : "the service " + facts.service()) + ": look at its events.";
    }
    Matcher function = Words.FUNCTION.matcher(facts.lambda());
    String logs =
        function.matches() ? ", whose log group is /aws/lambda/" + function.group("name") + " in " + function.group("region") : "";
    return "It is rotated by " + facts.lambda() + logs + ".";
  }

  private static String name(String arn) {
    Matcher secret = Words.SECRET.matcher(arn);
    return secret.matches() ? secret.group("name") : arn;
  }

  /** How ARNs are read. */
  final class Words {
    private static final Pattern FUNCTION = Pattern.compile("^arn:[^:]+:lambda:(?<region>[^:]+):\\d*:function:(?<name>[\\w-]+)(?::.*)?$");
    private static final Pattern SECRET = Pattern.compile("^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(?<name>.+)-[A-Za-z0-9]{6}$");

    private Words() {}
  }
}
