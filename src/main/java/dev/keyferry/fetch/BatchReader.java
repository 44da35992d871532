package dev.keyferry.fetch;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends reads: gathers those of one scope and service into batches, fills empty places with sources that are due soon, and reads singly
 * what cannot be batched or where batches are not permitted.
 */
final class BatchReader {

  /** How often a read is throttled before that counts as its answer. */
  private static final int THROTTLED_TRIES = 5;

  private static final Duration BATCH_REFUSAL_REMEMBERED = Duration.ofHours(1);
  private static final Logger LOGGER = LoggerFactory.getLogger(BatchReader.class);

  private final SecretSource source;
  private final FetchSettings settings;
  private final InstantSource clock;
  private final Timer timer;
  private final FetchListener listener;
  private final ReadGate gate;
  private final ReentrantLock lock;
  private final Consumer<List<Map.Entry<SourceState, Fetched>>> completed;
  private final Map<QueueKey, BatchQueue> queues = new HashMap<>();

  /**
   * Reads from the given source.
   *
   * @param lock the planner's; guards every queue and every source's state
   * @param completed takes the answers; called without the lock
   */
  BatchReader(
      SecretSource source,
      FetchSettings settings,
      InstantSource clock,
      Timer timer,
      FetchListener listener,
      ReadGate gate,
      ReentrantLock lock,
      Consumer<List<Map.Entry<SourceState, Fetched>>> completed) {
    this.source = source;
    this.settings = settings;
    this.clock = clock;
    this.timer = timer;
    this.listener = listener;
    this.gate = gate;
    this.lock = lock;
    this.completed = completed;
  }

  /** Counts a source among those that may fill a batch of its scope; the planner's lock is held. */
  void enter(SourceState state) {
    queue(state.key).members.add(state);
  }

  /** What a source is asked for has changed; the planner's lock is held. */
  void demandChanged(SourceState state) {
    queue(state.key).changes++;
  }

  /** Counts a source no more; the planner's lock is held. */
  void leave(SourceState state) {
    QueueKey key = queueKey(state.key);
    BatchQueue queue = queues.get(key);
    if (queue != null) {
      queue.members.remove(state);
      queue.changes++;
      if (queue.members.isEmpty()) {
        Instant now = clock.instant();
        queues.values().removeIf(one -> one.isForgettable(now));
      }
    }
  }

  /** Every tracked source of that source's scope and service; the planner's lock is held. */
  Set<SourceState> beside(SourceState state) {
    BatchQueue queue = queues.get(queueKey(state.key));
    return queue == null ? Set.of() : Collections.unmodifiableSet(queue.members);
  }

  /** The sources of a scope and service; null where there are none. The planner's lock is held. */
  @Nullable BatchQueue queue(Scope scope, SourceService service) {
    return queues.get(new QueueKey(scope, service));
  }

  /** The sources of a service by scope; the planner's lock is held. */
  Map<Scope, BatchQueue> queues(SourceService service) {
    Map<Scope, BatchQueue> found = new LinkedHashMap<>();
    queues.forEach(
        (key, queue) -> {
          if (key.service() == service) {
            found.put(key.scope(), queue);
          }
        });
    return found;
  }

  /** What the sources of a queue that a list could show ask for; the planner's lock is held. */
  Demand demand(BatchQueue queue, Instant now) {
    boolean single = queue.batchesRefused(now);
    if (queue.demandAt != queue.changes || queue.demandSingle != single) {
      Demand demand = Demand.NONE;
      for (SourceState state : queue.members) {
        if (state.canBeListed()) {
          boolean batched = !single && source.batchable(state.key.ref());
          demand = demand.and(state.interval(), batched ? source.batchSize(state.key.ref().service()) : 1);
        }
      }
      queue.demand = demand;
      queue.demandAt = queue.changes;
      queue.demandSingle = single;
    }
    return queue.demand;
  }

  /** Whether a source waits for a pass over its scope's list; the planner's lock is held. */
  boolean waitsForPass(SourceState state, Instant now) {
    boolean rotates = state.extraLook != null && !state.extraLook.isAfter(now);
    return state.swept && !rotates && queue(state.key).passUntil.isAfter(now);
  }

  /** How long a source may go without a look; the planner's lock is held. */
  Duration interval(SourceState state) {
    Duration beside = queue(state.key).besideEvents;
    return state.swept && beside.compareTo(state.interval()) > 0 ? beside : state.interval();
  }

  /** A source has moved, and a list may have asked for the look that showed it; the planner's lock is held. */
  void moved(SourceState state) {
    queue(state.key).missedBySweeps |= state.missedBySweeps;
    queue(state.key).missedByEvents |= state.missedByEvents;
  }

  /** Reads that wait: for others to share their batch, or for a place; the planner's lock is held. */
  int waiting() {
    return gate.waiting() + queues.values().stream().mapToInt(BatchQueue::size).sum();
  }

  /** Begins to read a source; the planner's lock is held. */
  CompletableFuture<Answer> read(SourceState state, boolean waitedFor) {
    listener.miss();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    state.inFlight = answer;
    state.awaited = waitedFor;
    QueueKey key = queueKey(state.key);
    BatchQueue queue = queue(state.key);
    if (!source.batchable(state.key.ref()) || queue.batchesRefused(clock.instant())) {
      submit(state);
      return answer;
    }
    queue.add(state);
    queue.takeFull(capacity(key)).forEach(batch -> submit(key, batch));
    if (waitedFor && queue.size() > 0 && !queue.timerSet) {
      queue.timerSet = true;
      linger(key, queue, queue.arrivals, settings.maxLingers());
    }
    return answer;
  }

  private void linger(QueueKey key, BatchQueue queue, int arrivals, int lingersLeft) {
    timer.after(
        settings.linger(),
        () -> {
          lock.lock();
          try {
            if (queue.arrivals != arrivals && lingersLeft > 1) {
              linger(key, queue, queue.arrivals, lingersLeft - 1);
            } else {
              queue.timerSet = false;
              flush(key);
            }
          } finally {
            lock.unlock();
          }
        });
  }

  /** Sends what waits for a source's batch to fill up; the planner's lock is held. */
  void flush(SourceKey key) {
    flush(queueKey(key));
  }

  /** Sends everything that waits; the planner's lock is held. */
  void flushAll() {
    Set.copyOf(queues.keySet()).forEach(this::flush);
  }

  private void flush(QueueKey key) {
    BatchQueue queue = queues.get(key);
    if (queue == null) {
      return;
    }
    List<List<SourceState>> batches =
        queue.takeAll(capacity(key), clock.instant(), state -> source.batchable(state.key.ref()));
    for (List<SourceState> batch : batches) {
      batch.stream().filter(state -> state.inFlight == null).forEach(BatchReader::fillsPlace);
      submit(key, batch);
    }
  }

  private static void fillsPlace(SourceState state) {
    state.inFlight = new CompletableFuture<>();
    state.awaited = false;
  }

  private void submit(QueueKey key, List<SourceState> batch) {
    if (batch.size() == 1) {
      submit(batch.getFirst());
      return;
    }
    Turn turn = new Turn(isAwaited(batch), tenants(batch), new Quota(key.scope(), key.service(), true));
    gate.submit(turn.urgent(), turn.tenants(), turn.quota(), () -> readBatch(key, batch, turn, THROTTLED_TRIES));
  }

  private void submit(SourceState state) {
    Turn turn = new Turn(state.awaited, Set.of(state.tenant()), new Quota(state.key.scope(), state.key.ref().service(), false));
    gate.submit(turn.urgent(), turn.tenants(), turn.quota(), () -> readSingly(state, turn, THROTTLED_TRIES));
  }

  private static boolean isAwaited(List<SourceState> batch) {
    return batch.stream().anyMatch(state -> state.awaited);
  }

  private static Set<String> tenants(List<SourceState> batch) {
    return batch.stream().map(SourceState::tenant).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private void readBatch(QueueKey key, List<SourceState> batch, Turn turn, int tries) {
    if (batchesRefused(key)) {
      batch.forEach(this::submit);
      return;
    }
    listener.batch(key.service(), batch.size(), capacity(key));
    List<SourceRef> refs = batch.stream().map(state -> state.key.ref()).toList();
    BatchRead read;
    try {
      read = source.readBatch(key.scope(), refs);
    } catch (RuntimeException | Error e) {
      read = new BatchRead.Failed(bug(e));
    }
    if (isTriedAgain(turn.quota(), read instanceof BatchRead.Failed(var failure) ? failure : null) && tries > 1) {
      gate.again(turn.urgent(), turn.tenants(), turn.quota(), () -> readBatch(key, batch, turn, tries - 1));
      return;
    }
    switch (read) {
      case BatchRead.Entries(var entries) ->
          completed.accept(
              batch.stream()
                  .map(state -> Map.entry(state, entries.getOrDefault(state.key.ref(), unanswered(state.key.ref()))))
                  .toList());
      case BatchRead.Refused(var denial) -> {
        refuseBatches(key, denial);
        batch.forEach(this::submit);
      }
      case BatchRead.Failed(var failure) ->
          completed.accept(batch.stream().map(state -> Map.entry(state, (Fetched) new Fetched.Failed(state.key.ref(), failure))).toList());
    }
  }

  private boolean batchesRefused(QueueKey key) {
    lock.lock();
    try {
      BatchQueue queue = queues.get(key);
      return queue != null && queue.batchesRefused(clock.instant());
    } finally {
      lock.unlock();
    }
  }

  private void refuseBatches(QueueKey key, SourceFailure.AccessDenied denial) {
    lock.lock();
    try {
      Instant now = clock.instant();
      BatchQueue queue = queues.computeIfAbsent(key, _ -> new BatchQueue());
      boolean known = queue.batchesRefused(now);
      queue.refusedUntil = now.plus(BATCH_REFUSAL_REMEMBERED);
      if (known) {
        return;
      }
    } finally {
      lock.unlock();
    }
    LOGGER
        .atWarn()
        .addKeyValue("region", key.scope().region())
        .addKeyValue("reason", denial.message())
        .log("batch reads are not permitted; reading singly for an hour");
  }

  private void readSingly(SourceState state, Turn turn, int tries) {
    Fetched fetched;
    try {
      fetched = source.read(state.key.scope(), state.key.ref());
    } catch (RuntimeException | Error e) {
      fetched = new Fetched.Failed(state.key.ref(), bug(e));
    }
    if (isTriedAgain(turn.quota(), fetched instanceof Fetched.Failed(_, var failure) ? failure : null) && tries > 1) {
      gate.again(turn.urgent(), turn.tenants(), turn.quota(), () -> readSingly(state, turn, tries - 1));
      return;
    }
    completed.accept(List.of(Map.entry(state, fetched)));
  }

  /** Lets the gate know how AWS bears the rate, and says whether the read comes again; a call that did not reach AWS says nothing of it. */
  private boolean isTriedAgain(Quota quota, @Nullable SourceFailure failure) {
    if (failure instanceof SourceFailure.Throttled) {
      return gate.throttled(quota);
    }
    if (failure == null || !failure.kind().passing()) {
      gate.answered(quota);
    }
    return false;
  }

  private static SourceFailure bug(Throwable e) {
    LOGGER.atError().addKeyValue("exception", e.getClass().getName()).log("reading failed in an unforeseen way");
    return new SourceFailure.ServerFault("reading failed in an unforeseen way (" + e.getClass().getSimpleName() + "); it is tried again");
  }

  private static Fetched unanswered(SourceRef ref) {
    return new Fetched.Failed(ref, new SourceFailure.ServerFault("AWS gave no answer for " + ref.key() + "; it is tried again"));
  }

  private BatchQueue queue(SourceKey key) {
    return queues.computeIfAbsent(queueKey(key), _ -> new BatchQueue());
  }

  private int capacity(QueueKey key) {
    return source.batchSize(key.service());
  }

  private static QueueKey queueKey(SourceKey key) {
    return new QueueKey(key.scope(), key.ref().service());
  }

  private record QueueKey(Scope scope, SourceService service) {}

  /** What a read's turn depends on. */
  private record Turn(boolean urgent, Set<String> tenants, Quota quota) {}
}
