package dev.keyferry.fetch;

import dev.keyferry.fetch.ChangeDetection.Mode;
import dev.keyferry.source.Identity;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/** What the planners call AWS for while time passes, of which there is as much as is wanted: it is moved second by second. */
final class IdleBench {

  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final String REGION = "eu-central-1";

  /**
   * What came of it.
   *
   * @param hour calls of an hour in which nothing changed; of six hours, a sixth
   * @param rotationReads reads of a source after it was rotated, until its owners were told
   * @param rotationSeconds how long that took
   */
  record Result(double hour, long rotationReads, long rotationSeconds) {}

  private final MutableClock clock = MutableClock.atNewYear();
  private final Mode mode;
  private final CountedAws aws;
  private final EventReach events = new EventReach(clock);
  private final FetchPlanner planner;
  private final SweepPlanner sweeps;
  private final Set<String> told = new HashSet<>();
  private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparing(Waiting::until));
  private boolean looping;

  private IdleBench(Mode mode) {
    this.mode = mode;
    aws = new CountedAws(clock, mode != Mode.EACH_READ, mode == Mode.SWEEP || mode == Mode.EVENTS);
    FetchSettings settings = FetchSettings.of(Duration.ofMinutes(5), 1 << 26, 16);
    planner = new FetchPlanner(aws, settings, clock, new Random(7), Runnable::run, this::after, FetchListener.NONE);
    EventReach events = new EventReach(clock);
    if (mode == Mode.EVENTS) {
      events.heard(
          new SourceChange(SourceService.SECRETS_MANAGER, "123456789012", "eu-central-1", "any", SourceChange.CURRENT, null));
    }
    sweeps =
        new SweepPlanner(
            planner, aws, events, clock, new Random(11), Runnable::run, (_, _) -> {}, SweepListener.NONE);
  }

  /* What the planner's own loop asks for first is done by hand, once each second. */
  private void after(Duration delay, Runnable work) {
    if (!looping) {
      looping = true;
      return;
    }
    waiting.add(new Waiting(clock.instant().plus(delay), work));
  }

  private record Waiting(Instant until, Runnable work) {}

  /** Runs objects over sources in scopes, all of them in one account, for half an hour to settle and an hour (with events, six) to count. */
  static Result run(Mode mode, int objects, int sources, int scopes) {
    IdleBench bench = new IdleBench(mode);
    bench.begin(objects, sources, scopes);
    bench.live(Duration.ofMinutes(30));
    bench.aws.takeCalls();
    int hours = mode == Mode.EVENTS ? 6 : 1;
    bench.live(Duration.ofHours(hours));
    double hour = bench.aws.takeCalls() / (double) hours;
    return bench.rotate(hour);
  }

  private void begin(int objects, int sources, int scopes) {
    planner.start(told::add);
    sweeps.start(_ -> {});
    if (mode == Mode.EVENTS) {
      events.heard(SourceChange.of(SourceService.SECRETS_MANAGER, CountedAws.ACCOUNT, REGION, "another"));
    }
    IntStream.range(0, sources).forEach(number -> aws.put(key(number), "v1"));
    planner.prime(
        IntStream.range(0, objects)
            .mapToObj(
                number ->
                    new FetchRequest(
                        "team/es-" + number, scope(number % sources % scopes), Set.of(ref(number % sources)), INTERVAL, false))
            .toList());
  }

  private Result rotate(double hour) {
    aws.watch(key(0));
    aws.put(key(0), "v2");
    told.clear();
    if (mode == Mode.EVENTS) {
      SourceChange change = SourceChange.current(SourceService.SECRETS_MANAGER, CountedAws.ACCOUNT, REGION, key(0), "v2");
      events.heard(change);
      planner.look(change, () -> {});
    }
    long seconds = 0;
    while (!told.contains("team/es-0") && seconds < Duration.ofHours(1).toSeconds()) {
      live(SECOND);
      seconds++;
    }
    return new Result(hour, aws.readsOfWatched(), seconds);
  }

  private void live(Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      clock.advance(SECOND);
      while (!waiting.isEmpty() && !waiting.peek().until().isAfter(clock.instant())) {
        waiting.poll().work().run();
      }
      planner.refreshDue();
      sweeps.beginDue();
    }
  }

  private static String key(int number) {
    return "app/%05d".formatted(number);
  }

  private static SourceRef ref(int number) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key(number), VersionSelector.CURRENT);
  }

  private static Scope scope(int number) {
    return new Scope(new Identity("tenant-" + number), REGION, null);
  }
}
