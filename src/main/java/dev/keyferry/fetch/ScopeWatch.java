package dev.keyferry.fetch;

import dev.keyferry.fetch.ChangeDetection.Advice;
import dev.keyferry.fetch.ChangeDetection.Mode;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * How changes of one scope's secrets are noticed, and when its list is passed over next. It follows from what it is told and from nothing
 * else. Guarded by the planner's lock.
 */
final class ScopeWatch {

  /** So few sources are always read, where batches are permitted: it is one call. */
  static final int FEW = 20;

  /** So few sources are always read where batches are not permitted. */
  static final int FEW_SINGLE = 5;

  /** How often lists are passed over while events arrive. */
  static final Duration BESIDE_EVENTS = Duration.ofMinutes(15);

  private static final Duration UNSEEN_BESIDE_EVENTS = Duration.ofMinutes(17);
  private static final Duration WALK = Duration.ofHours(1);
  private static final Duration WALK_BESIDE_EVENTS = Duration.ofHours(6);
  private static final Duration DENIAL_REMEMBERED = Duration.ofHours(1);
  private static final Duration LENGTH_REMEMBERED = Duration.ofDays(1);
  private static final Duration WALKS_AFTER_A_MISS = Duration.ofDays(1);
  private static final double EARLIEST = 0.8;
  private static final double SPREAD = 0.1;

  /** What a pass goes over. */
  enum Kind {
    /** What changed of late. */
    SWEEP("sweep"),
    /** Everything. */
    WALK("walk");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  private ChangeDetection detection = new ChangeDetection(Mode.BATCHED_READS, false, Advice.FEW);
  private Demand demand = Demand.NONE;
  private Watermark watermark = Watermark.NONE;
  private Instant next = Instant.MAX;
  private Instant walkDue = Instant.MIN;
  private Instant walksUntil = Instant.MIN;
  private Instant deniedUntil = Instant.MIN;
  private boolean walksOnly;
  private boolean passing;
  private int failures;

  /** Pages of the whole list, or fewer than it has; 0 where they are not known. */
  private int pages;

  private Instant pagesKnownUntil = Instant.MIN;

  ChangeDetection detection() {
    return detection;
  }

  /** What changed at that date or before has been seen; null before the first pass. */
  @Nullable Instant floor() {
    return watermark.floor();
  }

  /**
   * Decides anew how changes are noticed.
   *
   * @param batchRefused whether batches are known not to be permitted
   * @param events whether events tell of this scope's changes
   * @return whether it is another way than before
   */
  boolean decide(Demand now, boolean batchRefused, boolean events, Instant at) {
    demand = now;
    walksOnly = walksUntil.isAfter(at);
    if (pagesKnownUntil.isBefore(at)) {
      pages = 0;
    }
    ChangeDetection before = detection;
    detection = choose(batchRefused, events, deniedUntil.isAfter(at));
    if (!detection.lists()) {
      next = Instant.MAX;
      watermark = Watermark.NONE;
      failures = 0;
    } else if (failures == 0 && !passing && next.isAfter(at.plus(period()))) {
      next = at.plus(demand.shortest().dividedBy(2));
    }
    return !detection.equals(before);
  }

  private ChangeDetection choose(boolean batchRefused, boolean events, boolean denied) {
    boolean few = demand.sources() <= (batchRefused ? FEW_SINGLE : FEW);
    boolean dear = !few && !denied && worthPages(events) < Math.max(1, pages);
    boolean lists = !few && !denied && !dear;
    if (events) {
      return new ChangeDetection(Mode.EVENTS, lists, denied && !few ? Advice.ALLOW_LIST : Advice.NONE);
    }
    if (lists) {
      return new ChangeDetection(Mode.SWEEP, true, Advice.QUEUE);
    }
    if (batchRefused) {
      return new ChangeDetection(Mode.EACH_READ, false, denied && !few ? Advice.ALLOW_BATCH_AND_LIST : Advice.ALLOW_BATCH);
    }
    return new ChangeDetection(Mode.BATCHED_READS, false, denied && !few ? Advice.ALLOW_LIST : dear ? Advice.LONG_LIST : Advice.FEW);
  }

  /* How many pages a walk may have so that listing takes fewer calls than reading. */
  private double worthPages(boolean events) {
    double passes = Demand.perHour(events ? BESIDE_EVENTS : demand.shortest().multipliedBy(17).dividedBy(20));
    return walksOnly ? demand.calls() / passes : (demand.calls() - passes) / Demand.perHour(events ? WALK_BESIDE_EVENTS : WALK);
  }

  private Duration period() {
    return detection.mode() == Mode.EVENTS ? BESIDE_EVENTS : demand.shortest();
  }

  /** Whether a walk that has seen that many pages without coming to its end is not worth to be gone on with. */
  boolean tooLong(int seen) {
    return seen > worthPages(detection.mode() == Mode.EVENTS);
  }

  /** The pass to begin now, if one is due. */
  Optional<Kind> begin(Instant now) {
    if (passing || !detection.lists() || next.isAfter(now)) {
      return Optional.empty();
    }
    passing = true;
    boolean walk = watermark.floor() == null || !walkDue.isAfter(now) || walksOnly;
    return Optional.of(walk ? Kind.WALK : Kind.SWEEP);
  }

  /** When the next pass is due; while none is to come, that is never. */
  Instant next() {
    return passing ? Instant.MAX : next;
  }

  /**
   * A pass went to its end.
   *
   * @param begunAt when it began
   * @param newest the newest date that it showed
   * @param seen how many pages it had
   */
  void completed(Kind kind, Instant begunAt, Instant newest, int seen, RandomGenerator random) {
    passing = false;
    failures = 0;
    watermark = watermark.after(begunAt, newest);
    boolean events = detection.mode() == Mode.EVENTS;
    if (kind == Kind.WALK) {
      pages = seen;
      pagesKnownUntil = begunAt.plus(LENGTH_REMEMBERED);
      walkDue = begunAt.plus(share(events ? WALK_BESIDE_EVENTS : WALK, 1 - SPREAD, random));
    }
    next = begunAt.plus(share(period(), events ? 1 - SPREAD : EARLIEST, random));
  }

  /** A walk was given up, since the list is longer than is worth it; a list of twice that length is not tried before a day is over. */
  void abandoned(int seen, Instant now) {
    passing = false;
    pages = seen * 2;
    pagesKnownUntil = now.plus(LENGTH_REMEMBERED);
  }

  /** A pass failed: the watermark stays where it was. */
  void failed(SourceFailure failure, Instant now, RandomGenerator random) {
    passing = false;
    failures++;
    next = Pace.afterFailure(now, failure.kind(), failures, random);
    if (failure.kind() == FailureKind.ACCESS_DENIED) {
      deniedUntil = now.plus(DENIAL_REMEMBERED);
    }
  }

  /** A walk found a change that sweeps had missed: for a day, the whole list is walked each time. */
  void missed(Instant now) {
    walksUntil = now.plus(WALKS_AFTER_A_MISS);
  }

  /** How long a source that the list shows may go without a look, since events tell of its changes; zero where none do. */
  Duration besideEvents() {
    return detection.mode() == Mode.EVENTS && detection.lists() ? UNSEEN_BESIDE_EVENTS : Duration.ZERO;
  }

  private static Duration share(Duration whole, double least, RandomGenerator random) {
    return Duration.ofNanos((long) (whole.toNanos() * (least + SPREAD * random.nextDouble())));
  }
}
