package dev.keyferry.source;

import org.jspecify.annotations.Nullable;

/**
 * A hint that a source has changed, has been made or has gone. Hints may be late, doubled, out of order or wrong: they say where to look and
 * never what is there.
 *
 * @param service where the source is kept
 * @param account the source's account; null where the hint does not say
 * @param region the source's region
 * @param id its full ARN, its ARN without the random suffix, or its name
 * @param stage the staging label that moved; null where more than a label may have changed, or where the hint does not say
 * @param versionId the version that the stage stands on now; null where there is no stage or the hint does not say
 */
public record SourceChange(
    SourceService service,
    @Nullable String account,
    String region,
    String id,
    @Nullable String stage,
    @Nullable String versionId) {

  /** The label of the version in force. */
  public static final String CURRENT = "AWSCURRENT";

  /** The label that moves along with {@link #CURRENT}. */
  public static final String PREVIOUS = "AWSPREVIOUS";

  /** A version without a stage tells nothing. */
  public SourceChange {
    versionId = stage == null ? null : versionId;
  }

  /** A change of which nothing is known but where it was. */
  public static SourceChange of(SourceService service, @Nullable String account, String region, String id) {
    return new SourceChange(service, account, region, id, null, null);
  }

  /** The version in force is that one now. */
  public static SourceChange current(SourceService service, @Nullable String account, String region, String id, String versionId) {
    return new SourceChange(service, account, region, id, CURRENT, versionId);
  }
}
