package dev.keyferry.fetch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sources of one scope and service: those that wait for a batch, and all that are known. Guarded by the planner's lock. */
final class BatchQueue {

  /** Every tracked source of this scope and service. */
  final Set<SourceState> members = new LinkedHashSet<>();

  private final Set<SourceState> pending = new LinkedHashSet<>();

  /** Until when batches are not tried, because the identity may not use them. */
  @Nullable Instant refusedUntil;

  /** Until when members that a list shows wait for a pass over it that is under way or about to begin. */
  Instant passUntil = Instant.MIN;

  /** How long members that a list shows may go without a look, since events tell of their changes; zero where none do. */
  Duration besideEvents = Duration.ZERO;

  /** Whether a walk has found a change that sweeps had missed. */
  boolean missedBySweeps;

  /** Whether a list has shown a change that no event had told of. */
  boolean missedByEvents;

  /** Counts changes of what the members ask for. */
  int changes;

  /** What they ask for, as it was at that count, and whether batches were refused then. */
  Demand demand = Demand.NONE;

  int demandAt = -1;
  boolean demandSingle;

  /** Counts arrivals, so that a timer sees whether others came after it was set. */
  int arrivals;

  boolean timerSet;

  boolean batchesRefused(Instant now) {
    return refusedUntil != null && now.isBefore(refusedUntil);
  }

  /** Whether there is nothing to remember: no source, and no refusal that holds still. */
  boolean isForgettable(Instant now) {
    return members.isEmpty() && pending.isEmpty() && !batchesRefused(now);
  }

  int size() {
    return pending.size();
  }

  void add(SourceState state) {
    pending.add(state);
    arrivals++;
  }

  /** Takes whole batches and leaves the rest. */
  List<List<SourceState>> takeFull(int capacity) {
    List<List<SourceState>> batches = new ArrayList<>();
    while (pending.size() >= capacity) {
      batches.add(take(capacity));
    }
    return batches;
  }

  /** Takes everything; empty places in the last batch go to sources that are due soon, the soonest first. */
  List<List<SourceState>> takeAll(int capacity, Instant now, Predicate<SourceState> batchable) {
    List<List<SourceState>> batches = takeFull(capacity);
    if (!pending.isEmpty()) {
      List<SourceState> last = take(capacity);
      members.stream()
          .filter(state -> state.mayFillBatch(now) && batchable.test(state))
          .sorted(Comparator.comparing((SourceState state) -> state.due).thenComparing(state -> state.key.ref().key()))
          .limit(capacity - (long) last.size())
          .forEach(last::add);
      batches.add(last);
    }
    return batches;
  }

  private List<SourceState> take(int count) {
    List<SourceState> taken = new ArrayList<>(count);
    var iterator = pending.iterator();
    while (taken.size() < count && iterator.hasNext()) {
      taken.add(iterator.next());
      iterator.remove();
    }
    return taken;
  }
}
