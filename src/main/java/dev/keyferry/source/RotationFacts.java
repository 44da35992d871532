package dev.keyferry.source;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What AWS says of a secret's rotation, by DescribeSecret or in a list.
 *
 * @param arn the secret's full ARN
 * @param enabled whether it is rotated
 * @param last when it was last rotated; null for never
 * @param next when it is rotated next, at the latest; stays in the past where rotation fails; null where AWS does not say
 * @param lambda ARN of the function that rotates it; null where a service does
 * @param service the service that manages it, such as {@code rds}; null for none
 * @param pending the version that is staged as AWSPENDING and not in force; null for none
 */
public record RotationFacts(
    String arn,
    boolean enabled,
    @Nullable Instant last,
    @Nullable Instant next,
    @Nullable String lambda,
    @Nullable String service,
    @Nullable String pending) {

  private static final String CURRENT = "AWSCURRENT";
  private static final String PENDING = "AWSPENDING";

  /**
   * The version that a rotation has begun and not brought to its end.
   *
   * @param stages staging labels by VersionId
   */
  public static @Nullable String pendingOf(Map<String, List<String>> stages) {
    return stages.entrySet().stream()
        .filter(version -> version.getValue().contains(PENDING) && !version.getValue().contains(CURRENT))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }
}
