package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.reconcile.Incidents.Began;
import dev.keyferry.reconcile.Incidents.Cause;
import dev.keyferry.reconcile.Incidents.Ended;
import dev.keyferry.reconcile.Incidents.News;
import dev.keyferry.reconcile.Incidents.Single;
import dev.keyferry.reconcile.Incidents.Telling;
import dev.keyferry.status.EventRecorder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IncidentsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant JUDGED = START.plus(Incidents.HOLD);
  private static final Cause DENIED = new Cause("ClusterSecretStore aws", "AccessDenied", "role app may not read.");
  private static final Cause OTHER = new Cause("SecretStore shop/aws", "AccessDenied", "role app may not read.");

  private final Incidents incidents = new Incidents();

  private static News news(String object) {
    return new News(new EventRecorder.About("keyferry.dev/v1", "ExternalSecret", "shop", object, object), "AccessDenied", "denied " + object);
  }

  private List<Telling> fail(int from, int to, Cause cause, Instant at) {
    List<Telling> told = new ArrayList<>();
    IntStream.range(from, to).forEach(i -> told.addAll(incidents.failed("es-" + i, cause, news("es-" + i), at)));
    return told;
  }

  @Test
  void given_five_hundred_that_fail_alike_when_judged_then_one_incident_is_told_and_nothing_of_each() {
    assertThat(fail(0, 500, DENIED, START)).isEmpty();

    assertThat(incidents.due(JUDGED)).containsExactly(new Began(DENIED, 500));
    assertThat(fail(500, 600, DENIED, JUDGED)).isEmpty();
    assertThat(incidents.due(JUDGED.plusSeconds(60))).isEmpty();
    assertThat(incidents.standing()).isEqualTo(Map.of(DENIED, 600));
  }

  @Test
  void given_few_that_fail_alike_when_judged_then_each_is_told_once() {
    fail(0, Incidents.MANY - 1, DENIED, START);

    assertThat(incidents.due(JUDGED)).hasSize(Incidents.MANY - 1).allMatch(Single.class::isInstance);
    assertThat(incidents.due(JUDGED.plusSeconds(60))).isEmpty();
    assertThat(incidents.next()).isEmpty();
    assertThat(incidents.standing()).isEmpty();
  }

  @Test
  void given_news_that_is_held_back_when_its_time_has_not_come_then_nothing_is_told() {
    fail(0, 1, DENIED, START);

    assertThat(incidents.due(JUDGED.minusMillis(1))).isEmpty();
    assertThat(incidents.next()).contains(JUDGED);
  }

  @Test
  void given_news_that_came_later_when_judged_then_it_is_told_in_its_own_time() {
    fail(0, 1, DENIED, START);
    fail(1, 2, DENIED, START.plusSeconds(2));

    assertThat(incidents.due(JUDGED)).containsExactly(new Single(news("es-0")));
    assertThat(incidents.next()).contains(JUDGED.plusSeconds(2));
    assertThat(incidents.due(JUDGED.plusSeconds(2))).containsExactly(new Single(news("es-1")));
  }

  @Test
  void given_different_stores_when_each_has_few_then_there_is_no_incident() {
    fail(0, 9, DENIED, START);
    fail(9, 18, OTHER, START);

    assertThat(incidents.due(JUDGED)).hasSize(18).allMatch(Single.class::isInstance);
  }

  @Test
  void given_an_incident_when_fewer_than_half_as_many_are_left_then_it_is_over_with_its_numbers() {
    fail(0, 20, DENIED, START);
    incidents.due(JUDGED);

    List<Telling> told = new ArrayList<>();
    IntStream.range(0, 20).forEach(i -> told.addAll(incidents.left("es-" + i, JUDGED.plusSeconds(40)).tellings()));

    assertThat(told).containsExactly(new Ended(DENIED, 20, Duration.ofSeconds(40)));
    assertThat(incidents.standing()).isEmpty();
  }

  @Test
  void given_an_incident_when_its_objects_recover_then_none_has_been_told_for_itself() {
    fail(0, 20, DENIED, START);
    incidents.due(JUDGED);

    assertThat(IntStream.range(0, 20)).allMatch(i -> incidents.left("es-" + i, JUDGED).untold());
    assertThat(incidents.left("es-0", JUDGED).untold()).isFalse();
  }

  @Test
  void given_one_that_was_told_for_itself_when_it_recovers_then_that_is_news() {
    fail(0, 1, DENIED, START);
    incidents.due(JUDGED);

    assertThat(incidents.left("es-0", JUDGED).untold()).isFalse();
  }

  @Test
  void given_one_that_recovers_before_it_was_told_when_judged_then_nothing_is_told() {
    fail(0, 1, DENIED, START);

    assertThat(incidents.left("es-0", START.plusSeconds(1)).untold()).isTrue();
    assertThat(incidents.due(JUDGED)).isEmpty();
  }

  @Test
  void given_an_object_that_fails_in_another_way_when_judged_then_it_counts_there_alone() {
    fail(0, 12, DENIED, START);
    fail(0, 12, OTHER, START.plusSeconds(1));

    assertThat(incidents.due(START.plusSeconds(10))).containsExactly(new Began(OTHER, 12));
    assertThat(incidents.standing()).isEqualTo(Map.of(OTHER, 12));
  }

  @Test
  void given_failures_that_were_told_before_a_restart_when_they_are_many_then_the_incident_is_told() {
    IntStream.range(0, 30).forEach(i -> incidents.failed("es-" + i, DENIED, null, START));

    assertThat(incidents.due(JUDGED)).containsExactly(new Began(DENIED, 30));
  }
}
