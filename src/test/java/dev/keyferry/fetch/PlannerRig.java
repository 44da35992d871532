package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Identity;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A planner whose time is moved by hand. Waits for others to share a batch end as soon as the planner's lock is free, waits for a rate at
 * once, and time with them; the sleep between two looks at what is due is kept for the test to run.
 */
final class PlannerRig implements FetchListener {

  static final Duration INTERVAL = Duration.ofMinutes(5);
  static final Scope RED = scope("red");
  static final Scope BLUE = scope("blue");

  private static final Duration LINGER = Duration.ofMillis(7);

  final MutableClock clock = MutableClock.atNewYear();
  final ScriptedSource source = new ScriptedSource();
  final List<String> told = new CopyOnWriteArrayList<>();
  final List<FailureKind> failures = new CopyOnWriteArrayList<>();
  final ConcurrentLinkedQueue<Runnable> sleeps = new ConcurrentLinkedQueue<>();
  final List<Duration> delays = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Thread> lingers = new ConcurrentLinkedQueue<>();
  private volatile boolean held;
  final AtomicInteger hits = new AtomicInteger();
  final AtomicInteger misses = new AtomicInteger();
  final FetchPlanner planner;

  PlannerRig() {
    this(Duration.ofMinutes(30), 1 << 20, Runnable::run);
  }

  PlannerRig(Duration cacheTtl, long cacheBytes, Executor executor) {
    this(cacheTtl, cacheBytes, executor, 8);
  }

  PlannerRig(Duration cacheTtl, long cacheBytes, Executor executor, int concurrentReads) {
    planner =
        new FetchPlanner(
            source,
            new FetchSettings(cacheTtl, cacheBytes, LINGER, 10, concurrentReads),
            clock,
            new Random(7),
            executor,
            this::after,
            this);
  }

  static PlannerRig started() {
    PlannerRig rig = new PlannerRig();
    rig.planner.start(rig.told::add);
    return rig;
  }

  static PlannerRig started(int batchSize) {
    PlannerRig rig = new PlannerRig();
    rig.source.batchSize = batchSize;
    rig.planner.start(rig.told::add);
    return rig;
  }

  static Scope scope(String identity) {
    return new Scope(new Identity(identity), "eu-central-1", null);
  }

  static SourceRef ref(String key) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key, VersionSelector.CURRENT);
  }

  static SourceRef pinned(String key) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key, new VersionSelector.Id("v1"));
  }

  static Set<SourceRef> refs(String... keys) {
    return Arrays.stream(keys).map(PlannerRig::ref).collect(Collectors.toSet());
  }

  static FetchRequest request(String owner, String... keys) {
    return new FetchRequest(owner, RED, refs(keys), INTERVAL, false);
  }

  static FetchRequest request(String owner, Duration interval, String... keys) {
    return new FetchRequest(owner, RED, refs(keys), interval, false);
  }

  static List<String> numbered(int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add("k%03d".formatted(i));
    }
    return keys;
  }

  Answer fetch(String owner, String key) {
    return fetch(request(owner, key)).get(ref(key));
  }

  /** Fetches, and waits until the owners have been told of what the reads found. */
  Map<SourceRef, Answer> fetch(FetchRequest request) {
    Map<SourceRef, Answer> answers = planner.fetch(request);
    joinLingers();
    return answers;
  }

  /** Lets no time pass until {@link #joinLingers()}: what comes by then comes together. */
  void holdLingers() {
    held = true;
  }

  /** Waits until what waits for others to share its batch has been sent. */
  void joinLingers() {
    held = false;
    for (Thread linger = lingers.poll(); linger != null; linger = lingers.poll()) {
      if (linger.getState() == Thread.State.NEW) {
        linger.start();
      }
      join(linger);
    }
  }

  /** Runs what waits for a time to come, but for the loop that looks at what is due. */
  void runLater() {
    List<Runnable> waiting = new ArrayList<>(sleeps);
    sleeps.clear();
    sleeps.add(waiting.removeFirst());
    waiting.forEach(Runnable::run);
  }

  /** Lets that time pass and looks at what is due, once. */
  void pass(Duration time) {
    clock.advance(time);
    planner.refreshDue();
  }

  /** Lets that time pass second by second, as the running planner does. */
  void live(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      pass(Duration.ofSeconds(1));
    }
  }

  /** The timer of whatever else looks again and again: it is looked by hand. */
  Timer later() {
    return (_, work) -> sleeps.add(work);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void after(Duration delay, Runnable work) {
    if (delay.equals(LINGER)) {
      lingers.add(held ? Thread.ofVirtual().unstarted(work) : Thread.startVirtualThread(work));
    } else if (work instanceof ReadGate.Wake) {
      lingers.add(
          Thread.startVirtualThread(
              () -> {
                clock.advance(delay);
                work.run();
              }));
    } else {
      sleeps.add(work);
      delays.add(delay);
    }
  }

  @Override
  public void hit() {
    hits.incrementAndGet();
  }

  @Override
  public void miss() {
    misses.incrementAndGet();
  }

  @Override
  public void batch(SourceService service, int refs, int capacity) {}

  @Override
  public void failed(FailureKind kind) {
    failures.add(kind);
  }
}
