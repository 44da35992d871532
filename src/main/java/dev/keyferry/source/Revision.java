package dev.keyferry.source;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The immutable version of a source that a payload belongs to. It is no secret and may be shown.
 *
 * @param arn the source's full ARN
 * @param version VersionId of a secret, or version number of a parameter
 */
public record Revision(String arn, String version) {

  private static final Pattern REGION = Pattern.compile("^(arn:[^:]*:[^:]*:)([^:]*):");

  /**
   * The revision as restarts compare it: without the region, since a replica has its primary's ARN in all but the region and the same
   * VersionIds, so that a failover restarts nothing.
   */
  public String restartForm() {
    return REGION.matcher(arn).replaceFirst("$1:") + "@" + version;
  }

  /** The region that it was read in; null where the ARN names none. */
  public @Nullable String region() {
    Matcher matcher = REGION.matcher(arn);
    return matcher.lookingAt() && !matcher.group(2).isEmpty() ? matcher.group(2) : null;
  }
}
