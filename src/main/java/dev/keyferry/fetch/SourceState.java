package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What the planner knows of one source. Guarded by the planner's lock. */
final class SourceState {

  final SourceKey key;

  /** Who asks for it, and how often each wants it looked at. */
  final Map<String, Duration> owners = new HashMap<>();

  /** The owner that asked last; its namespace is the one that a read of this source is counted for. */
  String asker = "";
  /** Those of them that want it read at its interval, whatever a list shows. */
  final Set<String> strict = new HashSet<>();

  @Nullable Known known;

  /** What a target held before this process read anything; null once something was read, or where nothing is known. */
  @Nullable Applied applied;

  /** A version that was read and is older than the one applied; null where there is no such doubt. */
  @Nullable Suspect suspect;

  @Nullable SourceFailure failure;

  /** When it may fill an empty place in a batch although a failure stands. */
  Instant retryFrom = Instant.MAX;

  int attempts;
  @Nullable Instant firstNotFound;
  boolean missingConfirmed;

  /** Whether the owners have been told of the failure that stands. */
  boolean failureTold;

  /** Whether somebody asked and was answered with the failure that stands, so that its end is news to them. */
  boolean failureAnswered;

  Instant due = Instant.MIN;

  /** Whether passes over a list show its changes, so that it is not read at its interval. */
  boolean swept;

  /** Whether the read that is due was asked for by a walk, for a change whose date is one that sweeps had gone over. */
  boolean missedBySweeps;

  /** Whether the read that is due was asked for by a list, for a change of some age that no event had told of although events come. */
  boolean missedByEvents;

  /** The date of rotation that is known; null for none. */
  @Nullable Instant rotation;

  /** When to look once more, since the source is rotated about then; null for not. */
  @Nullable Instant extraLook;

  /** The read under way, or null. */
  @Nullable CompletableFuture<Answer> inFlight;

  /** What changes ask of it; null before the first. */
  @Nullable ChangeLook look;

  /** Whether somebody waits for the read under way. */
  volatile boolean awaited;

  SourceState(SourceKey key) {
    this.key = key;
  }

  /** The namespace that reads of this source are counted for. */
  String tenant() {
    int slash = asker.indexOf('/');
    return slash < 0 ? asker : asker.substring(0, slash);
  }

  /** The shortest interval among the owners; zero (look once) where all want that or there is none. */
  Duration interval() {
    return owners.values().stream().filter(interval -> !interval.isZero()).min(Duration::compareTo).orElse(Duration.ZERO);
  }

  boolean isDue(Instant now) {
    return !due.isAfter(now);
  }

  /** Whether a list can show its changes, and somebody wants to know of them. */
  boolean canBeListed() {
    return !key.ref().pinned() && strict.isEmpty() && !interval().isZero();
  }

  /** It was read: what was to be read for is over. */
  void looked() {
    missedBySweeps = false;
    missedByEvents = false;
    extraLook = null;
  }

  boolean mayFillBatch(Instant now) {
    if (inFlight != null) {
      return false;
    }
    if (failure != null) {
      return !failure.kind().mayBeOfOneSource() && !retryFrom.isAfter(now);
    }
    return !swept && known != null && !Pace.early(known.readAt(), interval(), key.ref().pinned()).isAfter(now);
  }

  /**
   * Whether a value that was read has to be confirmed before it counts: it is older than the one applied. It is confirmed by a second look
   * in the same region; another region than the applied one's may lag behind for any time, so that it never confirms.
   */
  boolean doubts(Fetched.Found found, Instant now) {
    if (!isOlder(found)) {
      suspect = null;
      return false;
    }
    if (suspect == null || !suspect.revision().equals(found.revision())) {
      suspect = new Suspect(found.revision(), now);
    }
    return fromReplica(found) || now.isBefore(suspect.since().plus(Pace.OLDER_CONFIRMED));
  }

  /** When a second look confirms what is in doubt; empty where that time is past, and another region has to answer. */
  Optional<Instant> confirmsAt(Instant now) {
    return Optional.ofNullable(suspect).map(one -> one.since().plus(Pace.OLDER_CONFIRMED)).filter(at -> at.isAfter(now));
  }

  private boolean isOlder(Fetched.Found found) {
    Instant created = found.createdAt();
    if (created == null || key.ref().pinned()) {
      return false;
    }
    if (known != null) {
      Instant before = known.createdAt();
      return before != null && !known.revision().version().equals(found.revision().version()) && created.isBefore(before);
    }
    return applied != null
        && !applied.version().equals(found.revision().version())
        && created.truncatedTo(ChronoUnit.SECONDS).isBefore(applied.createdAt());
  }

  private boolean fromReplica(Fetched.Found found) {
    String region = found.revision().region();
    String before = known != null ? known.revision().region() : applied == null ? null : applied.region();
    return region != null && key.scope().failoverRegions().contains(region) && !region.equals(before);
  }

  /**
   * Takes in that a value was read and is in doubt.
   *
   * @param standsIn what those are answered who need the value meanwhile; null where the applied one is at hand
   * @return whether the owners have to be told: the source has recovered from what they had heard of
   */
  boolean doubted(@Nullable SourceFailure standsIn) {
    boolean recovered = failure != null && failureTold;
    failure = standsIn;
    retryFrom = Instant.MAX;
    failureTold = false;
    failureAnswered = standsIn != null;
    attempts = standsIn == null ? 0 : 1;
    firstNotFound = null;
    missingConfirmed = false;
    return recovered;
  }

  /**
   * Takes a value in.
   *
   * @return whether the owners have to be told: the source has moved, or has recovered from what they had heard of
   */
  boolean succeeded(Fetched.Found found, Instant now) {
    boolean moved = known != null && !known.revision().equals(found.revision());
    boolean recovered = failure != null && (failureTold || failureAnswered || known == null);
    known = new Known(found.revision(), found.stages(), found.createdAt(), now);
    applied = null;
    suspect = null;
    failure = null;
    failureTold = false;
    failureAnswered = false;
    attempts = 0;
    firstNotFound = null;
    missingConfirmed = false;
    return moved || recovered;
  }

  /**
   * Takes a failure in.
   *
   * @param manyVanished whether too many sources of the scope are gone at once for this one to count as deleted
   * @param untold how many passing failures in a row owners are not told of
   * @return whether the owners have to be told; those who wait for a first read have their answer
   */
  boolean failed(SourceFailure now, Instant at, BooleanSupplier manyVanished, int untold) {
    boolean sameAsBefore = now.equals(failure);
    boolean sameSort = failure == null || failure.kind().passing() == now.kind().passing();
    boolean confirmedBefore = missingConfirmed;
    failure = now;
    attempts = sameSort ? attempts + 1 : 1;
    failureAnswered |= awaited;
    if (isNotFound()) {
      firstNotFound = firstNotFound == null ? at : firstNotFound;
      boolean twice = !at.isBefore(firstNotFound.plus(Pace.MISSING_CONFIRMED));
      missingConfirmed = twice && known != null && !knownFromReplica() && !manyVanished.getAsBoolean();
    } else {
      firstNotFound = null;
      missingConfirmed = false;
    }
    boolean news = !failureTold || !sameAsBefore || confirmedBefore != missingConfirmed;
    boolean shown = news && (!now.kind().passing() || attempts > untold);
    failureTold |= shown;
    boolean onlyWaiters = known == null && attempts == 1 && awaited;
    return shown && !onlyWaiters;
  }

  /* What was last read in another region may never have been in this one. */
  private boolean knownFromReplica() {
    String region = known == null ? null : known.revision().region();
    return region != null && key.scope().failoverRegions().contains(region);
  }

  boolean isNotFound() {
    return failure != null && failure.kind() == FailureKind.NOT_FOUND;
  }

  /**
   * The last value, without its bytes.
   *
   * @param revision its version
   * @param stages its staging labels
   * @param createdAt when AWS created it
   * @param readAt when it was last looked at: read, or shown unchanged by a list
   */
  record Known(Revision revision, List<String> stages, @Nullable Instant createdAt, Instant readAt) {

    Fetched.Found with(SourceRef ref, Payload payload) {
      return new Fetched.Found(ref, revision, payload, stages, createdAt);
    }

    /** The same, looked at then, unless it was looked at later. */
    Known seenAt(Instant at) {
      return at.isAfter(readAt) ? new Known(revision, stages, createdAt, at) : this;
    }
  }

  /**
   * A version that is older than the one applied.
   *
   * @param revision the version
   * @param since when it was first read, without any other in between
   */
  record Suspect(Revision revision, Instant since) {}
}
