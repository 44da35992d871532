package dev.keyferry.fetch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Decides which read begins when. It bounds the reads under way at once, in all, and to three quarters of that for one namespace or quota, so
 * that an endpoint that never answers does not hold every place. Reads that somebody waits for go before refreshes, but the eighth goes to a
 * refresh that waits. Namespaces take turns. A quota that AWS throttled begins no more reads a second than its {@link RateLimit} allows.
 */
final class ReadGate {

  private static final int URGENT_IN_A_ROW = 7;

  /* How many rates are known before those that mean nothing any more are looked for. */
  private static final int RATES = 1000;

  private final Executor executor;
  private final int limit;
  private final int share;
  private final InstantSource clock;
  private final Timer timer;
  private final FetchListener listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final FairQueue urgent = new FairQueue();
  private final FairQueue background = new FairQueue();
  private final Map<Quota, RateLimit> rates = new HashMap<>();
  private final Map<String, Integer> runningOfTenants = new HashMap<>();
  private final Map<Quota, Integer> runningOfQuotas = new HashMap<>();
  private int forgetAt = RATES;
  private int running;
  private int urgentInARow;
  private @Nullable Instant wakes;

  /**
   * A gate with no reads under way.
   *
   * @param limit reads under way at once, at most
   */
  ReadGate(Executor executor, int limit, InstantSource clock, Timer timer, FetchListener listener) {
    this.executor = executor;
    this.limit = limit;
    this.share = limit - limit / 4;
    this.clock = clock;
    this.timer = timer;
    this.listener = listener;
  }

  /**
   * Runs the read when it is its turn.
   *
   * @param isUrgent whether somebody waits for it
   * @param tenants the namespaces that want it, not empty; it is counted for the one with the fewest reads that wait
   */
  void submit(boolean isUrgent, Set<String> tenants, Quota quota, Runnable read) {
    lock.lock();
    try {
      FairQueue queue = isUrgent ? urgent : background;
      String tenant = tenants.stream().min(Comparator.comparingInt(queue::size)).orElseThrow();
      queue.add(new FairQueue.Waiting(isUrgent, tenant, quota, read));
    } finally {
      lock.unlock();
    }
    beginAll();
  }

  /** Runs a read that had its turn once more, before the others of its quota and namespace. */
  void again(boolean isUrgent, Set<String> tenants, Quota quota, Runnable read) {
    lock.lock();
    try {
      (isUrgent ? urgent : background).addFirst(new FairQueue.Waiting(isUrgent, tenants.iterator().next(), quota, read));
    } finally {
      lock.unlock();
    }
    beginAll();
  }

  /**
   * AWS throttled a read.
   *
   * @return whether it may soon be tried again; at the lowest rate nothing more is tried than what comes
   */
  boolean throttled(Quota quota) {
    listener.throttled(quota.service(), quota.batch());
    return change(quota, true) > RateLimit.SLOWEST;
  }

  /** AWS answered a read. */
  void answered(Quota quota) {
    change(quota, false);
  }

  /** Reads that wait for a place. */
  int waiting() {
    lock.lock();
    try {
      return urgent.size() + background.size();
    } finally {
      lock.unlock();
    }
  }

  private double change(Quota quota, boolean throttled) {
    double allowed;
    double slowest;
    int limited;
    lock.lock();
    try {
      Instant now = clock.instant();
      RateLimit rate = rate(quota, now);
      boolean before = rate.isFree();
      if (throttled) {
        rate.throttled(now);
      } else {
        rate.answered(now);
      }
      if (before && rate.isFree()) {
        return rate.perSecond();
      }
      allowed = rate.perSecond();
      limited = (int) rates.values().stream().filter(one -> !one.isFree()).count();
      slowest = rates.values().stream().mapToDouble(RateLimit::perSecond).filter(Double::isFinite).min().orElse(0);
    } finally {
      lock.unlock();
    }
    listener.limited(limited, slowest);
    return allowed;
  }

  private void beginAll() {
    List<FairQueue.Waiting> begun = new ArrayList<>();
    lock.lock();
    try {
      Instant now = clock.instant();
      for (FairQueue.Waiting next = take(now); next != null; next = take(now)) {
        begun.add(next);
      }
      sleepForRates(now);
    } finally {
      lock.unlock();
    }
    begun.forEach(read -> executor.execute(() -> run(read)));
  }

  private void run(FairQueue.Waiting read) {
    try {
      read.work().run();
    } finally {
      ended(read);
      beginAll();
    }
  }

  private FairQueue.@Nullable Waiting take(Instant now) {
    if (running >= limit) {
      return null;
    }
    FairQueue first = urgentInARow >= URGENT_IN_A_ROW ? background : urgent;
    FairQueue.Waiting next = first.poll(read -> permitted(read, now));
    if (next == null) {
      next = (first == urgent ? background : urgent).poll(read -> permitted(read, now));
    }
    if (next != null) {
      urgentInARow = next.urgent() && background.size() > 0 ? urgentInARow + 1 : 0;
      running++;
      runningOfTenants.merge(next.tenant(), 1, Integer::sum);
      runningOfQuotas.merge(next.quota(), 1, Integer::sum);
      rate(next.quota(), now).sent(now);
    }
    return next;
  }

  private void ended(FairQueue.Waiting read) {
    lock.lock();
    try {
      running--;
      runningOfTenants.computeIfPresent(read.tenant(), (_, count) -> count == 1 ? null : count - 1);
      runningOfQuotas.computeIfPresent(read.quota(), (_, count) -> count == 1 ? null : count - 1);
    } finally {
      lock.unlock();
    }
  }

  private boolean permitted(FairQueue.Waiting read, Instant now) {
    RateLimit rate = rates.get(read.quota());
    return runningOfTenants.getOrDefault(read.tenant(), 0) < share
        && runningOfQuotas.getOrDefault(read.quota(), 0) < share
        && (rate == null || rate.wait(now).isZero());
  }

  private RateLimit rate(Quota quota, Instant now) {
    if (rates.size() >= forgetAt) {
      rates.values().removeIf(rate -> rate.isIdle(now));
      forgetAt = Math.max(RATES, 2 * rates.size());
    }
    return rates.computeIfAbsent(quota, _ -> new RateLimit());
  }

  /* Whatever else holds a read back ends with a read that is under way. */
  private void sleepForRates(Instant now) {
    if (running >= limit || urgent.size() + background.size() == 0) {
      return;
    }
    Duration soonest =
        rates.values().stream().map(rate -> rate.wait(now)).filter(wait -> !wait.isZero()).min(Comparator.naturalOrder()).orElse(null);
    if (soonest == null) {
      return;
    }
    Instant at = now.plus(soonest);
    if (wakes == null || !wakes.isAfter(now) || at.isBefore(wakes)) {
      wakes = at;
      timer.after(soonest, new Wake(this));
    }
  }

  /** Begins what a rate allows by now. */
  record Wake(ReadGate gate) implements Runnable {
    @Override
    public void run() {
      gate.beginAll();
    }
  }
}
