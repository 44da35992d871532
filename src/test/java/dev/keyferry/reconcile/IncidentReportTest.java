package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.status.EventRecorder;
import dev.keyferry.testkit.MutableClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IncidentReportTest {

  private static final EventRecorder.About STORE = new EventRecorder.About("keyferry.dev/v1", "ClusterSecretStore", null, "aws", "uid");
  private static final Incidents.Cause DENIED = new Incidents.Cause("ClusterSecretStore aws", "AccessDenied", "role app may not read.");

  private final MutableClock clock = MutableClock.atNewYear();
  private final List<String> events = new ArrayList<>();
  private final Deque<Runnable> later = new ArrayDeque<>();
  private Optional<EventRecorder.About> store = Optional.of(STORE);
  private final IncidentReport report =
      new IncidentReport(
          (about, type, reason, message) -> events.add(about.kind() + "/" + about.name() + " " + type.word() + " " + reason + ": " + message),
          text -> store,
          (delay, work) -> later.add(work),
          clock);

  private void fail(int objects) {
    IntStream.range(0, objects)
        .forEach(
            i -> {
              var about = new EventRecorder.About("keyferry.dev/v1", "ExternalSecret", "shop", "es-" + i, "uid-" + i);
              report.failed("uid-" + i, DENIED, new Incidents.News(about, "AccessDenied", "denied"));
            });
  }

  private void afterTheHold() {
    clock.advance(Incidents.HOLD);
    while (!later.isEmpty()) {
      later.poll().run();
    }
  }

  @Test
  void given_many_that_fail_alike_when_the_hold_is_over_then_the_store_has_one_event_without_a_number() {
    fail(500);
    assertThat(later).as("timers").hasSize(1);
    afterTheHold();

    assertThat(events)
        .containsExactly(
            "ClusterSecretStore/aws Warning AccessDenied: Many ExternalSecrets that read through this store fail alike: role app may not read."
                + " Each one's condition says what it lacks.");
    assertThat(report.standing()).containsExactly(new SyncListener.Incident("ClusterSecretStore aws", "AccessDenied", 500));
  }

  @Test
  void given_an_incident_when_it_is_over_then_the_store_says_so_once_and_its_objects_need_not() {
    fail(20);
    afterTheHold();
    events.clear();

    assertThat(IntStream.range(0, 20)).allMatch(i -> report.left("uid-" + i));
    afterTheHold();

    assertThat(events).singleElement().asString().startsWith("ClusterSecretStore/aws Normal IncidentOver: ");
    assertThat(report.standing()).isEmpty();
  }

  @Test
  void given_few_that_fail_when_the_hold_is_over_then_each_has_its_event() {
    fail(2);
    afterTheHold();

    assertThat(events)
        .containsExactly("ExternalSecret/es-0 Warning AccessDenied: denied", "ExternalSecret/es-1 Warning AccessDenied: denied");
  }

  @Test
  void given_a_store_that_is_gone_when_many_fail_then_no_event_is_written() {
    store = Optional.empty();
    fail(20);
    afterTheHold();

    assertThat(events).isEmpty();
  }
}
