package dev.keyferry.source.aws;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/** What ARNs say, and how they match the names that were asked for. */
final class Arns {

  private static final Pattern ARN = Pattern.compile("^arn:([^:]+):([^:]*):([^:]*):([^:]*):(.+)$");
  private static final Pattern SUFFIX = Pattern.compile("-[A-Za-z0-9]{6}$");
  private static final String SECRET = "secret:";

  private Arns() {}

  static boolean isArn(String key) {
    return key.startsWith("arn:");
  }

  /** Whether a key is the ARN of a secret. */
  static boolean isSecret(String key) {
    String rest = part(key, 5);
    return rest != null && rest.startsWith(SECRET);
  }

  /**
   * Whether a secret answers to a key: its name, its full ARN, or its ARN without the random suffix.
   *
   * @param key what was asked for
   * @param arn the secret's full ARN
   * @param name its name; null where the answer has none
   */
  static boolean answersTo(String key, String arn, @Nullable String name) {
    if (key.equals(arn) || key.equals(name)) {
      return true;
    }
    return isArn(key) && arn.startsWith(key) && SUFFIX.matcher(arn.substring(key.length())).matches();
  }

  /** Whether an ARN is that of a secret of that name: its resource is the name and a random suffix. */
  static boolean isOfSecret(String arn, @Nullable String name) {
    String resource = part(arn, 5);
    return name != null && resource != null && resource.startsWith(SECRET + name)
        && SUFFIX.matcher(resource.substring(SECRET.length() + name.length())).matches();
  }

  /** Partition of an ARN, or null where it is none. */
  static @Nullable String partition(@Nullable String arn) {
    return part(arn, 1);
  }

  /** Account of an ARN, or null where it has none. */
  static @Nullable String account(@Nullable String arn) {
    String account = part(arn, 4);
    return account == null || account.isEmpty() ? null : account;
  }

  /** Partition that a region belongs to, by AWS's own patterns, which know regions to come as well. */
  static String partitionOfRegion(String region) {
    return partition(Region.of(region)).id();
  }

  /** The suffix of host names, and of the principals of services, in a region's partition. */
  static String dnsSuffix(String region) {
    return partition(Region.of(region)).dnsSuffix();
  }

  private static PartitionMetadata partition(Region region) {
    return PartitionMetadata.of(region);
  }

  /** ARN of a secret for an IAM statement: its random suffix stands as six question marks. */
  static String secretPattern(String key, String partition, String region, @Nullable String account) {
    if (isArn(key)) {
      return SUFFIX.matcher(key).replaceFirst("") + "-??????";
    }
    return "arn:" + partition + ":secretsmanager:" + region + ":" + (account == null ? "*" : account) + ":" + SECRET + key + "-??????";
  }

  /** ARN of a parameter for an IAM statement. */
  static String parameterArn(String key, String partition, String region, @Nullable String account) {
    if (isArn(key)) {
      return key;
    }
    String path = key.startsWith("/") ? key : "/" + key;
    return "arn:" + partition + ":ssm:" + region + ":" + (account == null ? "*" : account) + ":parameter" + path;
  }

  /** Whom a principal's ARN names, for a sentence: {@code role app}, {@code user jo}, or the ARN itself. */
  static String holder(String principal) {
    String rest = part(principal, 5);
    if (rest == null) {
      return principal;
    }
    String[] words = rest.split("/");
    return switch (words[0]) {
      case "assumed-role" -> words.length > 1 ? "role " + words[1] : principal;
      case "role" -> "role " + words[words.length - 1];
      case "user" -> "user " + words[words.length - 1];
      default -> principal;
    };
  }

  private static @Nullable String part(@Nullable String arn, int group) {
    if (arn == null) {
      return null;
    }
    Matcher matcher = ARN.matcher(arn);
    return matcher.matches() ? matcher.group(group) : null;
  }
}
