package dev.keyferry.emulator;

import dev.keyferry.emulator.SecretVersion.Value;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What Secrets Manager of one region holds and how its operations change it. Thread-safe. */
final class SecretModel {

  /** A version that was asked for, with its secret. */
  record Selected(StoredSecret secret, SecretVersion version) {}

  /** What a secret is created with beside its value. */
  record NewSecret(String name, @Nullable String description, @Nullable String kmsKeyId, SortedMap<String, String> tags) {
    static NewSecret named(String name) {
      return new NewSecret(name, null, null, new TreeMap<>());
    }
  }

  private static final String MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

  private final String arnPrefix;
  private final Ids ids;
  private final InstantSource clock;
  private final Quirks quirks;
  private final Changes changes;
  private final SecretShelf shelf;

  /** Told of every change. */
  interface Changes {
    void changed(@Nullable StoredSecret before, StoredSecret after);
  }

  SecretModel(String arnPrefix, Ids ids, InstantSource clock, Quirks quirks, Changes changes) {
    this.changes = changes;
    this.arnPrefix = arnPrefix;
    this.ids = ids;
    this.clock = clock;
    this.quirks = quirks;
    this.shelf = new SecretShelf(clock);
  }

  synchronized Optional<StoredSecret> find(String id) {
    return shelf.find(id);
  }

  /** Makes what another region holds stand here too, under the same suffix. */
  synchronized void replica(StoredSecret primary) {
    String suffixed = primary.arn().substring(primary.arn().indexOf(":secret:") + ":secret:".length());
    shelf.put(
        new StoredSecret(
            arnPrefix + suffixed,
            primary.name(),
            primary.description(),
            primary.kmsKeyId(),
            primary.tags(),
            primary.versions(),
            primary.created(),
            primary.changed(),
            primary.rotated(),
            primary.deletion(),
            primary.rotation()));
  }

  synchronized StoredSecret require(String id) {
    return shelf.find(id).orElseThrow(() -> AwsError.notFound("Secrets Manager can't find the specified secret."));
  }

  private StoredSecret requireLive(String id) {
    StoredSecret secret = require(id);
    if (secret.marked()) {
      throw AwsError.invalidRequest(MARKED);
    }
    return secret;
  }

  synchronized List<StoredSecret> listed() {
    return shelf.listed(quirks.listLag());
  }

  /** Creates a secret, with its first version where there is a value. */
  synchronized StoredSecret create(NewSecret made, String versionId, @Nullable Value value) {
    shelf.find(made.name()).ifPresent(SecretModel::refuseName);
    Instant now = clock.instant();
    String arn = arnPrefix + made.name() + "-" + ids.suffix();
    Versions versions = Versions.none();
    if (value != null) {
      versions = versions.plus(new SecretVersion(versionId, value, now, new TreeSet<>())).attach(Versions.CURRENT, versionId);
    }
    return stored(new StoredSecret(arn, made.name(), made.description(), made.kmsKeyId(), made.tags(), versions, now, now, null, null, null));
  }

  private static void refuseName(StoredSecret existing) {
    if (existing.marked()) {
      throw AwsError.invalidRequest("You can't create this secret because a secret with this name is already scheduled for deletion.");
    }
    throw AwsError.of("ResourceExistsException", "The operation failed because the secret " + existing.name() + " already exists.");
  }

  /** Puts a version, or finds the same one already there. */
  synchronized Selected put(String id, String versionId, Value value, List<String> stages) {
    StoredSecret secret = requireLive(id);
    Optional<SecretVersion> same = secret.versions().get(versionId);
    if (same.isPresent()) {
      return again(secret, same.get(), value);
    }
    boolean first = secret.versions().byId().isEmpty();
    Versions versions = secret.versions().plus(new SecretVersion(versionId, value, clock.instant(), new TreeSet<>()));
    for (String stage : stages) {
      versions = versions.attach(stage, versionId);
    }
    versions = first ? versions.attach(Versions.CURRENT, versionId) : versions;
    return selected(stored(secret.withVersions(versions).changedAt(clock.instant())), versionId);
  }

  private static Selected again(StoredSecret secret, SecretVersion existing, Value value) {
    if (!existing.value().same(value)) {
      throw AwsError.of("ResourceExistsException", "A resource with the ID you requested already exists.");
    }
    return new Selected(secret, existing);
  }

  synchronized StoredSecret describe(String id, @Nullable String description, @Nullable String kms) {
    return stored(requireLive(id).withDescription(description, kms).changedAt(clock.instant()));
  }

  synchronized StoredSecret moveStage(String id, String stage, @Nullable String from, @Nullable String to) {
    StoredSecret secret = requireLive(id);
    Optional<SecretVersion> holder = secret.versions().holder(stage);
    StageMoves.check(secret, holder, stage, from, to);
    Versions versions = to == null ? secret.versions().detach(stage) : secret.versions().attach(stage, to);
    StoredSecret moved = secret.withVersions(versions);
    return stored(quirks.stageMovesDate() ? moved.changedAt(clock.instant()) : moved);
  }

  synchronized StoredSecret rotated(String id) {
    return stored(requireLive(id).rotatedAt(clock.instant()));
  }

  synchronized StoredSecret rotatedBy(String id, String lambda, Instant next) {
    return stored(requireLive(id).rotatedBy(lambda, next));
  }

  synchronized StoredSecret delete(String id, Duration window) {
    StoredSecret secret = requireLive(id);
    Instant now = clock.instant();
    return stored(secret.deletedAt(now.plus(window)).changedAt(now));
  }

  /** Deletes without recovery; also what is scheduled already. */
  synchronized StoredSecret vanish(String id) {
    StoredSecret secret = require(id);
    shelf.vanish(secret);
    return secret;
  }

  synchronized StoredSecret restore(String id) {
    return stored(require(id).deletedAt(null).changedAt(clock.instant()));
  }

  synchronized StoredSecret tag(String id, Map<String, String> added, List<String> removed) {
    StoredSecret secret = requireLive(id);
    SortedMap<String, String> tags = new TreeMap<>(secret.tags());
    tags.putAll(added);
    removed.forEach(tags::remove);
    StoredSecret tagged = secret.withTags(tags);
    return stored(quirks.tagsMoveDate() ? tagged.changedAt(clock.instant()) : tagged);
  }

  /** The version that an id and a stage select; AWSCURRENT where neither is given. */
  synchronized Selected select(String id, @Nullable String versionId, @Nullable String stage) {
    StoredSecret secret = requireLive(id);
    if (versionId == null) {
      String wanted = stage == null ? Versions.CURRENT : stage;
      return new Selected(secret, secret.versions().holder(wanted).orElseThrow(() -> noValue("staging label: " + wanted)));
    }
    SecretVersion version = secret.versions().get(versionId).orElseThrow(() -> noValue("VersionId: " + versionId));
    if (stage != null && !version.has(stage)) {
      throw AwsError.invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
    }
    return new Selected(secret, version);
  }

  private static AwsError noValue(String what) {
    return AwsError.notFound("Secrets Manager can't find the specified secret value for " + what);
  }

  private static Selected selected(StoredSecret secret, String versionId) {
    return new Selected(secret, secret.versions().get(versionId).orElseThrow());
  }

  private StoredSecret stored(StoredSecret secret) {
    StoredSecret before = shelf.find(secret.arn()).orElse(null);
    shelf.put(secret);
    changes.changed(before, secret);
    return secret;
  }
}
