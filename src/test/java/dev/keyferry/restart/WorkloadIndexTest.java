package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WorkloadIndexTest {

  @Test
  void given_a_workload_that_others_may_speak_for_when_put_then_its_references_and_its_namespace_find_it() {
    WorkloadView silent = Views.workload(null, java.util.Set.of("db"), java.util.Map.of(), java.util.Map.of());
    index.put(silent);
    assertThat(index.users(new SecretKey("shop", "db"))).isEmpty();
    assertThat(index.concerned(new SecretKey("shop", "db"))).containsExactly(silent.key());
    assertThat(index.in("shop")).containsExactly(silent.key());

    index.put(silent.with(new OptIn.Off()));

    assertThat(index.concerned(new SecretKey("shop", "db"))).isEmpty();
    assertThat(index.in("shop")).isEmpty();
  }

  private final WorkloadIndex index = new WorkloadIndex();

  @Test
  void given_a_workload_when_its_references_change_then_only_the_new_ones_find_it() {
    index.put(view("true", "a", "b"));
    index.put(view("true", "b", "c"));

    assertThat(index.users(new SecretKey("shop", "a"))).isEmpty();
    assertThat(index.users(new SecretKey("shop", "b"))).hasSize(1);
    assertThat(index.users(new SecretKey("shop", "c"))).hasSize(1);
  }

  @Test
  void given_a_workload_when_gone_then_no_secret_finds_it() {
    index.put(view("true", "a"));
    index.remove(view("true", "a").key());

    assertThat(index.users(new SecretKey("shop", "a"))).isEmpty();
  }

  @Test
  void given_a_workload_that_is_not_opted_in_when_put_then_no_secret_finds_it() {
    index.put(view("true", "a"));
    index.put(view("false", "a"));

    assertThat(index.users(new SecretKey("shop", "a"))).isEmpty();
  }

  @Test
  void given_a_secret_of_another_namespace_when_asked_then_nobody() {
    index.put(view("true", "a"));

    assertThat(index.users(new SecretKey("other", "a"))).isEmpty();
  }

  private static WorkloadView view(String optIn, String... references) {
    return Views.workload(optIn, Set.of(references), Map.of(), Map.of());
  }
}
