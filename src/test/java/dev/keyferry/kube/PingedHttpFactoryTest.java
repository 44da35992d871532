package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.kube.TornWatches.Break;
import dev.keyferry.kube.TornWatches.Manner;
import dev.keyferry.kube.TornWatches.Point;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PingedHttpFactoryTest {

  private static final Duration PINGED = Duration.ofMillis(40);
  private static final Duration PINGED_CALMLY = Duration.ofMillis(500);
  private static final Duration HANDSHAKE = Duration.ofMillis(500);
  private static final Break FIRST = new Break(Point.AFTER_EVENTS, Manner.RESET, 2);

  static Stream<Break> breaks() {
    return Arrays.stream(Point.values())
        .flatMap(point -> Arrays.stream(Manner.values()).map(manner -> new Break(point, manner, point == Point.AFTER_EVENTS ? 3 : 0)));
  }

  @ParameterizedTest
  @MethodSource("breaks")
  void given_a_first_watch_that_breaks_when_the_next_would_hold_then_it_is_made(Break torn) {
    hearsAgain(torn);
  }

  @ParameterizedTest
  @MethodSource("breaks")
  void given_a_watch_made_anew_that_breaks_too_when_the_next_would_hold_then_it_is_made(Break torn) {
    hearsAgain(FIRST, torn);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, PingedListener.AHEAD, PingedListener.AHEAD + 1, PingedListener.AHEAD + 2})
  void given_events_still_in_the_works_when_their_connection_ends_then_the_watch_is_made_anew(int events) {
    try (var api = new TornWatches(new Break(Point.AFTER_EVENTS, Manner.END, events));
        var client = client(api, PINGED, task -> Thread.startVirtualThread(() -> api.onceLeft(task)));
        var secrets = secrets(client)) {
      secrets.start();
      hears(secrets);
    }
  }

  @Test
  void given_a_quiet_watch_when_its_peer_answers_pings_then_it_is_kept() {
    try (var api = new TornWatches();
        var client = client(api, PINGED_CALMLY, Thread::startVirtualThread);
        var secrets = secrets(client)) {
      secrets.start();
      patiently().until(() -> api.pings.get() > PingedListener.UNANSWERED + 1);
      assertThat(api.well).hasValue(1);
      assertThat(secrets.watching()).isTrue();
    }
  }

  private static void hearsAgain(Break... breaks) {
    try (var api = new TornWatches(breaks);
        var client = client(api, PINGED, Thread::startVirtualThread);
        var secrets = secrets(client)) {
      secrets.start();
      hears(secrets);
    }
  }

  private static void hears(OwnInformer<Secret> secrets) {
    patiently().until(() -> secrets.get("a", "new").isPresent() && secrets.watching());
  }

  private static OwnInformer<Secret> secrets(KubernetesClient client) {
    return new OwnInformer<>(client, Secret.class, null, List.of(), kept -> kept, event -> {});
  }

  private static KubernetesClient client(TornWatches api, Duration pinged, Executor tasks) {
    Config config = Config.empty();
    config.setMasterUrl(api.url());
    config.setRequestTimeout((int) HANDSHAKE.toMillis());
    config.setWatchReconnectInterval(10);
    config.setRequestRetryBackoffInterval(10);
    return new KubernetesClientBuilder()
        .withConfig(config)
        .withHttpClientFactory(new PingedHttpFactory(pinged, HANDSHAKE))
        .withTaskExecutor(tasks)
        .build();
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(5));
  }
}
