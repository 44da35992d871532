package dev.keyferry.restart;

import static dev.keyferry.restart.Views.CHANGED;
import static dev.keyferry.restart.Views.first;
import static dev.keyferry.restart.Views.moved;
import static dev.keyferry.restart.Views.with;
import static dev.keyferry.restart.Views.workload;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.keyferry.restart.Decision.Defer;
import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Decision.Invalid;
import dev.keyferry.restart.Decision.Note;
import dev.keyferry.restart.Decision.Nothing;
import dev.keyferry.restart.Decision.Reason;
import dev.keyferry.restart.Decision.Restart;
import dev.keyferry.restart.RestartListener.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestartPlannerTest {

  private static final Map<String, String> NONE = Map.of();
  private static final Set<String> DB = Set.of("db");

  /** Template and observed token (- is none), whether the target's token t2 is its first, and what follows. */
  @ParameterizedTest
  @CsvSource({
    "-,  -,  true,  ADOPT",
    "-,  -,  false, ADOPT",
    "-,  t2, true,  NOTHING",
    "-,  t2, false, NOTHING",
    "t2, t2, false, NOTHING",
    "t1, t2, false, NOTHING",
    "t2, -,  false, RECORD",
    "t2, t1, false, RECORD",
    "t2, t1, true,  RECORD",
    "t1, -,  true,  ADOPT",
    "-,  t1, true,  ADOPT",
    "t1, t1, true,  ADOPT",
    "t1, -,  false, EXAMINE",
    "-,  t1, false, EXAMINE",
    "t1, t1, false, EXAMINE",
    "t0, t1, false, EXAMINE",
  })
  void given_records_when_planned_then_the_table_holds(String template, String observed, boolean initial, String expected) {
    WorkloadView view = workload("true", DB, one(template), one(observed));

    Decision decision = RestartPlanner.plan(view, Map.of("db", initial ? first("t2") : moved("t2")));

    assertThat(name(decision)).isEqualTo(expected);
    if (decision instanceof Note note) {
      assertThat(note.observed().tokens()).isEqualTo(Map.of("db", "t2"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "other", "other,more"})
  void given_no_opt_in_for_the_secret_when_planned_then_nothing_is_written(String optIn) {
    assertThat(RestartPlanner.plan(workload(optIn, DB, one("t1"), one("t1")), Map.of("db", moved("t2")))).isEqualTo(new Nothing());
  }

  @Test
  void given_no_annotation_when_planned_then_nothing_is_written() {
    assertThat(RestartPlanner.plan(workload(null, DB, NONE, NONE), Map.of("db", first("t1")))).isEqualTo(new Nothing());
  }

  @Test
  void given_an_invalid_annotation_when_planned_then_it_is_off_and_says_so() {
    assertThat(RestartPlanner.plan(workload("Yes!", DB, NONE, one("t1")), Map.of("db", moved("t2")))).isEqualTo(new Invalid("Yes!"));
  }

  @Test
  void given_a_target_that_is_not_referenced_when_planned_then_nothing() {
    assertThat(RestartPlanner.plan(workload("true", Set.of("api"), NONE, one("t1")), Map.of("db", moved("t2")))).isEqualTo(new Nothing());
  }

  @Test
  void given_no_known_target_when_planned_then_records_stay() {
    assertThat(RestartPlanner.plan(workload("true", DB, one("t1"), one("t1")), Map.of())).isEqualTo(new Nothing());
  }

  @Test
  void given_a_workload_that_goes_away_when_planned_then_nothing() {
    WorkloadView view = with(workload("true", DB, NONE, one("t1")), 1, false, true);

    assertThat(RestartPlanner.plan(view, Map.of("db", moved("t2")))).isEqualTo(new Nothing());
  }

  @Test
  void given_no_replicas_when_a_token_moved_then_it_is_recorded() {
    WorkloadView view = with(workload("true", DB, one("t1"), one("t1")), 0, false, false);

    assertThat(RestartPlanner.plan(view, Map.of("db", moved("t2"))))
        .isEqualTo(new Note(new TokenMap(Map.of("db", "t2")), List.of(new Reason(Result.SCALED_TO_ZERO, Set.of("db")))));
  }

  @Test
  void given_a_paused_workload_when_a_token_moved_then_it_waits_without_a_write() {
    WorkloadView view = with(workload("true", DB, one("t1"), one("t1")), 1, true, false);

    assertThat(RestartPlanner.plan(view, Map.of("db", moved("t2")))).isEqualTo(new Defer(Set.of("db"), Optional.empty()));
  }

  @Test
  void given_a_paused_workload_when_another_secret_is_new_then_only_that_is_recorded() {
    WorkloadView view = with(workload("true", Set.of("api", "db"), NONE, one("t1")), 1, true, false);

    assertThat(RestartPlanner.plan(view, Map.of("db", moved("t2"), "api", first("a1"))))
        .asInstanceOf(type(Defer.class))
        .satisfies(defer -> assertThat(defer.keys()).containsExactly("db"))
        .satisfies(
            defer -> assertThat(defer.meanwhile().orElseThrow().observed().tokens()).isEqualTo(Map.of("api", "a1", "db", "t1")));
  }

  @Test
  void given_two_moved_secrets_and_a_new_one_when_planned_then_one_restart_carries_all() {
    WorkloadView view = workload("true", Set.of("a", "b", "c"), Map.of("a", "1"), Map.of("a", "1", "b", "1"));

    Examine examine = (Examine) RestartPlanner.plan(view, Map.of("a", moved("2"), "b", moved("2"), "c", first("1")));

    assertThat(examine.restart()).isEqualTo(new Restart(new TokenMap(Map.of("a", "2", "b", "2", "c", "1")), Set.of("a", "b")));
    assertThat(examine.fresh().notes())
        .containsExactly(new Reason(Result.ADOPTED, Set.of("c")), new Reason(Result.ALREADY_FRESH, Set.of("a", "b")));
  }

  @Test
  void given_two_moved_secrets_when_planned_then_pods_are_compared_with_the_later_change() {
    TargetToken later = new TargetToken("2", false, CHANGED.plusSeconds(60));
    WorkloadView view = workload("true", Set.of("a", "b"), NONE, Map.of("a", "1", "b", "1"));

    Examine examine = (Examine) RestartPlanner.plan(view, Map.of("a", moved("2"), "b", later));

    assertThat(examine.changed()).isEqualTo(CHANGED.plusSeconds(60));
  }

  @Test
  void given_two_external_secrets_in_one_target_when_one_moved_then_it_alone_is_pending() {
    WorkloadView view = workload("true", DB, NONE, Map.of("db", "1", "db/extra", "1"));

    Examine examine = (Examine) RestartPlanner.plan(view, Map.of("db", moved("1"), "db/extra", moved("2")));

    assertThat(examine.keys()).containsExactly("db/extra");
    assertThat(examine.restart().tokens().tokens()).isEqualTo(Map.of("db", "1", "db/extra", "2"));
  }

  @Test
  void given_records_no_longer_used_when_something_is_written_then_they_go() {
    WorkloadView view = workload("true", DB, NONE, Map.of("gone", "1", "db/dropped", "1"));

    Note note = (Note) RestartPlanner.plan(view, Map.of("db", first("1")));

    assertThat(note.observed().tokens()).isEqualTo(Map.of("db", "1"));
  }

  @Test
  void given_records_no_longer_used_when_nothing_else_is_due_then_nothing_is_written() {
    WorkloadView view = workload("true", DB, Map.of("gone", "1"), Map.of("db", "1", "gone", "1"));

    assertThat(RestartPlanner.plan(view, Map.of("db", moved("1")))).isEqualTo(new Nothing());
  }

  @Test
  void given_a_used_secret_whose_target_is_not_known_yet_when_another_restarts_then_its_record_stays() {
    WorkloadView view = workload("true", Set.of("api", "db"), NONE, Map.of("api", "1", "db", "1"));

    Examine examine = (Examine) RestartPlanner.plan(view, Map.of("db", moved("2")));

    assertThat(examine.restart().tokens().tokens()).isEqualTo(Map.of("api", "1", "db", "2"));
  }

  @Test
  void given_more_targets_than_a_map_holds_when_adopted_then_the_next_plan_is_at_rest() {
    Set<String> references = new TreeSet<>();
    Map<String, TargetToken> targets = new TreeMap<>();
    for (int i = 0; i < 130; i++) {
      references.add("secret-%03d".formatted(i));
      targets.put("secret-%03d".formatted(i), first("1"));
    }
    Note note = (Note) RestartPlanner.plan(workload("true", references, NONE, NONE), targets);

    assertThat(note.observed().tokens()).hasSize(100);
    assertThat(RestartPlanner.plan(workload("true", references, NONE, note.observed().tokens()), targets)).isEqualTo(new Nothing());
  }

  @Test
  void given_a_full_map_of_unknown_targets_when_a_known_one_sorts_last_then_it_is_recorded() {
    Set<String> references = new TreeSet<>(Set.of("zz"));
    Map<String, String> observed = new TreeMap<>();
    for (int i = 0; i < 100; i++) {
      references.add("secret-%03d".formatted(i));
      observed.put("secret-%03d".formatted(i), "1");
    }

    Note note = (Note) RestartPlanner.plan(workload("true", references, NONE, observed), Map.of("zz", first("1")));

    assertThat(note.observed().get("zz")).isEqualTo("1");
  }

  /** Seconds between the change and the birth of each pod; three or more is fresh. */
  @ParameterizedTest
  @CsvSource({"3, true", "3 9, true", "2, false", "0, false", "-60, false", "9 -60, false", "'', false"})
  void given_pods_when_examined_then_only_all_fresh_ones_spare_the_restart(String ages, boolean spared) {
    Examine examine = (Examine) RestartPlanner.plan(workload("true", DB, NONE, one("t1")), Map.of("db", moved("t2")));
    List<PodView> pods = new ArrayList<>();
    for (String age : ages.isBlank() ? new String[0] : ages.split(" ")) {
      pods.add(new PodView(CHANGED.plusSeconds(Long.parseLong(age)), TokenMap.EMPTY));
    }

    assertThat(RestartPlanner.examined(examine, pods)).isEqualTo(spared ? examine.fresh() : examine.restart());
  }

  /** Tokens that a pod made at the moment of the change carries. */
  @ParameterizedTest
  @CsvSource({"t2, true", "t1, false", "t3, false"})
  void given_a_pod_that_a_roll_made_when_examined_then_it_is_fresh_if_it_was_rolled_for_this_change(String token, boolean spared) {
    Examine examine = (Examine) RestartPlanner.plan(workload("true", DB, NONE, one("t1")), Map.of("db", moved("t2")));

    Decision decision = RestartPlanner.examined(examine, List.of(new PodView(CHANGED, new TokenMap(one(token)))));

    assertThat(decision).isEqualTo(spared ? examine.fresh() : examine.restart());
  }

  @Test
  void given_a_target_that_does_not_say_when_it_changed_when_examined_then_no_pod_counts_as_fresh() {
    TargetToken undated = TargetToken.of(new dev.keyferry.kube.TargetRecord("db", "u", "t2", false, "yesterday", "", NONE));
    Examine examine = (Examine) RestartPlanner.plan(workload("true", DB, NONE, one("t1")), Map.of("db", undated));

    assertThat(RestartPlanner.examined(examine, List.of(new PodView(CHANGED.plusSeconds(1_000_000), TokenMap.EMPTY)))).isEqualTo(examine.restart());
  }

  private static Map<String, String> one(String token) {
    return token.equals("-") ? NONE : Map.of("db", token);
  }

  private static String name(Decision decision) {
    return switch (decision) {
      case Nothing() -> "NOTHING";
      case Note note when note.notes().isEmpty() -> "RECORD";
      case Note note -> note.notes().equals(List.of(new Reason(Result.ADOPTED, Set.of("db")))) ? "ADOPT" : "NOTE";
      case Examine _ -> "EXAMINE";
      case Defer _ -> "DEFER";
      case Invalid _ -> "INVALID";
      case Restart _ -> "RESTART";
      case Decision.Verify _ -> "VERIFY";
      case Decision.Force _ -> "FORCE";
    };
  }
}
