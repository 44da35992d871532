package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.kube.RequestPermits;
import dev.keyferry.status.EventRecorder.About;
import dev.keyferry.status.EventRecorder.Type;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class KubernetesEventsTest {

  private static final About DB = new About("keyferry.dev/v1", "ExternalSecret", "team", "db", "uid-1");

  private static final int CAPACITY = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private KubernetesClient client;
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-02T03:04:05.678Z"));
  private final RequestPermits permits = new RequestPermits(1);
  private KubernetesEvents events;

  @BeforeEach
  void start() {
    InstantSource source = now::get;
    events = new KubernetesEvents(client, permits, source.withZone(ZoneOffset.UTC), "keyferry-0", CAPACITY);
  }

  @AfterEach
  void stop() {
    events.close();
  }

  @Test
  void given_an_event_when_written_then_it_is_as_kubectl_describe_wants_it() {
    events.record(DB, Type.WARNING, "AccessDenied", "No.");
    Event event = awaitWritten("team", 1).getFirst();
    assertThat(event.getMetadata().getName()).matches("db\\.[0-9a-f]+");
    assertThat(event.getInvolvedObject().getApiVersion()).isEqualTo("keyferry.dev/v1");
    assertThat(event.getInvolvedObject().getKind()).isEqualTo("ExternalSecret");
    assertThat(event.getInvolvedObject().getNamespace()).isEqualTo("team");
    assertThat(event.getInvolvedObject().getUid()).isEqualTo("uid-1");
    assertThat(event.getType()).isEqualTo("Warning");
    assertThat(event.getReason()).isEqualTo("AccessDenied");
    assertThat(event.getMessage()).isEqualTo("No.");
    assertThat(event.getCount()).isEqualTo(1);
    assertThat(event.getFirstTimestamp()).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(event.getSource().getComponent()).isEqualTo("keyferry");
    assertThat(event.getReportingComponent()).isEqualTo("keyferry");
    assertThat(event.getReportingInstance()).isEqualTo("keyferry-0");
  }

  @Test
  void given_a_cluster_scoped_object_when_written_then_in_namespace_default() {
    events.record(new About("keyferry.dev/v1", "ClusterSecretStore", null, "aws", "uid-2"), Type.NORMAL, "Valid", "Yes.");
    assertThat(awaitWritten("default", 1)).singleElement().extracting(e -> e.getInvolvedObject().getNamespace()).isNull();
  }

  @Test
  void given_a_long_message_and_name_when_written_then_both_fit() {
    String name = "n".repeat(230) + "." + "m".repeat(22);
    events.record(new About("keyferry.dev/v1", "ExternalSecret", "team", name, "uid"), Type.NORMAL, "Synced", "x".repeat(5000));
    Event event = awaitWritten("team", 1).getFirst();
    assertThat(event.getMessage()).hasSize(1024).endsWith("...");
    assertThat(event.getMetadata().getName()).hasSizeLessThanOrEqualTo(253).doesNotContain("..");
  }

  @Test
  void given_the_same_when_said_again_within_ten_minutes_then_once() {
    events.record(DB, Type.NORMAL, "Synced", "a");
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(9)));
    events.record(DB, Type.NORMAL, "Synced", "a");
    events.record(DB, Type.NORMAL, "Synced", "b");
    now.updateAndGet(t -> t.plus(Duration.ofMinutes(1)));
    events.record(DB, Type.NORMAL, "Synced", "a");
    assertThat(awaitWritten("team", 3)).extracting(Event::getMessage).containsExactlyInAnyOrder("a", "b", "a");
  }

  @Test
  void given_a_slow_api_when_flooded_then_no_wait_and_the_newest_are_kept() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Thread holder = Thread.ofVirtual().start(() -> permits.with(() -> hold(held, release)));
    held.await();
    for (int i = 0; i < 5 * CAPACITY; i++) {
      events.record(DB, Type.NORMAL, "Synced", "message " + i);
    }
    release.countDown();
    holder.join();
    events.record(DB, Type.NORMAL, "Synced", "last");
    await().atMost(PATIENCE).until(() -> written("team").stream().anyMatch(e -> e.getMessage().equals("last")));
    assertThat(written("team")).hasSizeLessThanOrEqualTo(CAPACITY + 2);
  }

  @Test
  void given_an_event_that_is_refused_when_the_next_comes_then_it_is_written() {
    events.record(new About("v1", "Pod", "", "refused", "uid"), Type.NORMAL, "Synced", "a");
    events.record(DB, Type.NORMAL, "Synced", "b");
    assertThat(awaitWritten("team", 1)).extracting(Event::getMessage).containsExactly("b");
  }

  @Test
  void given_a_closed_recorder_when_recorded_then_nothing() {
    events.close();
    events.record(DB, Type.NORMAL, "Synced", "late");
    assertThat(written("team")).isEmpty();
  }

  @Test
  void given_waiting_events_when_closed_then_they_are_written_first() {
    events.record(DB, Type.NORMAL, "Synced", "opens the connection");
    awaitWritten("team", 1);
    events.record(DB, Type.NORMAL, "Synced", "a");
    events.record(DB, Type.NORMAL, "Synced", "b");
    events.close();
    assertThat(written("team")).extracting(Event::getMessage).contains("a", "b");
  }

  private List<Event> awaitWritten(String namespace, int count) {
    await().atMost(PATIENCE).until(() -> written(namespace).size() >= count);
    return written(namespace);
  }

  private List<Event> written(String namespace) {
    return client.v1().events().inNamespace(namespace).list().getItems();
  }

  private static boolean hold(CountDownLatch held, CountDownLatch release) {
    held.countDown();
    try {
      release.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
