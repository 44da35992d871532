package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceService;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ReadGateTest {

  private static final Set<String> SHOP = Set.of("shop");
  private static final Quota QUOTA = quota("one");

  private final MutableClock clock = MutableClock.atNewYear();
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final List<Runnable> sleeps = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private final List<String> order = new ArrayList<>();

  @Test
  void given_a_full_gate_when_reads_wait_then_urgent_ones_go_first_each_in_its_order() {
    ReadGate gate = gate(1);
    gate.submit(false, SHOP, QUOTA, () -> order.add("running"));
    gate.submit(false, SHOP, QUOTA, () -> order.add("refresh 1"));
    gate.submit(false, SHOP, QUOTA, () -> order.add("refresh 2"));
    gate.submit(true, SHOP, QUOTA, () -> order.add("first sync 1"));
    gate.submit(true, SHOP, QUOTA, () -> order.add("first sync 2"));
    assertThat(gate.waiting()).isEqualTo(4);

    runAll();

    assertThat(order).containsExactly("running", "first sync 1", "first sync 2", "refresh 1", "refresh 2");
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void given_a_read_that_throws_when_it_ends_then_the_next_still_runs() {
    ReadGate gate = gate(1);
    gate.submit(true, SHOP, QUOTA, () -> {
      throw new IllegalStateException("bug");
    });
    gate.submit(true, SHOP, QUOTA, () -> order.add("next"));

    assertThatThrownBy(() -> threads.remove().run()).hasMessage("bug");
    runAll();
    gate.submit(true, SHOP, QUOTA, () -> order.add("later"));
    runAll();

    assertThat(order).containsExactly("next", "later");
  }

  @Test
  void given_many_reads_at_once_when_they_run_then_no_more_than_the_limit_are_under_way() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(500);
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      ReadGate gate = new ReadGate(virtual, 4, clock, (_, _) -> {}, FetchListener.NONE);
      for (int i = 0; i < 500; i++) {
        gate.submit(i % 2 == 0, SHOP, QUOTA, () -> {
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

  @Test
  void given_a_namespace_with_5000_reads_when_another_comes_then_it_has_every_other_turn() {
    ReadGate gate = gate(1);
    for (int i = 0; i < 5000; i++) {
      gate.submit(true, Set.of("hog"), QUOTA, () -> order.add("hog"));
    }
    for (int i = 0; i < 3; i++) {
      gate.submit(true, Set.of("small"), QUOTA, () -> order.add("small"));
    }

    runAll();

    assertThat(order.subList(0, 7)).containsExactly("hog", "hog", "small", "hog", "small", "hog", "small");
    assertThat(order).hasSize(5003);
  }

  @Test
  void given_a_batch_of_two_namespaces_when_it_waits_then_it_is_counted_for_the_one_that_waits_less() {
    ReadGate gate = gate(1);
    for (int i = 0; i < 10; i++) {
      gate.submit(true, Set.of("hog"), QUOTA, () -> order.add("hog"));
    }
    gate.submit(true, new LinkedHashSet<>(List.of("hog", "small")), QUOTA, () -> order.add("both"));

    runAll();

    assertThat(order.subList(0, 3)).containsExactly("hog", "hog", "both");
  }

  @Test
  void given_first_syncs_without_end_when_a_refresh_waits_then_every_eighth_read_is_one() {
    ReadGate gate = gate(1);
    for (int i = 0; i < 40; i++) {
      gate.submit(false, SHOP, QUOTA, () -> order.add("refresh"));
      gate.submit(true, SHOP, QUOTA, () -> order.add("first"));
    }

    runAll();

    assertThat(order.subList(1, 25)).filteredOn("refresh"::equals).hasSize(3);
    assertThat(order).hasSize(80);
  }

  @Test
  void given_an_endpoint_that_never_answers_when_another_is_read_then_a_quarter_of_the_places_is_left_for_it() {
    ReadGate gate = gate(8);
    for (int i = 0; i < 100; i++) {
      gate.submit(true, Set.of("hung"), quota("hung"), () -> order.add("hung"));
    }
    int hanging = threads.size();
    gate.submit(true, Set.of("well"), quota("well"), () -> order.add("well"));

    assertThat(hanging).isEqualTo(6);
    assertThat(threads).hasSize(7);
  }

  @Test
  void given_a_quota_at_its_lowest_rate_when_a_read_is_throttled_then_it_is_not_tried_again() {
    ReadGate gate = gate(8);
    for (int i = 0; i < 6; i++) {
      gate.submit(true, SHOP, QUOTA, () -> {});
    }

    assertThat(gate.throttled(QUOTA)).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(gate.throttled(QUOTA)).isTrue();
    clock.advance(Duration.ofSeconds(1));
    assertThat(gate.throttled(QUOTA)).isFalse();
  }

  @Test
  void given_a_throttled_quota_when_reads_come_then_they_wait_in_their_order_and_others_do_not() {
    ReadGate gate = gate(4);
    gate.submit(true, SHOP, QUOTA, () -> {
      gate.throttled(QUOTA);
      gate.again(true, SHOP, QUOTA, () -> order.add("again"));
    });
    gate.submit(true, SHOP, QUOTA, () -> order.add("first"));
    runAll();
    gate.submit(true, SHOP, QUOTA, () -> order.add("second"));
    gate.submit(true, SHOP, quota("other"), () -> order.add("other"));
    runAll();
    assertThat(order).containsExactly("first", "other");

    for (int i = 0; i < 2; i++) {
      clock.advance(Duration.ofSeconds(1));
      wake();
    }

    assertThat(order).containsExactly("first", "other", "again", "second");
    assertThat(said).containsExactly("throttled", "limited 1 1.0");
  }

  @Test
  void given_a_throttled_quota_when_nothing_is_throttled_any_more_then_the_limit_goes() {
    ReadGate gate = gate(4);
    gate.submit(true, SHOP, QUOTA, () -> gate.throttled(QUOTA));
    runAll();
    for (int i = 0; i < 11; i++) {
      clock.advance(Duration.ofSeconds(1));
      gate.answered(QUOTA);
    }

    assertThat(said.getLast()).isEqualTo("limited 0 0.0");
  }

  private ReadGate gate(int limit) {
    return new ReadGate(
        threads::add,
        limit,
        clock,
        (_, work) -> sleeps.add(work),
        new FetchListener() {
          @Override
          public void hit() {}

          @Override
          public void miss() {}

          @Override
          public void batch(SourceService service, int refs, int capacity) {}

          @Override
          public void failed(FailureKind kind) {}

          @Override
          public void throttled(SourceService service, boolean batch) {
            said.add("throttled");
          }

          @Override
          public void limited(int callers, double slowest) {
            said.add("limited " + callers + " " + slowest);
          }
        });
  }

  private static Quota quota(String identity) {
    return new Quota(PlannerRig.scope(identity), SourceService.SECRETS_MANAGER, true);
  }

  private void wake() {
    List<Runnable> due = List.copyOf(sleeps);
    sleeps.clear();
    due.forEach(Runnable::run);
    runAll();
  }

  private void runAll() {
    while (!threads.isEmpty()) {
      threads.remove().run();
    }
  }
}
