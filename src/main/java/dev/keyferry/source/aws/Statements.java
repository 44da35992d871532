package dev.keyferry.source.aws;

import org.jspecify.annotations.Nullable;

/** The IAM statements that messages tell to add, each one line of JSON. */
final class Statements {

  private Statements() {}

  /** Whether IAM knows the action for the whole account only, so that a statement must name every resource. */
  static boolean accountWide(String action) {
    return action.equals("secretsmanager:BatchGetSecretValue")
        || action.equals("secretsmanager:ListSecrets")
        || action.equals("ssm:DescribeParameters");
  }

  /**
   * The statement that allows one action.
   *
   * @param action the IAM action
   * @param subject name or ARN of what it is tried on; null for none
   * @param principal ARN of the caller, which tells partition and account; null where unknown
   * @param region where
   */
  static String allow(String action, @Nullable String subject, @Nullable String principal, String region) {
    String known = Arns.partition(principal);
    String partition = known == null ? Arns.partitionOfRegion(region) : known;
    String account = Arns.account(principal);
    String resource;
    if (subject == null || accountWide(action)) {
      resource = "*";
    } else if (action.startsWith("secretsmanager:")) {
      resource = Arns.secretPattern(subject, partition, region, account);
    } else if (action.startsWith("ssm:")) {
      resource = Arns.parameterArn(subject, partition, region, account);
    } else {
      resource = subject;
    }
    return "{\"Effect\":\"Allow\",\"Action\":\"" + escape(action) + "\",\"Resource\":\"" + escape(resource) + "\"}";
  }

  /** The statement that allows decryption through a service: with a key of that ARN, or where it is null, with whichever key it is. */
  static String decryptThrough(String service, String region, @Nullable String key) {
    String suffix = Arns.dnsSuffix(region);
    String resource = key == null ? "*" : escape(key);
    return "{\"Effect\":\"Allow\",\"Action\":\"kms:Decrypt\",\"Resource\":\"" + resource + "\",\"Condition\":{\"StringEquals\":{\"kms:ViaService\":\""
        + service + "." + escape(region) + "." + suffix + "\"}}}";
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
