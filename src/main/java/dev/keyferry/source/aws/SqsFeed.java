package dev.keyferry.source.aws;

import dev.keyferry.source.ChangeFeed;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.RotationFailures;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes out of SQS queues: each queue is waited at, for 20 s at a time, on a virtual thread of its own. */
final class SqsFeed implements ChangeFeed {

  private static final Logger LOGGER = LoggerFactory.getLogger(SqsFeed.class);
  private static final Duration AFTER_BUG = Duration.ofSeconds(10);
  private static final Duration STOP = Duration.ofSeconds(2);

  private final List<EventQueue> queues;
  private final AwsClients clients;
  private final AwsIdentities identities;
  private final RotationFailures rotations;
  private final ChangeFeedListener listener;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<Thread> threads = new ArrayList<>();
  private final List<QueueLoop> loops = new ArrayList<>();
  private CountDownLatch stopped = new CountDownLatch(0);

  SqsFeed(
      List<EventQueue> queues,
      AwsClients clients,
      AwsIdentities identities,
      RotationFailures rotations,
      ChangeFeedListener listener,
      InstantSource clock,
      RandomGenerator random) {
    this.queues = List.copyOf(queues);
    this.clients = clients;
    this.identities = identities;
    this.rotations = rotations;
    this.listener = listener;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public synchronized void start(Receiver receiver) {
    stop();
    CountDownLatch stop = new CountDownLatch(1);
    stopped = stop;
    for (EventQueue queue : queues) {
      QueueCalls calls = new QueueCalls(queue, clients, identities);
      QueueDeletes deletes = new QueueDeletes(calls::delete, listener);
      QueueLoop loop =
          new QueueLoop(
              queue.url(), new QueueLoop.Parts(calls::receive, deletes::add, receiver, rotations, listener, clock, random));
      loops.add(loop);
      threads.add(Thread.ofVirtual().name("events-delete").start(deletes));
      threads.add(Thread.ofVirtual().name("events").start(() -> run(loop, stop)));
    }
  }

  @Override
  public synchronized void stop() {
    stopped.countDown();
    loops.forEach(QueueLoop::stop);
    loops.clear();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      try {
        if (!thread.join(STOP)) {
          LOGGER.atWarn().log("an event queue's thread does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    threads.clear();
  }

  private static void run(QueueLoop loop, CountDownLatch stop) {
    try {
      Duration wait = Duration.ZERO;
      while (!stop.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
        wait = turn(loop, stop);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration turn(QueueLoop loop, CountDownLatch stop) throws InterruptedException {
    try {
      return loop.turn();
    } catch (RuntimeException | Error e) {
      if (stop.getCount() > 0) {
        LOGGER.atError().addKeyValue("exception", e.getClass().getName()).log("reading an event queue failed in an unforeseen way");
      }
      return AFTER_BUG;
    }
  }
}
