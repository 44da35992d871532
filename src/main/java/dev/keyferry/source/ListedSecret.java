package dev.keyferry.source;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A secret as a list shows it: without its value, and possibly as it was some minutes ago.
 *
 * @param arn full ARN
 * @param name its name
 * @param changed when it was last changed in any way, in AWS's time
 * @param versions VersionId by staging label
 * @param deletion when it was scheduled for deletion; null where it is not
 * @param nextRotation when it is rotated next, at the latest; null where it is not rotated
 */
public record ListedSecret(
    String arn,
    String name,
    Instant changed,
    Map<String, String> versions,
    @Nullable Instant deletion,
    @Nullable Instant nextRotation) {

  /** The map never changes. */
  public ListedSecret {
    versions = Map.copyOf(versions);
  }
}
