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
 * @param rotation how its rotation stands; null where the list does not say
 */
public record ListedSecret(
    String arn,
    String name,
    Instant changed,
    Map<String, String> versions,
    @Nullable Instant deletion,
    @Nullable Instant nextRotation,
    @Nullable RotationFacts rotation) {

  /** A secret of whose rotation no more than the date is known. */
  public ListedSecret(
      String arn,
      String name,
      Instant changed,
      Map<String, String> versions,
      @Nullable Instant deletion,
      @Nullable Instant nextRotation) {
    this(arn, name, changed, versions, deletion, nextRotation, null);
  }

  /** The map never changes. */
  public ListedSecret {
    versions = Map.copyOf(versions);
  }
}
