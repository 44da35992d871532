package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadGateTest {

  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final List<String> order = new ArrayList<>();

  @Test
  void given_a_full_gate_when_reads_wait_then_urgent_ones_go_first_each_in_its_order() {
    ReadGate gate = new ReadGate(threads::add, 1);
    gate.submit(false, () -> order.add("running"));
    gate.submit(false, () -> order.add("refresh 1"));
    gate.submit(false, () -> order.add("refresh 2"));
    gate.submit(true, () -> order.add("first sync 1"));
    gate.submit(true, () -> order.add("first sync 2"));
    assertThat(gate.waiting()).isEqualTo(4);

    runAll();

    assertThat(order).containsExactly("running", "first sync 1", "first sync 2", "refresh 1", "refresh 2");
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void given_a_read_that_throws_when_it_ends_then_the_next_still_runs() {
    ReadGate gate = new ReadGate(threads::add, 1);
    gate.submit(true, () -> {
      throw new IllegalStateException("bug");
    });
    gate.submit(true, () -> order.add("next"));

    assertThatThrownBy(() -> threads.remove().run()).hasMessage("bug");
    runAll();
    gate.submit(true, () -> order.add("later"));
    runAll();

    assertThat(order).containsExactly("next", "later");
  }

  @Test
  void given_many_reads_at_once_when_they_run_then_no_more_than_the_limit_are_under_way() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(500);
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      ReadGate gate = new ReadGate(virtual, 4);
      for (int i = 0; i < 500; i++) {
        gate.submit(i % 2 == 0, () -> {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          Thread.yield();
          running.decrementAndGet();
          done.countDown();
        });
      }
      done.await();
    }

    assertThat(most.get()).isBetween(1, 4);
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }
}
