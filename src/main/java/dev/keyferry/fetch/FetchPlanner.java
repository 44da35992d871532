package dev.keyferry.fetch;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
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

/**
 * Reads each source once for all who ask, in batches, and looks again when it is due. Owners are told when a source that they hold has moved,
 * has failed for good, or has recovered; a refresh that finds nothing new tells nobody.
 *
 * <p>An answer is given only to the identity that read it: everything is keyed by {@link dev.keyferry.source.Scope}.
 */
public final class FetchPlanner {

  /** How many passing failures of a source in a row owners are not told of: a throttled call is no news. */
  public static final int UNTOLD_FAILURES = 2;

  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
  private static final Duration SHORTEST_SLEEP = Duration.ofMillis(20);

  private final InstantSource clock;
  private final RandomGenerator random;
  private final FetchListener listener;
  private final PayloadCache payloads;
  private final BatchReader reader;
  private final ChangeLooks looks;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<SourceKey, SourceState> states = new HashMap<>();
  private final Map<String, FetchRequest> requests = new HashMap<>();
  private final PriorityQueue<AgendaEntry> agenda = new PriorityQueue<>(Comparator.comparing(AgendaEntry::due));
  private final LookLoop loop;
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
    this.clock = clock;
    this.random = random;
    this.loop = new LookLoop(timer, lock, this::refreshDueAndSleep);
    this.listener = listener;
    this.payloads = new PayloadCache(settings.cacheTtl(), settings.cacheBytes(), clock);
    ReadGate gate = new ReadGate(executor, settings.concurrentReads(), clock, timer, listener);
    this.reader = new BatchReader(source, settings, clock, timer, listener, gate, lock, this::complete);
    this.looks = new ChangeLooks(lock, reader, clock, timer, settings.linger());
  }

  /**
   * Begins to look at sources when they are due.
   *
   * @param changed is told of every owner that should ask again
   */
  public void start(Consumer<String> changed) {
    loop.start(changed);
  }

  /** Looks at sources no more, until started again. */
  public void stop() {
    loop.stop();
  }

  /** Answers every ref of the request, from memory or by reading; blocks while it reads. */
  public Map<SourceRef, Answer> fetch(FetchRequest request) {
    Map<SourceRef, CompletableFuture<Answer>> answers = new LinkedHashMap<>();
    lock.lock();
    try {
      Instant now = clock.instant();
      track(request);
      for (SourceRef ref : request.refs()) {
        SourceState state = states.get(new SourceKey(request.scope(), ref));
        answers.put(ref, remembered(state, now, request.retryNow()).orElseGet(() -> reader.read(state, true)));
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
      for (FetchRequest request : expected) {
        track(request);
        for (SourceRef ref : request.refs()) {
          SourceState state = states.get(new SourceKey(request.scope(), ref));
          if (state.inFlight == null && state.known == null && state.failure == null) {
            reader.read(state, true);
          }
        }
      }
      reader.flushAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Looks at every source that a change may be about, by whoever reads it: at once, at most once in 5 s, in batches. A source that is known
   * at the announced version is not read, nor is one that is to be looked at once. Returns without waiting.
   *
   * @param settled runs once each of those sources has a definitive answer, a failure's own wait included; at once where there is none
   */
  public void look(SourceChange change, Runnable settled) {
    looks.look(change, settled);
  }

  /** Has an owner's sources read when it asks next; one that was read within the last second, when that is over. */
  public void doubt(String owner) {
    lock.lock();
    try {
      Instant now = clock.instant();
      FetchRequest request = requests.get(owner);
      for (SourceRef ref : request == null ? Set.<SourceRef>of() : request.refs()) {
        SourceState state = states.get(new SourceKey(request.scope(), ref));
        if (state != null && state.inFlight == null) {
          Instant soonest = state.known == null ? now : state.known.readAt().plus(LONGEST_SLEEP);
          setDue(state, soonest.isBefore(now) ? now : soonest);
        }
      }
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
      return reader.waiting();
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
      Set<SourceKey> touched = new HashSet<>();
      while (!agenda.isEmpty() && !agenda.peek().due().isAfter(now)) {
        SourceState state = states.get(agenda.poll().key());
        if (state == null || state.inFlight != null || !state.isDue(now)) {
          continue;
        }
        if (reader.waitsForPass(state, now)) {
          setDue(state, now.plus(LONGEST_SLEEP));
        } else {
          reader.read(state, false);
          touched.add(state.key);
        }
      }
      touched.forEach(reader::flush);
    } finally {
      lock.unlock();
    }
  }

  private Duration refreshDueAndSleep() {
    refreshDue();
    Instant now = clock.instant();
    Duration untilNext = agenda.isEmpty() ? LONGEST_SLEEP : Duration.between(now, min(agenda.peek().due(), now.plus(LONGEST_SLEEP)));
    return untilNext.compareTo(SHORTEST_SLEEP) < 0 ? SHORTEST_SLEEP : untilNext;
  }

  // --- who asks for what ---

  private void track(FetchRequest request) {
    FetchRequest earlier = requests.put(request.owner(), request);
    for (SourceRef ref : request.refs()) {
      SourceKey key = new SourceKey(request.scope(), ref);
      boolean isNew = !states.containsKey(key);
      SourceState state = states.computeIfAbsent(key, SourceState::new);
      reader.enter(state);
      looks.enter(state);
      Duration before = state.interval();
      state.owners.put(request.owner(), request.interval());
      state.asker = request.owner();
      if (state.known == null && (earlier == null || earlier.scope().equals(request.scope()))) {
        state.applied = later(state.applied, request.applied().get(ref));
      }
      boolean wasStrict = !state.strict.isEmpty();
      if (request.strict() ? state.strict.add(request.owner()) : state.strict.remove(request.owner())) {
        state.swept &= state.canBeListed();
      }
      if (isNew || wasStrict == state.strict.isEmpty() || !before.equals(state.interval())) {
        reader.demandChanged(state);
      }
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

  private static @Nullable Applied later(@Nullable Applied one, @Nullable Applied other) {
    return one == null || (other != null && other.createdAt().isAfter(one.createdAt())) ? other : one;
  }

  private void release(String owner, SourceKey key) {
    SourceState state = states.get(key);
    if (state == null) {
      return;
    }
    state.owners.remove(owner);
    state.strict.remove(owner);
    reader.demandChanged(state);
    if (state.owners.isEmpty() && state.inFlight == null) {
      remove(state);
    }
  }

  private void remove(SourceState state) {
    states.remove(state.key);
    if (state.known != null) {
      payloads.drop(state.key, state.known.revision());
    }
    reader.leave(state);
    looks.leave(state);
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
    return Optional.of(new Answer.Ready(state.known.with(state.key.ref(), payload)));
  }

  private static Answer.Failed failed(SourceState state) {
    SourceFailure failure = state.failure;
    if (failure == null) {
      throw new IllegalStateException("no failure stands for " + state.key.ref());
    }
    return new Answer.Failed(state.key.ref(), failure, state.attempts, state.missingConfirmed);
  }

  // --- what an answer changes ---

  private void complete(List<Map.Entry<SourceState, Fetched>> answers) {
    Map<CompletableFuture<Answer>, Answer> waiting = new LinkedHashMap<>();
    Set<String> toTell = new HashSet<>();
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
    } finally {
      lock.unlock();
    }
    waiting.forEach(CompletableFuture::complete);
    loop.tell(toTell);
  }

  private Answer succeeded(SourceState state, Fetched.Found found, Instant now, Set<String> toTell) {
    listener.received(found.payload().size());
    if (state.doubts(found, now)) {
      return doubted(state, found, now, toTell);
    }
    SourceState.Known before = state.known;
    if (state.succeeded(found, now)) {
      toTell.addAll(state.owners.keySet());
    }
    if (before != null && !before.revision().equals(found.revision())) {
      payloads.drop(state.key, before.revision());
    }
    payloads.put(state.key, found.revision(), found.payload());
    if (before != null && !before.revision().equals(found.revision())) {
      reader.moved(state);
    }
    state.looked();
    setDue(state, Pace.afterSuccess(now, reader.interval(state), state.key.ref().pinned(), random));
    return new Answer.Ready(found);
  }

  /* An older version than the one applied: the target keeps that until a later look has confirmed the older one. */
  private Answer doubted(SourceState state, Fetched.Found found, Instant now, Set<String> toTell) {
    listener.older();
    state.swept = false;
    state.extraLook = null;
    Payload kept = state.known == null ? null : payloads.get(state.key, state.known.revision());
    if (state.doubted(kept == null ? older(found.ref()) : null)) {
      toTell.addAll(state.owners.keySet());
    }
    setDue(state, state.confirmsAt(now).orElseGet(() -> Pace.afterSuccess(now, reader.interval(state), false, random)));
    return kept == null ? failed(state) : new Answer.Ready(state.known.with(found.ref(), kept));
  }

  private static SourceFailure older(SourceRef ref) {
    return new SourceFailure.ServerFault(
        "AWS gives an older version of " + ref.key() + " than the target holds; it is taken once a second look confirms it.");
  }

  private Answer failed(SourceState state, SourceFailure failure, Instant now, Set<String> toTell) {
    listener.failed(failure.kind());
    state.swept = false;
    state.looked();
    if (state.failed(failure, now, () -> manyVanished(state), UNTOLD_FAILURES)) {
      toTell.addAll(state.owners.keySet());
    }
    Instant due = Pace.afterFailure(now, failure.kind(), state.attempts, random);
    state.retryFrom = Pace.earlyAfterFailure(now, failure.kind(), state.attempts);
    setDue(state, state.firstNotFound == null ? due : Pace.confirming(due, state.firstNotFound, now));
    return failed(state);
  }

  /* A wrong region, a wrong account or a fault of AWS's makes many sources vanish at once; deletions wait until somebody has looked. */
  private boolean manyVanished(SourceState state) {
    Set<SourceState> members = reader.beside(state);
    long vanished = members.stream().filter(member -> member.isNotFound() && member.known != null).count();
    long seen = members.stream().filter(member -> member.known != null).count();
    return vanished > Math.max(2, seen / 10);
  }

  /** When a source is read next, unless it is rotated before; the lock is held. */
  void setDue(SourceState state, Instant due) {
    state.due = state.extraLook == null ? due : min(due, state.extraLook);
    if (!state.due.equals(Instant.MAX)) {
      agenda.add(new AgendaEntry(state.due, state.key));
    }
  }

  // --- what lists show ---

  ReentrantLock lock() {
    return lock;
  }

  BatchReader reader() {
    return reader;
  }

  /** A list showed a source unchanged: a look, which reads nothing; the lock is held. */
  void seen(SourceState state, Instant at) {
    SourceState.Known known = state.known;
    if (known != null) {
      state.known = known.seenAt(at);
      setDue(state, state.known.readAt().plus(reader.interval(state)));
    }
  }

  /** A source is rotated at that time at the latest: it is looked at soon after, once for each date; the lock is held. */
  void lookAfterRotation(SourceState state, Instant rotation, Instant now) {
    boolean soonLooked = state.interval().compareTo(Pace.AFTER_ROTATION) <= 0;
    if (rotation.equals(state.rotation) || rotation.isBefore(now) || soonLooked || !state.canBeListed() || state.known == null) {
      return;
    }
    state.rotation = rotation;
    state.extraLook = Pace.afterRotation(rotation, random);
    setDue(state, state.due);
  }

  private static Instant min(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private record AgendaEntry(Instant due, SourceKey key) {}
}
