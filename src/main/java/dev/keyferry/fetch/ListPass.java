package dev.keyferry.fetch;

import dev.keyferry.source.ListedSecret;
import dev.keyferry.source.VersionSelector;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One pass over a scope's list, as far as it has come. Guarded by the planner's lock. */
final class ListPass {

  private static final String CURRENT = "AWSCURRENT";

  /** An event of an older change has come, where one comes at all; AWS's clock and ours differ by less than half of it. */
  private static final Duration EVENTS_TAKE = Duration.ofMinutes(2);

  final ScopeWatch.Kind kind;
  final Instant begunAt;

  /** What changed at that date or before has been seen by passes before; null where there was none. */
  final @Nullable Instant floor;

  /** Sources that are not as the list shows them. */
  final Set<SourceState> differing = new LinkedHashSet<>();

  private final Map<String, List<SourceState>> byArn = new HashMap<>();
  private final Map<String, List<SourceState>> byName = new HashMap<>();
  private final ListedArns listed;
  private Instant newest = Instant.EPOCH;
  private Instant previous = Instant.MAX;
  private boolean sorted = true;
  private int pages;

  /**
   * A pass that begins.
   *
   * @param sources what may be on the list
   * @param listed is given what the pass shows
   */
  ListPass(ScopeWatch.Kind kind, Instant begunAt, @Nullable Instant floor, Iterable<SourceState> sources, ListedArns listed) {
    this.kind = kind;
    this.begunAt = begunAt;
    this.floor = floor;
    this.listed = listed;
    for (SourceState state : sources) {
      if (state.known != null) {
        byArn.computeIfAbsent(state.known.revision().arn(), _ -> new ArrayList<>()).add(state);
        byName.computeIfAbsent(state.key.ref().key(), _ -> new ArrayList<>()).add(state);
      }
    }
  }

  /** Takes a page in; gives the sources that differ and have not differed on a page before. */
  List<SourceState> take(List<ListedSecret> page) {
    pages++;
    List<SourceState> found = new ArrayList<>();
    for (ListedSecret secret : page) {
      sorted &= !secret.changed().isAfter(previous);
      previous = secret.changed();
      newest = secret.changed().isAfter(newest) ? secret.changed() : newest;
      listed.add(secret.arn());
      for (SourceState state : concerned(secret)) {
        if (differs(state, secret) && differing.add(state)) {
          state.missedBySweeps = seenBefore(secret) && secret.deletion() == null;
          state.missedByEvents = secret.changed().isBefore(begunAt.minus(EVENTS_TAKE));
          found.add(state);
        }
      }
    }
    return found;
  }

  /* Whether passes before this one should have shown it, going by its date. */
  private boolean seenBefore(ListedSecret secret) {
    return floor != null && !secret.changed().isAfter(floor);
  }

  /** The tracked sources that a listed secret may be. */
  Set<SourceState> concerned(ListedSecret secret) {
    Set<SourceState> found = new LinkedHashSet<>(byArn.getOrDefault(secret.arn(), List.of()));
    found.addAll(byName.getOrDefault(secret.name(), List.of()));
    return found;
  }

  /** Whether the pages that are left hold nothing new; an endpoint that does not sort has to be walked to its end. */
  boolean done() {
    return kind == ScopeWatch.Kind.SWEEP && sorted && floor != null && !previous.isAfter(floor);
  }

  /** Whether the pass went over a source that was known when it began. */
  boolean wentOver(SourceState state) {
    return state.known != null && byName.getOrDefault(state.key.ref().key(), List.of()).contains(state);
  }

  Instant newest() {
    return newest;
  }

  int pages() {
    return pages;
  }

  /** Whether a source is another one than the list shows: moved, made anew, or scheduled for deletion. What has failed has its own pace. */
  static boolean differs(SourceState state, ListedSecret secret) {
    SourceState.Known known = state.known;
    if (known == null || state.failure != null || state.inFlight != null) {
      return false;
    }
    if (!known.revision().arn().equals(secret.arn())) {
      return secret.deletion() == null;
    }
    return secret.deletion() != null
        || switch (state.key.ref().version()) {
          case VersionSelector.Current() -> !known.revision().version().equals(secret.versions().get(CURRENT));
          case VersionSelector.Stage(String label) -> !known.revision().version().equals(secret.versions().get(label));
          case VersionSelector.Id(_) -> false;
        };
  }
}
