package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.Listing;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceChange;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceService;
import dev.keyferry.testkit.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FindPlannerTest {

  private static final Duration INTERVAL = Duration.ofMinutes(5);
  private static final FindQuery QUERY = new FindQuery(SourceService.SECRETS_MANAGER, "", null, "^app/", Map.of());

  private final MutableClock clock = MutableClock.atNewYear();
  private final List<String> told = new ArrayList<>();
  private final List<Scope> asked = new ArrayList<>();
  private Listing answer = listing("app/a", "app/b", "other");
  private final FindPlanner planner =
      new FindPlanner(
          (scope, query) -> {
            asked.add(scope);
            return answer;
          },
          regexp -> name -> name.startsWith(regexp.substring(1)),
          clock,
          new Random(7),
          Runnable::run,
          (delay, work) -> {},
          FetchListener.NONE);

  @BeforeEach
  void start() {
    planner.start(told::add);
  }

  private static Listing listing(String... names) {
    TreeMap<String, String> arns = new TreeMap<>();
    for (String name : names) {
      arns.put(name, "arn:" + name);
    }
    return new Listing.Members(arns);
  }

  private FindAnswer find(String owner) {
    return find(owner, PlannerRig.RED, INTERVAL);
  }

  private FindAnswer find(String owner, Scope scope, Duration interval) {
    return planner.find(new FindRequest(owner, scope, Set.of(QUERY), interval, false)).get(QUERY);
  }

  private FindAnswer.Failed failed(String owner) {
    return (FindAnswer.Failed) find(owner);
  }

  private void pass(Duration time) {
    clock.advance(time);
    planner.refreshDue();
  }

  @Test
  void given_a_list_when_searched_then_the_names_that_match_are_found() {
    assertThat(find("one")).isEqualTo(new FindAnswer.Ready(List.of("app/a", "app/b")));
  }

  @Test
  void given_two_owners_of_one_search_when_they_ask_then_it_is_made_once() {
    find("one");
    find("two");

    assertThat(asked).hasSize(1);
  }

  @Test
  void given_two_identities_when_they_search_alike_then_each_lists_for_itself() {
    find("one");
    find("two", PlannerRig.BLUE, INTERVAL);

    assertThat(asked).containsExactly(PlannerRig.RED, PlannerRig.BLUE);
  }

  @Test
  void given_an_interval_when_it_has_passed_then_the_search_is_made_again_and_nothing_new_tells_nobody() {
    find("one");
    pass(INTERVAL);

    assertThat(asked).hasSize(2);
    assertThat(told).isEmpty();
  }

  @Test
  void given_a_new_member_when_it_is_found_then_the_owners_are_told() {
    find("one");
    find("two");
    answer = listing("app/a", "app/b", "app/c");
    pass(INTERVAL);

    assertThat(told).containsExactlyInAnyOrder("one", "two");
    assertThat(find("one")).isEqualTo(new FindAnswer.Ready(List.of("app/a", "app/b", "app/c")));
  }

  @Test
  void given_something_new_that_does_not_match_when_searched_then_nobody_is_told() {
    find("one");
    answer = listing("app/a", "app/b", "unrelated");
    pass(INTERVAL);

    assertThat(told).isEmpty();
  }

  @Test
  void given_a_member_made_anew_under_its_name_when_searched_then_the_owners_are_told() {
    find("one");
    answer = new Listing.Members(new TreeMap<>(Map.of("app/a", "arn:other", "app/b", "arn:app/b")));
    pass(INTERVAL);

    assertThat(told).containsExactly("one");
  }

  @Test
  void given_a_list_that_lags_when_a_member_is_missing_once_then_it_stays() {
    find("one");
    answer = listing("app/a");
    pass(INTERVAL);
    assertThat(find("one")).isEqualTo(new FindAnswer.Ready(List.of("app/a", "app/b")));

    answer = listing("app/a", "app/b");
    pass(Duration.ofMinutes(1));

    assertThat(asked).hasSize(3);
    assertThat(told).isEmpty();
  }

  @Test
  void given_a_member_that_stays_missing_when_a_minute_has_passed_then_it_is_gone() {
    find("one");
    answer = listing("app/a");
    pass(INTERVAL);
    pass(Duration.ofMinutes(1));

    assertThat(told).containsExactly("one");
    assertThat(find("one")).isEqualTo(new FindAnswer.Ready(List.of("app/a")));
  }

  @Test
  void given_a_search_that_never_found_anything_when_it_is_repeated_then_nothing_counts_as_gone() {
    answer = listing("other");
    assertThat(failed("one").failure().kind()).isEqualTo(FailureKind.NOT_FOUND);
    pass(Duration.ofMinutes(10));
    pass(Duration.ofMinutes(10));

    assertThat(failed("one").confirmedMissing()).isFalse();
  }

  @Test
  void given_everything_gone_when_two_looks_say_so_then_it_is_confirmed() {
    find("one");
    answer = listing();
    pass(INTERVAL);
    assertThat(find("one")).isInstanceOf(FindAnswer.Ready.class);
    pass(Duration.ofMinutes(1));

    assertThat(failed("one").confirmedMissing()).isTrue();
    assertThat(told).containsExactly("one");
  }

  @Test
  void given_a_denial_when_searched_then_the_owners_are_told_once_and_again_when_it_is_over() {
    find("one");
    answer = new Listing.Failed(new SourceFailure.AccessDenied(null, "secretsmanager:ListSecrets", null, "denied"));
    pass(INTERVAL);
    pass(INTERVAL);
    assertThat(told).containsExactly("one");
    assertThat(failed("one").attempts()).isEqualTo(2);

    answer = listing("app/a", "app/b");
    pass(INTERVAL);

    assertThat(told).containsExactly("one", "one");
  }

  @Test
  void given_a_passing_failure_when_something_is_known_then_that_stands_until_the_third_time() {
    find("one");
    answer = new Listing.Failed(new SourceFailure.Throttled("slow down"));
    pass(INTERVAL);
    pass(INTERVAL);
    assertThat(find("one")).isInstanceOf(FindAnswer.Ready.class);
    assertThat(told).isEmpty();
    pass(INTERVAL);

    assertThat(failed("one").failure().kind()).isEqualTo(FailureKind.THROTTLED);
    assertThat(told).containsExactly("one");
  }

  @Test
  void given_a_finder_with_a_bug_when_searched_then_nobody_hangs() {
    answer = null;

    assertThat(failed("one").failure().kind()).isEqualTo(FailureKind.SERVER_FAULT);
  }

  @Test
  void given_a_member_that_could_not_be_read_when_doubted_then_it_is_searched_for_soon() {
    find("one");
    planner.doubt("one");
    pass(Duration.ofSeconds(19));
    assertThat(asked).hasSize(1);
    pass(Duration.ofSeconds(1));

    assertThat(asked).hasSize(2);
  }

  @Test
  void given_an_interval_of_zero_when_found_then_it_is_searched_for_once() {
    find("one", PlannerRig.RED, Duration.ZERO);
    pass(Duration.ofDays(1));

    assertThat(asked).hasSize(1);
  }

  @Test
  void given_an_owner_that_is_gone_when_the_interval_has_passed_then_it_is_searched_for_no_more() {
    find("one");
    planner.forget("one");
    pass(INTERVAL);

    assertThat(asked).hasSize(1);
  }

  @Test
  void given_an_owner_that_searches_as_another_when_the_interval_has_passed_then_only_its_new_search_runs() {
    find("one");
    find("one", PlannerRig.BLUE, INTERVAL);
    asked.clear();
    pass(INTERVAL);

    assertThat(asked).containsExactly(PlannerRig.BLUE);
  }

  private static SourceChange change(String name) {
    return SourceChange.of(SourceService.SECRETS_MANAGER, null, PlannerRig.RED.region(), name);
  }

  private static SourceChange move(String name) {
    return SourceChange.current(SourceService.SECRETS_MANAGER, null, PlannerRig.RED.region(), name, "v2");
  }

  private int looksAfter(SourceChange change) {
    planner.look(change);
    pass(Duration.ofSeconds(5));
    return asked.size();
  }

  @Test
  void given_a_change_of_what_a_search_may_find_when_five_seconds_have_passed_then_it_is_made_again_once() {
    find("one");
    planner.look(change("app/new"));
    planner.look(change("arn:aws:secretsmanager:eu-central-1:1:secret:app/new-aBcDeF"));
    pass(Duration.ofSeconds(4));
    assertThat(asked).hasSize(1);
    answer = listing("app/a", "app/b", "app/new");

    pass(Duration.ofSeconds(1));
    pass(Duration.ofSeconds(10));

    assertThat(asked).hasSize(2);
    assertThat(told).containsExactly("one");
  }

  @Test
  void given_a_change_of_what_a_search_cannot_find_when_told_then_it_is_not_made_again() {
    find("one");

    assertThat(looksAfter(change("other"))).isEqualTo(1);
    assertThat(looksAfter(SourceChange.of(SourceService.SECRETS_MANAGER, null, "us-east-1", "app/new"))).isEqualTo(1);
    assertThat(looksAfter(SourceChange.of(SourceService.PARAMETER_STORE, null, PlannerRig.RED.region(), "app/new"))).isEqualTo(1);
  }

  @Test
  void given_a_label_that_moves_when_its_secret_is_found_already_then_the_search_is_not_made_again() {
    find("one");

    assertThat(looksAfter(move("app/a"))).isEqualTo(1);
    assertThat(looksAfter(change("app/a"))).isEqualTo(2);
    assertThat(looksAfter(move("app/new"))).isEqualTo(3);
  }

  @Test
  void given_a_search_that_is_made_once_when_a_source_comes_then_it_is_not_made_again() {
    find("one", PlannerRig.RED, Duration.ZERO);

    assertThat(looksAfter(change("app/new"))).isEqualTo(1);
  }
}
