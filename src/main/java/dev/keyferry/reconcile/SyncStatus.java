package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.api.v1.TargetStatus;
import dev.keyferry.fetch.Applied;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceRef;
import dev.keyferry.status.Conditions;
import dev.keyferry.status.Outcome;
import dev.keyferry.status.Verdict;
import dev.keyferry.write.WriteResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The status of an ExternalSecret that follows the one before. Pure. */
final class SyncStatus {

  static final ExternalSecretStatus NONE = new ExternalSecretStatus(null, List.of(), List.of(), null, null);

  private SyncStatus() {}

  /** What an outcome means after that status: a suspended object stays as ready as it was. */
  static Verdict verdict(Outcome outcome, @Nullable ExternalSecretStatus before) {
    Verdict verdict = Verdict.of(outcome);
    if (!(outcome instanceof Outcome.Suspended) || before == null) {
      return verdict;
    }
    return Conditions.find(before.conditions(), Conditions.READY)
        .map(ready -> verdict.withReady(Verdict.Ready.ofWord(ready.status())))
        .orElse(verdict);
  }

  /** The same status without the conditions that others write. */
  static ExternalSecretStatus own(ExternalSecretStatus status) {
    return new ExternalSecretStatus(
        status.observedGeneration(), Conditions.own(status.conditions()), status.sources(), status.target(), status.lastChangedTime());
  }

  /** The same status with new conditions: what the target holds has not changed. */
  static ExternalSecretStatus judged(ExternalSecretStatus previous, Verdict verdict, @Nullable Long generation, Instant now) {
    List<StatusCondition> conditions = Conditions.of(previous.conditions(), verdict, generation, now);
    return new ExternalSecretStatus(generation, conditions, previous.sources(), previous.target(), previous.lastChangedTime());
  }

  /** What stands after a write that succeeded. */
  static ExternalSecretStatus written(
      ExternalSecretStatus judged, WriteResult result, String target, String region, Collection<Fetched.Found> found, Instant now) {
    Instant changed =
        switch (result) {
          case WriteResult.Created(_) -> now.truncatedTo(ChronoUnit.SECONDS);
          case WriteResult.Updated(_, boolean drift) -> drift ? judged.lastChangedTime() : now.truncatedTo(ChronoUnit.SECONDS);
          case WriteResult.Unchanged(_), WriteResult.Absent(_), WriteResult.Refused(_, _), WriteResult.Failed(_) ->
              judged.lastChangedTime();
        };
    String token = token(result);
    return new ExternalSecretStatus(
        judged.observedGeneration(),
        judged.conditions(),
        sources(found, region),
        token == null ? null : new TargetStatus(target, token),
        changed);
  }

  /** What stands after the target was deleted. */
  static ExternalSecretStatus deleted(ExternalSecretStatus judged, Instant now) {
    Instant changed = judged.target() == null ? judged.lastChangedTime() : now.truncatedTo(ChronoUnit.SECONDS);
    return new ExternalSecretStatus(judged.observedGeneration(), judged.conditions(), List.of(), null, changed);
  }

  private static @Nullable String token(WriteResult result) {
    return switch (result) {
      case WriteResult.Created(var token) -> token;
      case WriteResult.Updated(var token, _) -> token;
      case WriteResult.Unchanged(@Nullable String token) -> token;
      case WriteResult.Absent(_), WriteResult.Refused(_, _), WriteResult.Failed(_) -> null;
    };
  }

  private static List<SourceStatus> sources(Collection<Fetched.Found> found, String region) {
    return found.stream()
        .map(
            one ->
                new SourceStatus(
                    Pins.name(one.ref()),
                    one.revision().version(),
                    one.stages(),
                    readIn(one, region),
                    one.createdAt() == null ? null : one.createdAt().truncatedTo(ChronoUnit.SECONDS)))
        .sorted(Comparator.comparing(SourceStatus::key).thenComparing(SourceStatus::revision))
        .limit(ExternalSecretStatus.MAX_SOURCES)
        .toList();
  }

  /** The region that the ARN names, which is another one than the store's after a failover. */
  private static String readIn(Fetched.Found found, String region) {
    String named = found.revision().region();
    return named == null ? region : named;
  }

  /** What the target holds of those refs, as far as the status says so. */
  static Map<SourceRef, Applied> applied(@Nullable ExternalSecretStatus status, Collection<SourceRef> refs) {
    if (status == null || status.target() == null) {
      return Map.of();
    }
    Map<String, SourceStatus> held = new HashMap<>();
    status.sources().forEach(source -> held.put(source.key(), source));
    Map<SourceRef, Applied> applied = new HashMap<>();
    for (SourceRef ref : refs) {
      SourceStatus source = held.get(Pins.name(ref));
      if (source != null && source.changedTime() != null) {
        applied.put(ref, new Applied(source.revision(), source.changedTime(), source.region()));
      }
    }
    return applied;
  }
}
