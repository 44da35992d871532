package dev.keyferry.source;

import java.util.regex.Pattern;

/**
 * One thing to read: a source in one of its versions. Equal refs of one scope share one read.
 *
 * @param service where it is kept
 * @param key name or ARN
 * @param version which version
 */
public record SourceRef(SourceService service, String key, VersionSelector version) {

  private static final Pattern REGION = Pattern.compile("^(arn:[^:]*:[^:]*:)[^:]*:");

  /** Whether the version is fixed, so that it can never move. */
  public boolean pinned() {
    return version instanceof VersionSelector.Id;
  }

  /** The replica in another region of what an ARN names; a name means the same everywhere. */
  public SourceRef in(String region) {
    return new SourceRef(service, REGION.matcher(key).replaceFirst("$1" + region + ":"), version);
  }
}
