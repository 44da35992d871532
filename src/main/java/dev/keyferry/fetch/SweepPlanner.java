package dev.keyferry.fetch;

import dev.keyferry.fetch.ChangeDetection.Advice;
import dev.keyferry.fetch.ChangeDetection.Mode;
import dev.keyferry.source.ChangeLister;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.ListedPage;
import dev.keyferry.source.ListedSecret;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes over the lists of scopes with many secrets, so that {@link FetchPlanner} reads what has changed and not what has not: a completed
 * pass is a look at every source that the list shows. A list is a hint and never an answer; where it is denied, fails or stays away,
 * sources are read when they are due, as if there were none.
 */
public final class SweepPlanner {

  private static final Duration LONGEST_SLEEP = Duration.ofSeconds(1);
  private static final Duration SHORTEST_SLEEP = Duration.ofMillis(100);

  /** So long may sources wait for a pass that is under way, counted from its last page. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** So long may the next pass be late before sources are read instead. */
  private static final Duration LATENESS = Duration.ofSeconds(5);

  private static final Logger LOGGER = LoggerFactory.getLogger(SweepPlanner.class);

  private final FetchPlanner planner;
  private final ChangeLister lister;
  private final EventReach events;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Executor executor;
  private final SweepListener listener;
  private final ReentrantLock lock;
  private final LookLoop loop;
  private final Map<Scope, Watched> watches = new HashMap<>();
  private volatile @Nullable Consumer<Scope> detectionChanged;

  /**
   * Passes over what that planner reads.
   *
   * @param events where events tell of changes
   * @param random shortens intervals, so that passes do not align
   * @param executor runs passes; they block, so it is one of virtual threads
   */
  public SweepPlanner(
      FetchPlanner planner,
      ChangeLister lister,
      EventReach events,
      InstantSource clock,
      RandomGenerator random,
      Executor executor,
      Timer timer,
      SweepListener listener) {
    this.planner = planner;
    this.lister = lister;
    this.events = events;
    this.clock = clock;
    this.random = random;
    this.executor = executor;
    this.listener = listener;
    this.lock = planner.lock();
    this.loop = new LookLoop(timer, lock, this::beginDueAndSleep);
  }

  /** A scope, as it is watched. */
  private static final class Watched {
    final Scope scope;
    final BatchQueue queue;
    final ScopeWatch watch = new ScopeWatch();
    ListedArns listed = new ListedArns();

    Watched(Scope scope, BatchQueue queue) {
      this.scope = scope;
      this.queue = queue;
    }
  }

  /**
   * Begins to pass over lists when that is due.
   *
   * @param changed is told of every scope whose changes are noticed in another way than before
   */
  public void start(Consumer<Scope> changed) {
    detectionChanged = changed;
    loop.start(_ -> {});
  }

  /** Begins no more passes, until started again. */
  public void stop() {
    loop.stop();
  }

  /**
   * How changes are noticed.
   *
   * @param strict whether every source is to be read, whatever the list shows
   */
  public ChangeDetection detection(Scope scope, SourceService service, boolean strict) {
    lock.lock();
    try {
      BatchQueue queue = planner.reader().queue(scope, service);
      boolean single = queue != null && queue.batchesRefused(clock.instant());
      Watched watched = watches.get(scope);
      if (service == SourceService.SECRETS_MANAGER && !strict && watched != null) {
        return watched.watch.detection();
      }
      Advice few = service == SourceService.SECRETS_MANAGER ? Advice.FEW : Advice.NONE;
      Advice advice = strict ? Advice.STRICT : single ? Advice.ALLOW_BATCH : few;
      boolean byEvents = !strict && queue != null && events.reaches(service, scope.region(), account(queue));
      Mode reads = single ? Mode.EACH_READ : Mode.BATCHED_READS;
      return byEvents ? new ChangeDetection(Mode.EVENTS, false, Advice.NONE) : new ChangeDetection(reads, false, advice);
    } finally {
      lock.unlock();
    }
  }

  /** Begins the passes that are due now. */
  void beginDue() {
    lock.lock();
    try {
      Instant now = clock.instant();
      Map<Scope, BatchQueue> queues = planner.reader().queues(SourceService.SECRETS_MANAGER);
      watches.values().removeIf(watched -> queues.get(watched.scope) != watched.queue);
      queues.forEach((scope, queue) -> watches.computeIfAbsent(scope, _ -> new Watched(scope, queue)));
      watches.values().forEach(watched -> look(watched, now));
      listener.scopes(byMode());
    } finally {
      lock.unlock();
    }
  }

  private Duration beginDueAndSleep() {
    beginDue();
    Instant now = clock.instant();
    Instant first = now.plus(LONGEST_SLEEP);
    for (Watched watched : watches.values()) {
      first = watched.watch.next().isBefore(first) ? watched.watch.next() : first;
    }
    Duration sleep = Duration.between(now, first);
    return sleep.compareTo(SHORTEST_SLEEP) < 0 ? SHORTEST_SLEEP : sleep;
  }

  /* What a scope lists is in one account, which the ARN of whatever it has read tells. */
  private static @Nullable String account(BatchQueue queue) {
    for (SourceState state : queue.members) {
      if (state.known != null) {
        return SourceId.of(state.key.ref().service(), state.known.revision().arn()).account();
      }
    }
    return null;
  }

  private Map<String, Integer> byMode() {
    Map<String, Integer> scopes = new TreeMap<>();
    for (Mode mode : Mode.values()) {
      scopes.put(mode.word(), 0);
    }
    watches.values().forEach(watched -> scopes.merge(watched.watch.detection().mode().word(), 1, Integer::sum));
    return scopes;
  }

  private void look(Watched watched, Instant now) {
    BatchQueue queue = watched.queue;
    if (queue.missedBySweeps) {
      queue.missedBySweeps = false;
      watched.watch.missed(now);
      listener.missed();
    }
    String account = account(queue);
    if (queue.missedByEvents && account != null) {
      queue.missedByEvents = false;
      events.missed(SourceService.SECRETS_MANAGER, watched.scope.region(), account);
      LOGGER
          .atWarn()
          .addKeyValue("region", watched.scope.region())
          .addKeyValue("account", account)
          .log("a secret has moved and no event told of it; events are not relied on for a day");
    }
    ChangeDetection before = watched.watch.detection();
    boolean refused = queue.batchesRefused(now);
    boolean told = events.reaches(SourceService.SECRETS_MANAGER, watched.scope.region(), account);
    if (watched.watch.decide(planner.reader().demand(queue, now), refused, told, now)) {
      if (before.lists()) {
        queue.members.stream().filter(state -> state.swept).forEach(state -> lookSooner(watched, state, now));
      }
      Consumer<Scope> current = detectionChanged;
      if (current != null) {
        executor.execute(() -> current.accept(watched.scope));
      }
    }
    queue.besideEvents = watched.watch.besideEvents();
    watched.watch.begin(now).ifPresent(kind -> begin(watched, kind, now));
  }

  /* What was looked at seldom, since events or lists told of its changes, has its own interval again. */
  private void lookSooner(Watched watched, SourceState state, Instant now) {
    state.swept = watched.watch.detection().lists();
    Instant latest = now.plus(state.interval());
    if (latest.isBefore(state.due)) {
      planner.setDue(state, latest);
    }
  }

  private void begin(Watched watched, ScopeWatch.Kind kind, Instant now) {
    ListedArns listed = kind == ScopeWatch.Kind.WALK ? new ListedArns() : watched.listed;
    ListPass pass =
        new ListPass(kind, now, watched.watch.floor(), watched.queue.members.stream().filter(SourceState::canBeListed).toList(), listed);
    watched.queue.passUntil = now.plus(PATIENCE);
    executor.execute(() -> run(watched, pass, listed));
  }

  private void run(Watched watched, ListPass pass, ListedArns listed) {
    ChangeLister.Order order = pass.kind == ScopeWatch.Kind.WALK ? ChangeLister.Order.NAME : ChangeLister.Order.NEWEST_CHANGE;
    String token = null;
    do {
      switch (page(watched.scope, order, token)) {
        case ListedPage.Failed(var failure) -> {
          failed(watched, pass, failure);
          return;
        }
        case ListedPage.Page(var secrets, var next) -> {
          token = next;
          if (!take(watched, pass, secrets, next != null)) {
            return;
          }
        }
      }
    } while (token != null && !pass.done());
    completed(watched, pass, listed);
  }

  private ListedPage page(Scope scope, ChangeLister.Order order, @Nullable String token) {
    try {
      return Objects.requireNonNull(lister.list(scope, order, token));
    } catch (RuntimeException | Error e) {
      LOGGER.atError().addKeyValue("exception", e.getClass().getName()).log("listing failed in an unforeseen way");
      return new ListedPage.Failed(
          new SourceFailure.ServerFault("listing failed in an unforeseen way (" + e.getClass().getSimpleName() + "); it is tried again"));
    }
  }

  /** Takes a page in; false where the pass ends here, since the list is too long to be worth it. */
  private boolean take(Watched watched, ListPass pass, List<ListedSecret> secrets, boolean more) {
    lock.lock();
    try {
      Instant now = clock.instant();
      watched.queue.passUntil = now.plus(PATIENCE);
      pass.take(secrets).forEach(state -> lookNow(watched.watch, state, now));
      for (ListedSecret secret : secrets) {
        if (secret.nextRotation() != null) {
          pass.concerned(secret).forEach(state -> planner.lookAfterRotation(state, secret.nextRotation(), now));
        }
      }
      if (pass.kind == ScopeWatch.Kind.WALK && more && watched.watch.tooLong(pass.pages())) {
        watched.watch.abandoned(pass.pages(), now);
        watched.queue.passUntil = Instant.MIN;
        listener.pass(pass.kind.word(), "abandoned");
        return false;
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void lookNow(ScopeWatch watch, SourceState state, Instant now) {
    state.swept = false;
    state.missedByEvents &= watch.detection().mode() == Mode.EVENTS;
    planner.setDue(state, now);
  }

  private void failed(Watched watched, ListPass pass, SourceFailure failure) {
    boolean denied = failure.kind() == FailureKind.ACCESS_DENIED;
    lock.lock();
    try {
      watched.watch.failed(failure, clock.instant(), random);
      watched.queue.passUntil = Instant.MIN;
      listener.pass(pass.kind.word(), denied ? "denied" : "failed");
    } finally {
      lock.unlock();
    }
    LOGGER
        .atInfo()
        .addKeyValue("region", watched.scope.region())
        .addKeyValue("reason", failure.message())
        .log(denied ? "lists are not permitted; every source is read for an hour" : "listing secrets failed; it is tried again");
  }

  /** A pass went to its end: what its list shows has been looked at, and what is on the list no more is looked at now. */
  private void completed(Watched watched, ListPass pass, ListedArns listed) {
    lock.lock();
    try {
      watched.watch.completed(pass.kind, pass.begunAt, pass.newest(), pass.pages(), random);
      watched.queue.passUntil = watched.watch.next().plus(LATENESS);
      watched.listed = listed;
      watched.queue.members.forEach(state -> settle(watched.watch, pass, listed, state));
      listener.pass(pass.kind.word(), "completed");
    } finally {
      lock.unlock();
    }
  }

  private void settle(ScopeWatch watch, ListPass pass, ListedArns listed, SourceState state) {
    boolean before = state.swept;
    SourceState.Known known = state.known;
    state.swept =
        known != null
            && watch.detection().lists()
            && state.canBeListed()
            && state.failure == null
            && !pass.differing.contains(state)
            && listed.contains(known.revision().arn());
    if (state.swept && state.inFlight == null && pass.wentOver(state)) {
      planner.seen(state, pass.begunAt);
    }
    if (before && !state.swept && known != null && state.failure == null && !pass.differing.contains(state)) {
      planner.setDue(state, clock.instant());
    }
  }
}
