package dev.keyferry.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A standard queue of SQS: at least once, in any order. Thread-safe. */
public final class MessageQueue {

  /** A message as it is received. */
  record Received(String id, String receipt, String body, int receives, Instant sent) {}

  private static final class Held {
    private final String id;
    private final String body;
    private final Instant sent;
    private int receives;
    private String receipt = "";
    private Instant visibleAt = Instant.MIN;

    Held(String id, String body, Instant sent) {
      this.id = id;
      this.body = body;
      this.sent = sent;
    }
  }

  private final String url;
  private final String arn;
  private final Ids ids;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final List<Held> messages = new ArrayList<>();
  private final List<String> dead = new ArrayList<>();
  private Duration visibility = Duration.ofSeconds(30);
  private int maxReceives = Integer.MAX_VALUE;
  private int deleted;

  MessageQueue(String url, String arn, Ids ids, InstantSource clock) {
    this.url = url;
    this.arn = arn;
    this.ids = ids;
    this.clock = clock;
  }

  /** Its URL. */
  public String url() {
    return url;
  }

  /** Its ARN. */
  public String arn() {
    return arn;
  }

  /** How long a received message is hidden; 30 s by default. */
  public MessageQueue visibility(Duration hidden) {
    visibility = hidden;
    return this;
  }

  /** After how many receives a message goes to the dead letters; never by default. */
  public MessageQueue redriveAfter(int receives) {
    maxReceives = receives;
    return this;
  }

  /** Sends a message; returns its id. */
  public String send(String body) {
    lock.lock();
    try {
      Held held = new Held(ids.uuid(), body, clock.instant());
      messages.add(held);
      arrived.signalAll();
      return held.id;
    } finally {
      lock.unlock();
    }
  }

  /** How many messages it holds, hidden ones included. */
  public int size() {
    lock.lock();
    try {
      return messages.size();
    } finally {
      lock.unlock();
    }
  }

  /** How many messages were deleted. */
  public int deleted() {
    lock.lock();
    try {
      return deleted;
    } finally {
      lock.unlock();
    }
  }

  /** The bodies of the messages that were received too often. */
  public List<String> deadLetters() {
    lock.lock();
    try {
      return List.copyOf(dead);
    } finally {
      lock.unlock();
    }
  }

  /** Receives what is visible, at most so many; waits for the first. */
  List<Received> receive(int max, Duration wait, Duration hidden) {
    long left = wait.toNanos();
    lock.lock();
    try {
      List<Received> found = take(max, hidden);
      while (found.isEmpty() && left > 0) {
        // A message may become visible by the clock alone.
        left -= TimeUnit.MILLISECONDS.toNanos(50) - Math.max(0, arrived.awaitNanos(TimeUnit.MILLISECONDS.toNanos(50)));
        found = take(max, hidden);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    } finally {
      lock.unlock();
    }
  }

  private List<Received> take(int max, Duration hidden) {
    Instant now = clock.instant();
    messages.removeIf(held -> !held.visibleAt.isAfter(now) && held.receives >= maxReceives && dead.add(held.body));
    List<Received> found = new ArrayList<>();
    for (Held held : messages) {
      if (found.size() < max && !held.visibleAt.isAfter(now)) {
        held.receives++;
        held.receipt = ids.text(24);
        held.visibleAt = now.plus(hidden);
        found.add(new Received(held.id, held.receipt, held.body, held.receives, held.sent));
      }
    }
    return found;
  }

  Duration visibility() {
    return visibility;
  }

  /** Deletes by the receipt of the last receive; another receipt deletes nothing, as a stale one may in SQS. */
  void delete(String receipt) {
    lock.lock();
    try {
      deleted += messages.removeIf(held -> held.receipt.equals(receipt)) ? 1 : 0;
    } finally {
      lock.unlock();
    }
  }
}
