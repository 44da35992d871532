package dev.keyferry.fetch;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each source once for all who ask, in batches, and looks again when it is due. Owners are told when a source that they hold has moved,
 * has failed for good, or has recovered; a refresh that finds nothing new tells nobody.
 *
 * <p>An answer is given only to the identity that read it: everything is keyed by {@link Scope}.
 */
public final class FetchPlanner {

  /** How many passing failures of a source in a row owners are not told of: a throttled call is no news. */
  public static final int UNTOLD_FAILURES = 2;

  private static final Duration BATCH_REFUSAL_REMEMBERED = Duration.ofHours(1);
  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
  private static final Duration SHORTEST_SLEEP = Duration.ofMillis(20);
  private static final Logger LOGGER = LoggerFactory.getLogger(FetchPlanner.class);

  private final SecretSource source;
  private final FetchSettings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Timer timer;
  private final FetchListener listener;
  private final PayloadCache payloads;
  private final ReadGate gate;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SourceKey, SourceState> states = new HashMap<>();
  private final Map<QueueKey, BatchQueue> queues = new HashMap<>();
  private final Map<String, FetchRequest> requests = new HashMap<>();
  private final PriorityQueue<AgendaEntry> agenda = new PriorityQueue<>(Comparator.comparing(AgendaEntry::due));
  private @Nullable Consumer<String> owners;
  private int starts;
  private volatile @Nullable Instant lastRefresh;

  /**
   * Plans over the given source.
   *
   * @param executor runs reads; they block, so it is one of virtual threads
   * @param random shortens intervals, so that sources do not align
   */
  public FetchPlanner(
      SecretSource source,
      FetchSettings settings,
      InstantSource clock,
      RandomGenerator random,
      Executor executor,
      Timer timer,
      FetchListener listener) {
    this.source = source;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.timer = timer;
    this.listener = listener;
    this.payloads = new PayloadCache(settings.cacheTtl(), settings.cacheBytes(), clock);
    this.gate = new ReadGate(executor, settings.concurrentReads());
  }

  /**
   * Begins to look at sources when they are due.
   *
   * @param changed is told of every owner that should ask again
   */
  public void start(Consumer<String> changed) {
    int start;
    lock.lock();
    try {
      owners = changed;
      start = ++starts;
    } finally {
      lock.unlock();
    }
    refreshAndSleep(start);
  }

  /** Looks at sources no more, until started again. */
  public void stop() {
    lock.lock();
    try {
      owners = null;
    } finally {
      lock.unlock();
    }
  }

  /** Answers every ref of the request, from memory or by reading; blocks while it reads. */
  public Map<SourceRef, Answer> fetch(FetchRequest request) {
    Map<SourceRef, CompletableFuture<Answer>> answers = new LinkedHashMap<>();
    lock.lock();
    try {
      Instant now = clock.instant();
      track(request, now);
      for (SourceRef ref : request.refs()) {
        SourceState state = states.get(new SourceKey(request.scope(), ref));
        answers.put(ref, remembered(state, now, request.retryNow()).orElseGet(() -> read(state, true)));
      }
    } finally {
      lock.unlock();
    }
    Map<SourceRef, Answer> result = new LinkedHashMap<>();
    answers.forEach((ref, answer) -> result.put(ref, answer.join()));
    return result;
  }

  /** Begins to read whatever those requests need, in full batches, without waiting for it. */
  public void prime(Collection<FetchRequest> expected) {
    if (!payloads.keeps()) {
      return;
    }
    lock.lock();
    try {
      Instant now = clock.instant();
      for (FetchRequest request : expected) {
        track(request, now);
        for (SourceRef ref : request.refs()) {
          SourceState state = states.get(new SourceKey(request.scope(), ref));
          if (state.inFlight == null && state.known == null && state.failure == null) {
            read(state, true);
          }
        }
      }
      Set.copyOf(queues.keySet()).forEach(this::flush);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets an owner that is gone; sources that nobody else asks for are looked at no more. */
  public void forget(String owner) {
    lock.lock();
    try {
      FetchRequest request = requests.remove(owner);
      if (request != null) {
        request.refs().forEach(ref -> release(owner, new SourceKey(request.scope(), ref)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** The oldest of the last successful looks at the owner's sources; empty where one has never been read. */
  public Optional<Instant> lastSuccess(String owner) {
    lock.lock();
    try {
      FetchRequest request = requests.get(owner);
      if (request == null) {
        return Optional.empty();
      }
      Instant oldest = Instant.MAX;
      for (SourceRef ref : request.refs()) {
        SourceState state = states.get(new SourceKey(request.scope(), ref));
        if (state == null || state.known == null) {
          return Optional.empty();
        }
        oldest = state.known.readAt().isBefore(oldest) ? state.known.readAt() : oldest;
      }
      return oldest.equals(Instant.MAX) ? Optional.empty() : Optional.of(oldest);
    } finally {
      lock.unlock();
    }
  }

  /** When the planner last looked for sources that are due; null before it was started. */
  public @Nullable Instant lastRefresh() {
    return lastRefresh;
  }

  /** Sources that are known or waited for. */
  public int tracked() {
    lock.lock();
    try {
      return states.size();
    } finally {
      lock.unlock();
    }
  }

  /** Reads that wait: for others to share their batch, or for a place. */
  public int queued() {
    lock.lock();
    try {
      return gate.waiting() + queues.values().stream().mapToInt(BatchQueue::size).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Reads what is due now. */
  void refreshDue() {
    lock.lock();
    try {
      Instant now = clock.instant();
      lastRefresh = now;
      payloads.sweep();
      Set<QueueKey> touched = new HashSet<>();
      while (!agenda.isEmpty() && !agenda.peek().due().isAfter(now)) {
        SourceState state = states.get(agenda.poll().key());
        if (state != null && state.inFlight == null && state.isDue(now)) {
          read(state, false);
          touched.add(queueKey(state.key));
        }
      }
      touched.forEach(this::flush);
    } finally {
      lock.unlock();
    }
  }

  private void refreshAndSleep(int start) {
    Duration sleep;
    lock.lock();
    try {
      if (owners == null || start != starts) {
        return;
      }
      refreshDue();
      Duration untilNext =
          agenda.isEmpty() ? LONGEST_SLEEP : Duration.between(clock.instant(), min(agenda.peek().due(), clock.instant().plus(LONGEST_SLEEP)));
      sleep = untilNext.compareTo(SHORTEST_SLEEP) < 0 ? SHORTEST_SLEEP : untilNext;
    } finally {
      lock.unlock();
    }
    timer.after(sleep, () -> refreshAndSleep(start));
  }

  // --- who asks for what ---

  private void track(FetchRequest request, Instant now) {
    FetchRequest earlier = requests.put(request.owner(), request);
    for (SourceRef ref : request.refs()) {
      SourceKey key = new SourceKey(request.scope(), ref);
      SourceState state = states.computeIfAbsent(key, SourceState::new);
      queue(key).members.add(state);
      Duration before = state.interval();
      state.owners.put(request.owner(), request.interval());
      if (!before.equals(state.interval()) && state.known != null && state.failure == null) {
        setDue(state, Pace.afterSuccess(state.known.readAt(), state.interval(), ref.pinned(), random));
      }
    }
    if (earlier != null) {
      for (SourceRef ref : earlier.refs()) {
        if (!earlier.scope().equals(request.scope()) || !request.refs().contains(ref)) {
          release(request.owner(), new SourceKey(earlier.scope(), ref));
        }
      }
    }
  }

  private void release(String owner, SourceKey key) {
    SourceState state = states.get(key);
    if (state == null) {
      return;
    }
    state.owners.remove(owner);
    if (state.owners.isEmpty() && state.inFlight == null) {
      remove(state);
    }
  }

  private void remove(SourceState state) {
    states.remove(state.key);
    if (state.known != null) {
      payloads.drop(state.key, state.known.revision());
    }
    QueueKey key = queueKey(state.key);
    BatchQueue queue = queues.get(key);
    if (queue != null) {
      queue.members.remove(state);
      if (queue.members.isEmpty() && queue.size() == 0) {
        queues.remove(key);
      }
    }
  }

  // --- what is remembered ---

  private Optional<CompletableFuture<Answer>> remembered(SourceState state, Instant now, boolean retryNow) {
    if (state.inFlight != null) {
      state.awaited = true;
      listener.hit();
      return Optional.of(state.inFlight);
    }
    Optional<Answer> answer = known(state, now);
    if (answer.isEmpty() && state.failure != null && !state.isDue(now) && !retryNow) {
      state.failureAnswered = true;
      answer = Optional.of(failed(state));
    }
    answer.ifPresent(_ -> listener.hit());
    return answer.map(CompletableFuture::completedFuture);
  }

  private Optional<Answer> known(SourceState state, Instant now) {
    boolean failureShown = state.failure != null && (!state.failure.kind().passing() || state.attempts > UNTOLD_FAILURES);
    if (state.known == null || failureShown || (state.failure == null && state.isDue(now))) {
      return Optional.empty();
    }
    Payload payload = payloads.get(state.key, state.known.revision());
    if (payload == null) {
      return Optional.empty();
    }
    SourceState.Known known = state.known;
    return Optional.of(
        new Answer.Ready(new Fetched.Found(state.key.ref(), known.revision(), payload, known.stages(), known.createdAt())));
  }

  private static Answer.Failed failed(SourceState state) {
    SourceFailure failure = state.failure;
    if (failure == null) {
      throw new IllegalStateException("no failure stands for " + state.key.ref());
    }
    return new Answer.Failed(state.key.ref(), failure, state.attempts, state.missingConfirmed);
  }

  // --- reading ---

  private CompletableFuture<Answer> read(SourceState state, boolean waitedFor) {
    listener.miss();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    state.inFlight = answer;
    state.awaited = waitedFor;
    QueueKey key = queueKey(state.key);
    BatchQueue queue = queue(state.key);
    if (!source.batchable(state.key.ref()) || queue.batchesRefused(clock.instant())) {
      gate.submit(waitedFor, () -> readSingly(state));
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

  private void flush(QueueKey key) {
    BatchQueue queue = queues.get(key);
    if (queue == null) {
      return;
    }
    List<List<SourceState>> batches =
        queue.takeAll(capacity(key), clock.instant(), state -> source.batchable(state.key.ref()));
    for (List<SourceState> batch : batches) {
      batch.stream().filter(state -> state.inFlight == null).forEach(FetchPlanner::fillsPlace);
      submit(key, batch);
    }
  }

  private static void fillsPlace(SourceState state) {
    state.inFlight = new CompletableFuture<>();
    state.awaited = false;
  }

  private void submit(QueueKey key, List<SourceState> batch) {
    gate.submit(batch.stream().anyMatch(state -> state.awaited), () -> readBatch(key, batch));
  }

  private void readBatch(QueueKey key, List<SourceState> batch) {
    if (batch.size() == 1) {
      readSingly(batch.getFirst());
      return;
    }
    if (batchesRefused(key)) {
      readSingly(batch);
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
    switch (read) {
      case BatchRead.Entries(var entries) ->
          complete(
              batch.stream()
                  .map(state -> Map.entry(state, entries.getOrDefault(state.key.ref(), unanswered(state.key.ref()))))
                  .toList());
      case BatchRead.Refused(var denial) -> {
        refuseBatches(key, denial);
        readSingly(batch);
      }
      case BatchRead.Failed(var failure) ->
          complete(batch.stream().map(state -> Map.entry(state, (Fetched) new Fetched.Failed(state.key.ref(), failure))).toList());
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

  private void readSingly(List<SourceState> batch) {
    batch.forEach(state -> gate.submit(state.awaited, () -> readSingly(state)));
  }

  private void readSingly(SourceState state) {
    Fetched fetched;
    try {
      fetched = source.read(state.key.scope(), state.key.ref());
    } catch (RuntimeException | Error e) {
      fetched = new Fetched.Failed(state.key.ref(), bug(e));
    }
    complete(List.of(Map.entry(state, fetched)));
  }

  private static SourceFailure bug(Throwable e) {
    LOGGER.atError().addKeyValue("exception", e.getClass().getName()).log("reading failed in an unforeseen way");
    return new SourceFailure.ServerFault("reading failed in an unforeseen way (" + e.getClass().getSimpleName() + "); it is tried again");
  }

  private static Fetched unanswered(SourceRef ref) {
    return new Fetched.Failed(ref, new SourceFailure.ServerFault("AWS gave no answer for " + ref.key() + "; it is tried again"));
  }

  // --- what an answer changes ---

  private void complete(List<Map.Entry<SourceState, Fetched>> answers) {
    Map<CompletableFuture<Answer>, Answer> waiting = new LinkedHashMap<>();
    Set<String> toTell = new HashSet<>();
    Consumer<String> tell;
    lock.lock();
    try {
      Instant now = clock.instant();
      for (Map.Entry<SourceState, Fetched> entry : answers) {
        SourceState state = entry.getKey();
        CompletableFuture<Answer> inFlight = state.inFlight;
        state.inFlight = null;
        Answer answer =
            switch (entry.getValue()) {
              case Fetched.Found found -> succeeded(state, found, now, toTell);
              case Fetched.Failed failed -> failed(state, failed.failure(), now, toTell);
            };
        if (inFlight != null) {
          waiting.put(inFlight, answer);
        }
        if (state.owners.isEmpty()) {
          remove(state);
        }
      }
      tell = owners;
    } finally {
      lock.unlock();
    }
    waiting.forEach(CompletableFuture::complete);
    if (tell != null) {
      toTell.forEach(tell);
    }
  }

  private Answer succeeded(SourceState state, Fetched.Found found, Instant now, Set<String> toTell) {
    boolean moved = state.known != null && !state.known.revision().equals(found.revision());
    boolean recovered = state.failure != null && (state.failureTold || state.failureAnswered || state.known == null);
    if (moved) {
      payloads.drop(state.key, state.known.revision());
    }
    if (moved || recovered) {
      toTell.addAll(state.owners.keySet());
    }
    state.known = new SourceState.Known(found.revision(), found.stages(), found.createdAt(), now);
    state.failure = null;
    state.failureTold = false;
    state.failureAnswered = false;
    state.attempts = 0;
    state.firstNotFound = null;
    state.missingConfirmed = false;
    payloads.put(state.key, found.revision(), found.payload());
    setDue(state, Pace.afterSuccess(now, state.interval(), state.key.ref().pinned(), random));
    return new Answer.Ready(found);
  }

  private Answer failed(SourceState state, SourceFailure failure, Instant now, Set<String> toTell) {
    listener.failed(failure.kind());
    boolean sameAsBefore = failure.equals(state.failure);
    state.failure = failure;
    state.attempts++;
    state.failureAnswered |= state.awaited;
    boolean confirmedBefore = state.missingConfirmed;
    if (state.isNotFound()) {
      state.firstNotFound = state.firstNotFound == null ? now : state.firstNotFound;
      boolean twice = !now.isBefore(state.firstNotFound.plus(Pace.MISSING_CONFIRMED));
      state.missingConfirmed = twice && state.known != null && !manyVanished(state);
    } else {
      state.firstNotFound = null;
      state.missingConfirmed = false;
    }
    boolean news = !state.failureTold || !sameAsBefore || confirmedBefore != state.missingConfirmed;
    if (news && (!failure.kind().passing() || state.attempts > UNTOLD_FAILURES)) {
      state.failureTold = true;
      toTell.addAll(state.owners.keySet());
    }
    Instant due = Pace.afterFailure(now, failure.kind(), state.attempts, random);
    setDue(state, state.firstNotFound == null ? due : Pace.confirming(due, state.firstNotFound, now));
    return failed(state);
  }

  /* A wrong region, a wrong account or a fault of AWS's makes many sources vanish at once; deletions wait until somebody has looked. */
  private boolean manyVanished(SourceState state) {
    Set<SourceState> members = queue(state.key).members;
    long vanished = members.stream().filter(member -> member.isNotFound() && member.known != null).count();
    long seen = members.stream().filter(member -> member.known != null).count();
    return vanished > Math.max(2, seen / 10);
  }

  private void setDue(SourceState state, Instant due) {
    state.due = due;
    if (!due.equals(Instant.MAX)) {
      agenda.add(new AgendaEntry(due, state.key));
    }
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

  private static Instant min(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private record QueueKey(Scope scope, SourceService service) {}

  private record AgendaEntry(Instant due, SourceKey key) {}
}
