package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestPermitsTest {

  @Test
  void given_many_requests_when_they_are_made_at_once_then_no_more_than_the_permits_are_under_way() throws Exception {
    RequestPermits permits = new RequestPermits(3);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        threads.submit(
            () ->
                permits.with(
                    () -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      three.countDown();
                      await(three);
                      running.decrementAndGet();
                      return true;
                    }));
      }
    }

    assertThat(most).hasValue(3);
  }

  @Test
  void given_requests_that_fail_when_others_follow_then_their_permits_are_free() {
    RequestPermits permits = new RequestPermits(1);
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(
              () ->
                  permits.with(
                      () -> {
                        throw new IllegalStateException("refused");
                      }))
          .hasMessage("refused");
    }

    assertThat(permits.with(() -> "answer")).isEqualTo("answer");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
