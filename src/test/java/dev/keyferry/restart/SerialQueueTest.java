package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class SerialQueueTest {

  @Test
  void given_work_under_way_when_added_many_times_then_it_runs_once_more_and_never_twice_at_once() {
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger runs = new AtomicInteger();
    try (SerialQueue<String> queue =
        queue(
            key -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              waitFor(go);
              inside.decrementAndGet();
              runs.incrementAndGet();
              return true;
            })) {
      queue.add("k");
      await().until(() -> inside.get() == 1);
      for (int i = 0; i < 50; i++) {
        queue.add("k");
      }
      go.countDown();
      await().until(() -> runs.get() == 2);
      queue.close(Duration.ofSeconds(5));
    }

    assertThat(runs).hasValue(2);
    assertThat(most).hasValue(1);
  }

  @Test
  void given_two_keys_when_one_hangs_then_the_other_runs() {
    CountDownLatch go = new CountDownLatch(1);
    List<String> done = new CopyOnWriteArrayList<>();
    try (SerialQueue<String> queue =
        queue(
            key -> {
              if (key.equals("slow")) {
                waitFor(go);
              }
              return done.add(key);
            })) {
      queue.add("slow");
      queue.add("quick");

      await().until(() -> done.contains("quick"));
      assertThat(done).doesNotContain("slow");
      go.countDown();
    }
  }

  @Test
  void given_work_that_fails_or_throws_when_added_once_then_it_is_tried_until_done() {
    AtomicInteger runs = new AtomicInteger();
    try (SerialQueue<String> queue =
        queue(
            key ->
                switch (runs.incrementAndGet()) {
                  case 1 -> false;
                  case 2 -> throw new IllegalStateException("of a test");
                  default -> true;
                })) {
      queue.add("k");

      await().until(() -> runs.get() == 3);
    }
  }

  @Test
  void given_a_wait_for_another_try_when_added_then_it_runs_at_once() {
    AtomicInteger runs = new AtomicInteger();
    try (SerialQueue<String> queue = queue(key -> runs.incrementAndGet() >= 20)) {
      queue.add("k");
      await().pollInterval(Duration.ofMillis(1)).until(() -> {
        queue.add("k");
        return runs.get() >= 20;
      });
    }

    assertThat(runs.get()).isGreaterThanOrEqualTo(20);
  }

  @Test
  void given_a_closed_queue_when_added_then_nothing_runs() {
    AtomicInteger runs = new AtomicInteger();
    SerialQueue<String> queue = queue(key -> runs.incrementAndGet() > 0);
    queue.close();

    queue.add("k");

    assertThat(runs).hasValue(0);
  }

  @Test
  void given_a_wish_for_later_when_wished_again_sooner_then_it_runs_once_and_at_the_later_wish() {
    AtomicInteger runs = new AtomicInteger();
    try (SerialQueue<String> queue = queue(key -> runs.incrementAndGet() > 0)) {
      queue.addAfter("k", Duration.ofHours(1));
      queue.addAfter("k", Duration.ofMillis(1));
      queue.addAfter("forgotten", Duration.ofMillis(200));
      queue.forget("forgotten");
      queue.addAfter("last", Duration.ofMillis(400));

      await().until(() -> runs.get() == 2);
    }

    assertThat(runs).hasValue(2);
  }

  private static SerialQueue<String> queue(Predicate<String> work) {
    return new SerialQueue<>(work, new Backoff(new Random(1)));
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
