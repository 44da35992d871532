package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.BLUE;
import static dev.keyferry.fetch.PlannerRig.RED;
import static dev.keyferry.fetch.PlannerRig.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PayloadCacheTest {

  private static final SourceKey DB = new SourceKey(RED, ref("db"));
  private static final Revision FIRST = new Revision("arn", "1");

  private final MutableClock clock = MutableClock.atNewYear();

  @Test
  void given_a_time_to_live_when_it_is_over_then_the_payload_is_gone() {
    PayloadCache cache = new PayloadCache(Duration.ofMinutes(5), 10_000, clock);
    cache.put(DB, FIRST, Payload.ofText("v"));

    clock.advance(Duration.ofMinutes(5).minusMillis(1));
    assertThat(cache.get(DB, FIRST)).isNotNull();
    clock.advance(Duration.ofMillis(1));

    assertThat(cache.get(DB, FIRST)).isNull();
  }

  @Test
  void given_a_payload_that_is_read_all_the_time_when_its_time_is_over_then_it_is_gone_nevertheless() {
    PayloadCache cache = new PayloadCache(Duration.ofMinutes(5), 10_000, clock);
    cache.put(DB, FIRST, Payload.ofText("v"));
    for (int minute = 0; minute < 4; minute++) {
      clock.advance(Duration.ofMinutes(1));
      assertThat(cache.get(DB, FIRST)).isNotNull();
    }

    clock.advance(Duration.ofMinutes(1));

    assertThat(cache.get(DB, FIRST)).isNull();
  }

  @Test
  void given_no_time_to_live_when_put_then_nothing_is_kept() {
    PayloadCache cache = new PayloadCache(Duration.ZERO, 10_000, clock);
    cache.put(DB, FIRST, Payload.ofText("v"));

    assertThat(cache.get(DB, FIRST)).isNull();
    assertThat(cache.keeps()).isFalse();
  }

  @Test
  void given_no_bytes_when_put_then_nothing_is_kept() {
    PayloadCache cache = new PayloadCache(Duration.ofMinutes(5), 0, clock);
    cache.put(DB, FIRST, Payload.ofText("v"));

    assertThat(cache.get(DB, FIRST)).isNull();
  }

  @Test
  void given_more_bytes_than_fit_when_put_then_the_bound_holds() {
    PayloadCache cache = new PayloadCache(Duration.ofMinutes(5), 10_000, clock);
    for (int i = 0; i < 100; i++) {
      cache.put(new SourceKey(RED, ref("k" + i)), FIRST, Payload.ofText("x".repeat(1_000)));
    }

    long kept = IntStream.range(0, 100).filter(i -> cache.get(new SourceKey(RED, ref("k" + i)), FIRST) != null).count();

    assertThat(kept).isBetween(1L, 9L);
  }

  @Test
  void given_one_identity_s_payload_when_another_asks_then_it_gets_nothing() {
    PayloadCache cache = new PayloadCache(Duration.ofMinutes(5), 10_000, clock);
    cache.put(DB, FIRST, Payload.ofText("v"));

    assertThat(cache.get(new SourceKey(BLUE, ref("db")), FIRST)).isNull();
  }
}
