package dev.keyferry.source;

/**
 * One thing to read: a source in one of its versions. Equal refs of one scope share one read.
 *
 * @param service where it is kept
 * @param key name or ARN
 * @param version which version
 */
public record SourceRef(SourceService service, String key, VersionSelector version) {

  /** Whether the version is fixed, so that it can never move. */
  public boolean pinned() {
    return version instanceof VersionSelector.Id;
  }
}
