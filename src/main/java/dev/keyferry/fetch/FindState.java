package dev.keyferry.fetch;

import dev.keyferry.source.FindQuery;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is known of one search. Guarded by its planner's lock. */
final class FindState {

  final Scope scope;
  final FindQuery query;

  /** Who asks for it, and how often each wants it looked at. */
  final Map<String, Duration> owners = new HashMap<>();

  /** ARNs by name, as the last successful looks gave them; null before the first. */
  @Nullable SortedMap<String, String> members;

  /** Since when members are missing that a single look did not show. */
  final Map<String, Instant> missingSince = new HashMap<>();

  @Nullable SourceFailure failure;
  int attempts;
  boolean failureTold;
  boolean confirmedMissing;
  private boolean changed;
  Instant due = Instant.MIN;
  Instant readAt = Instant.MIN;
  @Nullable CompletableFuture<FindAnswer> inFlight;

  FindState(Scope scope, FindQuery query) {
    this.scope = scope;
    this.query = query;
  }

  /** The shortest interval among the owners; zero (look once) where all want that or there is none. */
  Duration interval() {
    return owners.values().stream().filter(interval -> !interval.isZero()).min(Duration::compareTo).orElse(Duration.ZERO);
  }

  boolean isDue(Instant now) {
    return !due.isAfter(now);
  }

  /** Whether a source that is said to have changed may come in or go by that: a label that moves on what was found does not matter. */
  boolean mayFind(SourceChange change, Function<String, Predicate<String>> patterns) {
    boolean here = change.service() == query.service() && change.region().equals(scope.region());
    boolean lookedOnce = interval().isZero() && members != null;
    if (!here || lookedOnce) {
      return false;
    }
    Predicate<String> matches = query.regexp() == null ? _ -> true : patterns.apply(query.regexp());
    boolean onlyMoved = change.stage() != null;
    return SourceId.of(change.service(), change.id()).listedNames(change.service()).stream()
        .anyMatch(name -> query.admits(name) && matches.test(name) && !(onlyMoved && members != null && members.containsKey(name)));
  }

  /** Has it looked at again, at most once in 5 s. */
  void lookSoon() {
    changed = inFlight != null;
    Instant soon = readAt.equals(Instant.MIN) ? Instant.MIN : readAt.plus(ChangeLooks.SPACING);
    due = soon.isBefore(due) ? soon : due;
  }

  /** A look has ended: a change that came meanwhile may not be in it. */
  void ended() {
    inFlight = null;
    if (changed) {
      lookSoon();
    }
  }

  /**
   * Takes what a look found. What is new, or has another ARN, counts at once; what a look misses counts as gone only once a second one,
   * at least a minute after the first, misses it too, since lists lag.
   *
   * @return whether the members changed
   */
  boolean take(SortedMap<String, String> found, Instant now) {
    SortedMap<String, String> next = new TreeMap<>(found);
    missingSince.keySet().removeAll(found.keySet());
    if (members != null) {
      members.forEach(
          (name, arn) -> {
            if (!found.containsKey(name)) {
              Instant since = missingSince.computeIfAbsent(name, _ -> now);
              if (now.isBefore(since.plus(Pace.MISSING_CONFIRMED))) {
                next.put(name, arn);
              } else {
                missingSince.remove(name);
              }
            }
          });
    }
    boolean changed = !next.equals(members);
    members = next;
    return changed;
  }
}
