package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.Listing;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretFinder;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes each search once for all who ask, and again when it is due. Owners are told when other sources are found than before, or when the
 * search fails or recovers. What is found is read by {@link FetchPlanner} like any source. A search that finds nothing is a failure: an
 * expression with a slip in it must not empty a target.
 *
 * <p>An answer is given only to the identity that listed it: everything is keyed by {@link Scope}.
 */
public final class FindPlanner {

  private static final Duration SLEEP = Duration.ofSeconds(1);
  private static final Duration DOUBTED_AFTER = Duration.ofSeconds(20);
  private static final Logger LOGGER = LoggerFactory.getLogger(FindPlanner.class);

  private final SecretFinder finder;
  private final Function<String, Predicate<String>> patterns;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Executor executor;
  private final FetchListener listener;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Key, FindState> states = new HashMap<>();
  private final Map<String, FindRequest> requests = new HashMap<>();
  private final LookLoop loop;

  /**
   * Plans over the given finder.
   *
   * @param patterns compiles an expression; one that is none matches nothing
   * @param executor runs searches; they block, so it is one of virtual threads
   * @param random shortens intervals, so that searches do not align
   */
  public FindPlanner(
      SecretFinder finder,
      Function<String, Predicate<String>> patterns,
      InstantSource clock,
      RandomGenerator random,
      Executor executor,
      Timer timer,
      FetchListener listener) {
    this.finder = finder;
    this.patterns = patterns;
    this.clock = clock;
    this.random = random;
    this.executor = executor;
    this.loop = new LookLoop(timer, lock, this::refreshDueAndSleep);
    this.listener = listener;
  }

  /**
   * Begins to search again when that is due.
   *
   * @param changed is told of every owner that should ask again
   */
  public void start(Consumer<String> changed) {
    loop.start(changed);
  }

  /** Searches no more, until started again. */
  public void stop() {
    loop.stop();
  }

  /** Answers every query of the request, from memory or by searching; blocks while it searches. */
  public Map<FindQuery, FindAnswer> find(FindRequest request) {
    Map<FindQuery, CompletableFuture<FindAnswer>> answers = new LinkedHashMap<>();
    lock.lock();
    try {
      Instant now = clock.instant();
      track(request);
      for (FindQuery query : request.queries()) {
        FindState state = states.get(new Key(request.scope(), query));
        answers.put(query, remembered(state, now, request.retryNow()).orElseGet(() -> search(state)));
      }
    } finally {
      lock.unlock();
    }
    Map<FindQuery, FindAnswer> result = new LinkedHashMap<>();
    answers.forEach((query, answer) -> result.put(query, answer.join()));
    return result;
  }

  /** Something that the owner's searches had found is not there: they look again soon. */
  public void doubt(String owner) {
    doubt(owner, DOUBTED_AFTER);
  }

  /** Has an owner's searches made anew when it asks next, but those that were within the last second. */
  public void doubtNow(String owner) {
    doubt(owner, Duration.ofSeconds(1));
  }

  private void doubt(String owner, Duration after) {
    lock.lock();
    try {
      FindRequest request = requests.get(owner);
      if (request != null) {
        for (FindQuery query : request.queries()) {
          FindState state = states.get(new Key(request.scope(), query));
          Instant soon = state == null || state.readAt.equals(Instant.MIN) ? Instant.MIN : state.readAt.plus(after);
          if (state != null && soon.isBefore(state.due)) {
            state.due = soon;
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Looks soon again for what may find a source that is said to have changed, at most once in 5 s for each search. */
  public void look(SourceChange change) {
    lock.lock();
    try {
      states.values().stream().filter(state -> state.mayFind(change, patterns)).forEach(FindState::lookSoon);
    } finally {
      lock.unlock();
    }
  }

  /** Forgets an owner that is gone; what nobody else asks for is searched for no more. */
  public void forget(String owner) {
    lock.lock();
    try {
      FindRequest request = requests.remove(owner);
      if (request != null) {
        request.queries().forEach(query -> release(owner, new Key(request.scope(), query)));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Searches for what is due now. */
  void refreshDue() {
    lock.lock();
    try {
      Instant now = clock.instant();
      states.values().stream().filter(state -> state.inFlight == null && state.isDue(now)).toList().forEach(this::search);
    } finally {
      lock.unlock();
    }
  }

  private Duration refreshDueAndSleep() {
    refreshDue();
    return SLEEP;
  }

  private void track(FindRequest request) {
    FindRequest earlier = requests.put(request.owner(), request);
    for (FindQuery query : request.queries()) {
      FindState state = states.computeIfAbsent(new Key(request.scope(), query), key -> new FindState(key.scope(), key.query()));
      Duration before = state.interval();
      state.owners.put(request.owner(), request.interval());
      if (!before.equals(state.interval()) && state.members != null && state.failure == null && state.missingSince.isEmpty()) {
        state.due = Pace.afterSuccess(state.readAt, state.interval(), false, random);
      }
    }
    if (earlier != null) {
      for (FindQuery query : earlier.queries()) {
        if (!earlier.scope().equals(request.scope()) || !request.queries().contains(query)) {
          release(request.owner(), new Key(earlier.scope(), query));
        }
      }
    }
  }

  private void release(String owner, Key key) {
    FindState state = states.get(key);
    if (state != null) {
      state.owners.remove(owner);
      if (state.owners.isEmpty() && state.inFlight == null) {
        states.remove(key);
      }
    }
  }

  private Optional<CompletableFuture<FindAnswer>> remembered(FindState state, Instant now, boolean retryNow) {
    if (state.inFlight != null) {
      return Optional.of(state.inFlight);
    }
    boolean due = state.isDue(now) || (retryNow && state.failure != null);
    return due || state.readAt.equals(Instant.MIN) ? Optional.empty() : Optional.of(CompletableFuture.completedFuture(answer(state)));
  }

  /** What stands: the members, unless a failure is there that is news or lasts. */
  private static FindAnswer answer(FindState state) {
    SourceFailure failure = state.failure;
    SortedMap<String, String> members = state.members;
    boolean shown = failure != null && (!failure.kind().passing() || state.attempts > FetchPlanner.UNTOLD_FAILURES);
    if (failure != null && (shown || members == null || members.isEmpty())) {
      return new FindAnswer.Failed(state.query, failure, state.attempts, state.confirmedMissing);
    }
    return new FindAnswer.Ready(members == null ? List.of() : List.copyOf(members.keySet()));
  }

  private CompletableFuture<FindAnswer> search(FindState state) {
    CompletableFuture<FindAnswer> answer = new CompletableFuture<>();
    state.inFlight = answer;
    executor.execute(() -> complete(state, listed(state)));
    return answer;
  }

  private Listing listed(FindState state) {
    try {
      return Objects.requireNonNull(finder.find(state.scope, state.query));
    } catch (RuntimeException | Error e) {
      LOGGER.atError().addKeyValue("exception", e.getClass().getName()).log("searching failed in an unforeseen way");
      return new Listing.Failed(
          new SourceFailure.ServerFault("searching failed in an unforeseen way (" + e.getClass().getSimpleName() + "); it is tried again"));
    }
  }

  private void complete(FindState state, Listing listing) {
    Set<String> toTell = new HashSet<>();
    CompletableFuture<FindAnswer> inFlight;
    FindAnswer answer;
    lock.lock();
    try {
      Instant now = clock.instant();
      state.readAt = now;
      switch (listing) {
        case Listing.Members(var arns) -> found(state, matching(state.query, arns), now, toTell);
        case Listing.Failed(var failure) -> failed(state, failure, now, toTell);
      }
      answer = answer(state);
      inFlight = state.inFlight;
      state.ended();
      if (state.owners.isEmpty()) {
        states.remove(new Key(state.scope, state.query));
      }
    } finally {
      lock.unlock();
    }
    if (inFlight != null) {
      inFlight.complete(answer);
    }
    loop.tell(toTell);
  }

  private SortedMap<String, String> matching(FindQuery query, SortedMap<String, String> arns) {
    String regexp = query.regexp();
    SortedMap<String, String> kept = new TreeMap<>(arns);
    if (regexp != null) {
      kept.keySet().removeIf(patterns.apply(regexp).negate());
    }
    return kept;
  }

  private void found(FindState state, SortedMap<String, String> found, Instant now, Set<String> toTell) {
    boolean before = state.members != null && !state.members.isEmpty();
    boolean changed = state.take(found, now);
    if (state.members == null || state.members.isEmpty()) {
      state.confirmedMissing = before || state.confirmedMissing;
      failed(
          state,
          new SourceFailure.NotFound(
              "dataFrom[].find finds nothing in " + state.scope.region() + " (" + state.query.text()
                  + "). Check it, and the region and the account of the store."),
          now,
          toTell);
      return;
    }
    boolean recovered = state.failure != null && (state.failureTold || !before);
    if ((changed && before) || recovered) {
      toTell.addAll(state.owners.keySet());
    }
    state.failure = null;
    state.failureTold = false;
    state.confirmedMissing = false;
    state.attempts = 0;
    Instant due = Pace.afterSuccess(now, state.interval(), false, random);
    Instant confirming = now.plus(Pace.MISSING_CONFIRMED);
    state.due = state.missingSince.isEmpty() || due.isBefore(confirming) ? due : confirming;
  }

  private void failed(FindState state, SourceFailure failure, Instant now, Set<String> toTell) {
    listener.failed(failure.kind());
    boolean news = !state.failureTold || !failure.equals(state.failure);
    state.failure = failure;
    state.attempts++;
    if (failure.kind() != FailureKind.NOT_FOUND) {
      state.confirmedMissing = false;
    }
    if (news && (!failure.kind().passing() || state.attempts > FetchPlanner.UNTOLD_FAILURES)) {
      state.failureTold = true;
      toTell.addAll(state.owners.keySet());
    }
    state.due = Pace.afterFailure(now, failure.kind(), state.attempts, random);
  }

  private record Key(Scope scope, FindQuery query) {}
}
