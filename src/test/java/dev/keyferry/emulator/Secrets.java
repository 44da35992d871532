package dev.keyferry.emulator;

import dev.keyferry.emulator.SecretVersion.Value;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one region, changed past policies, faults and counters, as an administrator elsewhere would. Names, full and partial ARNs
 * are taken; what AWS would refuse throws.
 */
public final class Secrets {

  private final SecretModel model;
  private final Ids ids;
  private final Quirks quirks;

  Secrets(SecretModel model, Ids ids, Quirks quirks) {
    this.model = model;
    this.ids = ids;
    this.quirks = quirks;
  }

  /** Creates a secret with a text; returns its ARN. */
  public String create(String name, String text) {
    return create(name, new Value(text, null));
  }

  /** Creates a secret with bytes; returns its ARN. */
  public String createBinary(String name, byte[] bytes) {
    return create(name, new Value(null, bytes.clone()));
  }

  /** Creates a secret that has no version yet; returns its ARN. */
  public String createEmpty(String name) {
    return create(name, (Value) null);
  }

  private String create(String name, @Nullable Value value) {
    return model.create(SecretModel.NewSecret.named(name), ids.uuid(), value).arn();
  }

  /** Puts a text as AWSCURRENT; returns its VersionId. */
  public String put(String id, String text) {
    return put(id, new Value(text, null), Versions.CURRENT);
  }

  /** Puts bytes as AWSCURRENT; returns their VersionId. */
  public String putBinary(String id, byte[] bytes) {
    return put(id, new Value(null, bytes.clone()), Versions.CURRENT);
  }

  /** Puts a text under some staging label; returns its VersionId. */
  public String putStaged(String id, String text, String stage) {
    return put(id, new Value(text, null), stage);
  }

  /** A rotation's first step: puts a text as AWSPENDING; returns its VersionId. */
  public String putPending(String id, String text) {
    return putStaged(id, text, Versions.PENDING);
  }

  private String put(String id, Value value, String stage) {
    return model.put(id, ids.uuid(), value, List.of(stage)).version().id();
  }

  /** A rotation's last step: AWSPENDING becomes AWSCURRENT and AWSPREVIOUS follows; returns the VersionId. */
  public String promotePending(String id) {
    String pending = versionAt(id, Versions.PENDING);
    moveStage(id, Versions.CURRENT, pending);
    model.moveStage(id, Versions.PENDING, pending, null);
    model.rotated(id);
    return pending;
  }

  /** Names the KMS key of a secret, by its ARN. */
  public void encryptWith(String id, String key) {
    model.describe(id, null, key);
  }

  /** Says that a function rotates a secret, and when it does so next, at the latest; nothing rotates it by itself. */
  public void rotatedBy(String id, String lambda, Instant next) {
    model.rotatedBy(id, lambda, next);
  }

  /** Both steps of a rotation; returns the new VersionId. */
  public String rotate(String id, String text) {
    putPending(id, text);
    return promotePending(id);
  }

  /** Moves a staging label from wherever it is to a version. */
  public void moveStage(String id, String stage, String toVersionId) {
    String from = model.require(id).versions().holder(stage).map(SecretVersion::id).orElse(null);
    model.moveStage(id, stage, toVersionId.equals(from) ? null : from, toVersionId);
  }

  /** Makes the version at AWSPREVIOUS current again; returns its VersionId. */
  public String rollBack(String id) {
    String previous = versionAt(id, Versions.PREVIOUS);
    moveStage(id, Versions.CURRENT, previous);
    return previous;
  }

  /** Schedules deletion in 30 days. */
  public void delete(String id) {
    model.delete(id, Duration.ofDays(30));
  }

  /** Deletes it at once, without recovery. */
  public void vanish(String id) {
    model.vanish(id);
  }

  /** Takes back a scheduled deletion. */
  public void restore(String id) {
    model.restore(id);
  }

  /** Adds tags. */
  public void tag(String id, Map<String, String> tags) {
    model.tag(id, tags, List.of());
  }

  /** Full ARN of a secret. */
  public String arn(String id) {
    return model.require(id).arn();
  }

  /** VersionId at AWSCURRENT. */
  public String currentVersion(String id) {
    return versionAt(id, Versions.CURRENT);
  }

  /** Staging labels of a version; empty where it has none. */
  public SortedSet<String> stages(String id, String versionId) {
    return model.require(id).versions().get(versionId).orElseThrow().stages();
  }

  private String versionAt(String id, String stage) {
    return model
        .require(id)
        .versions()
        .holder(stage)
        .map(SecretVersion::id)
        .orElseThrow(() -> AwsError.notFound("Secrets Manager can't find the specified secret value for staging label: " + stage));
  }

  /** Reads of this secret fail with a fault of AWS's, be it alone or as one entry of a batch. */
  public void fail(String name) {
    quirks.faulty(name, true);
  }

  /** Reads of this secret fail no more. */
  public void heal(String name) {
    quirks.faulty(name, false);
  }

  /** KMS refuses the caller for this secret: {@code Access to KMS is not allowed}. */
  public void denyKms(String name) {
    quirks.kms(name, Quirks.Kms.DENIED);
  }

  /** KMS cannot decrypt this secret: {@code DecryptionFailure}. */
  public void breakKms(String name) {
    quirks.kms(name, Quirks.Kms.BROKEN);
  }

  /** KMS works again for this secret. */
  public void healKms(String name) {
    quirks.kms(name, Quirks.Kms.WORKS);
  }
}
