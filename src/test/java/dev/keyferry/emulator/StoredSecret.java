package dev.keyferry.emulator;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A secret as it stands at one moment; it never changes, so that a lagging list can still show an earlier one.
 *
 * @param arn full ARN with its random suffix
 * @param name its name
 * @param description may be null
 * @param kmsKeyId null for the account's own key
 * @param tags by key
 * @param versions its versions
 * @param created when it was created
 * @param changed when it was last changed, as far as AWS shows that
 * @param rotated when it was last rotated; null for never
 * @param deletion when it will be deleted; null where it is not scheduled
 * @param rotation how it is rotated; null where it is not
 */
record StoredSecret(
    String arn,
    String name,
    @Nullable String description,
    @Nullable String kmsKeyId,
    SortedMap<String, String> tags,
    Versions versions,
    Instant created,
    Instant changed,
    @Nullable Instant rotated,
    @Nullable Instant deletion,
    @Nullable Rotation rotation) {

  /**
   * How it is rotated.
   *
   * @param lambda ARN of the function
   * @param next when, at the latest
   */
  record Rotation(String lambda, Instant next) {}

  StoredSecret {
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  boolean marked() {
    return deletion != null;
  }

  StoredSecret changedAt(Instant now) {
    return new StoredSecret(arn, name, description, kmsKeyId, tags, versions, created, now, rotated, deletion, rotation);
  }

  StoredSecret withVersions(Versions now) {
    return new StoredSecret(arn, name, description, kmsKeyId, tags, now, created, changed, rotated, deletion, rotation);
  }

  StoredSecret withTags(SortedMap<String, String> now) {
    return new StoredSecret(arn, name, description, kmsKeyId, now, versions, created, changed, rotated, deletion, rotation);
  }

  StoredSecret withDescription(@Nullable String text, @Nullable String key) {
    return new StoredSecret(
        arn, name, text == null ? description : text, key == null ? kmsKeyId : key, tags, versions, created, changed, rotated, deletion, rotation);
  }

  StoredSecret rotatedAt(Instant now) {
    return new StoredSecret(arn, name, description, kmsKeyId, tags, versions, created, changed, now, deletion, rotation);
  }

  StoredSecret deletedAt(@Nullable Instant date) {
    return new StoredSecret(arn, name, description, kmsKeyId, tags, versions, created, changed, rotated, date, rotation);
  }

  StoredSecret rotatedBy(String lambda, Instant next) {
    return new StoredSecret(
        arn, name, description, kmsKeyId, tags, versions, created, changed, rotated, deletion, new Rotation(lambda, next));
  }
}
