package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.VersionSelector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks at sources that are said to have changed: at once, but at most once in 5 s for each; what comes in between shares one look at the
 * end of them. A version that was announced and is not there yet is looked for again within 4 s; after that, as after a failure, the
 * source's own due time counts.
 */
final class ChangeLooks {

  /** The shortest time between two reads of a source that changes ask for. */
  static final Duration SPACING = Duration.ofSeconds(5);

  private static final List<Duration> LATER = List.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));

  private final ReentrantLock lock;
  private final BatchReader reader;
  private final InstantSource clock;
  private final Timer timer;
  private final Duration linger;
  private final ChangeIndex index = new ChangeIndex();
  private final Set<SourceKey> unsent = new HashSet<>();

  /**
   * Looks through the given reader.
   *
   * @param lock the planner's
   * @param linger how long a read waits for others to share its batch
   */
  ChangeLooks(ReentrantLock lock, BatchReader reader, InstantSource clock, Timer timer, Duration linger) {
    this.lock = lock;
    this.reader = reader;
    this.clock = clock;
    this.timer = timer;
    this.linger = linger;
  }

  /** A source is tracked; the planner's lock is held. */
  void enter(SourceState state) {
    index.enter(state);
  }

  /** A source is tracked no more; the planner's lock is held. */
  void leave(SourceState state) {
    index.leave(state);
  }

  /** Looks at every tracked source that the change may be about; {@code settled} runs once all have a definitive answer. */
  void look(SourceChange change, Runnable settled) {
    AtomicInteger open = new AtomicInteger(1);
    Runnable one = () -> {
      if (open.decrementAndGet() == 0) {
        settled.run();
      }
    };
    lock.lock();
    try {
      for (SourceState state : index.concerned(change)) {
        String version = announced(state, change);
        if (!isCurrent(state, version)) {
          open.incrementAndGet();
          want(state, version, one);
        }
      }
    } finally {
      lock.unlock();
    }
    one.run();
  }

  private void want(SourceState state, @Nullable String version, Runnable settled) {
    ChangeLook look = state.look == null ? new ChangeLook() : state.look;
    state.look = look;
    look.await(settled);
    look.version = version;
    look.again = look.reading;
    if (!look.pending) {
      look.pending = true;
      beginWhenAllowed(state, look);
    }
  }

  private void beginWhenAllowed(SourceState state, ChangeLook look) {
    Instant now = clock.instant();
    if (look.readAt.isBefore(now.minus(SPACING))) {
      begin(state, look);
    } else {
      resumeAfter(Duration.between(now, look.readAt.plus(SPACING)), state, look);
    }
  }

  /* A read that is under way may have begun before the change: its answer counts only if it shows what was announced. */
  private void begin(SourceState state, ChangeLook look) {
    boolean shared = state.inFlight != null;
    look.reading = true;
    look.again = false;
    if (shared) {
      state.inFlight.whenComplete((answer, _) -> answered(state, look, answer, true));
      return;
    }
    look.readAt = look.misses == 0 ? clock.instant() : look.readAt;
    var answer = reader.read(state, false);
    sendSoon(state.key);
    answer.whenComplete((given, _) -> answered(state, look, given, false));
  }

  private void answered(SourceState state, ChangeLook look, @Nullable Answer answer, boolean shared) {
    List<Runnable> told = List.of();
    lock.lock();
    try {
      look.reading = false;
      if (!index.has(state) || isCurrent(state, look.version)) {
        told = look.end();
      } else if (shared) {
        beginWhenAllowed(state, look);
      } else if (look.again) {
        look.misses = 0;
        beginWhenAllowed(state, look);
      } else if (mayAppear(answer, look)) {
        resumeAfter(LATER.get(look.misses++), state, look);
      } else {
        told = look.end();
      }
    } finally {
      lock.unlock();
    }
    told.forEach(Runnable::run);
  }

  private void resumeAfter(Duration delay, SourceState state, ChangeLook look) {
    timer.after(delay, () -> resume(state, look));
  }

  private void resume(SourceState state, ChangeLook look) {
    List<Runnable> told = List.of();
    lock.lock();
    try {
      if (look.pending && !look.reading) {
        if (!index.has(state) || isCurrent(state, look.version)) {
          told = look.end();
        } else {
          begin(state, look);
        }
      }
    } finally {
      lock.unlock();
    }
    told.forEach(Runnable::run);
  }

  /* Changes come in bunches, and their sources share batches. */
  private void sendSoon(SourceKey key) {
    boolean first = unsent.isEmpty();
    unsent.add(key);
    if (first) {
      timer.after(
          linger,
          () -> {
            lock.lock();
            try {
              Set<SourceKey> keys = Set.copyOf(unsent);
              unsent.clear();
              keys.forEach(reader::flush);
            } finally {
              lock.unlock();
            }
          });
    }
  }

  private static boolean mayAppear(@Nullable Answer answer, ChangeLook look) {
    boolean absent =
        switch (answer) {
          case null -> false;
          case Answer.Ready(_) -> true;
          case Answer.Failed failed -> failed.failure().kind() == FailureKind.NOT_FOUND;
        };
    return absent && look.version != null && look.misses < LATER.size();
  }

  private static boolean isCurrent(SourceState state, @Nullable String version) {
    return version != null && state.failure == null && state.known != null && state.known.revision().version().equals(version);
  }

  /** The version that the change announces for what the source asks for; null where it announces none. */
  private static @Nullable String announced(SourceState state, SourceChange change) {
    boolean follows = state.key.ref().version() instanceof VersionSelector.Stage(String label) && !label.equals(change.stage());
    return follows || state.key.ref().pinned() ? null : change.versionId();
  }
}
