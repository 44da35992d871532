package dev.keyferry.store;

import static dev.keyferry.store.StoreFixtures.named;
import static dev.keyferry.store.StoreFixtures.regex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.StoreCondition;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamespaceAdmissionTest {

  private static final Map<String, String> LABELS = Map.of("kubernetes.io/metadata.name", "team-a", "tier", "gold");

  @Test
  void given_no_condition_when_asked_then_every_namespace_is_admitted() {
    assertThat(NamespaceAdmission.admits(List.of(), "team-a", Map.of())).isTrue();
  }

  @Test
  void given_a_condition_that_names_nothing_when_asked_then_no_namespace_is_admitted() {
    assertThat(admits(new StoreCondition(null, null, null))).isFalse();
  }

  @Test
  void given_several_conditions_when_one_admits_then_the_namespace_is_admitted() {
    assertThat(NamespaceAdmission.admits(List.of(named("x"), named("team-a")), "team-a", LABELS)).isTrue();
    assertThat(NamespaceAdmission.admits(List.of(named("x"), named("y")), "team-a", LABELS)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "team-a, true",
    "team-.*, true",
    "^team-a$, true",
    "team, false",
    "eam-a, false",
    "a, false",
    "team-a|x, true",
    "x|team, false",
    "'', false",
    "TEAM-A, false",
  })
  void given_a_regex_when_asked_then_it_must_match_the_whole_name(String regex, boolean admitted) {
    assertThat(admits(regex(regex))).isEqualTo(admitted);
  }

  @Test
  @Timeout(value = 20, unit = TimeUnit.SECONDS)
  void given_a_regex_that_backtracks_for_ever_elsewhere_when_asked_then_it_answers() {
    String namespace = "a".repeat(62) + "b";

    assertThat(NamespaceAdmission.admits(List.of(regex("(a+)+"), regex("(a|aa)+$"), regex("(a|a?)+x")), namespace, LABELS)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "tier, In, gold, true",
    "tier, In, silver, false",
    "none, In, gold, false",
    "tier, NotIn, silver, true",
    "tier, NotIn, gold, false",
    "none, NotIn, gold, true",
    "tier, Exists, , true",
    "none, Exists, , false",
    "none, DoesNotExist, , true",
    "tier, DoesNotExist, , false",
    "tier, Resembles, gold, false",
    "tier, , gold, false",
  })
  void given_a_selector_when_asked_then_it_means_what_kubernetes_means(String key, String operator, String value, boolean admitted) {
    LabelSelector selector =
        new LabelSelectorBuilder()
            .addNewMatchExpression()
            .withKey(key)
            .withOperator(operator)
            .withValues(value == null ? List.of() : List.of(value))
            .endMatchExpression()
            .build();

    assertThat(admits(new StoreCondition(null, selector, null))).isEqualTo(admitted);
  }

  @Test
  void given_labels_and_expressions_when_asked_then_all_must_hold() {
    assertThat(admits(labels(Map.of("tier", "gold")))).isTrue();
    assertThat(admits(labels(Map.of("tier", "gold", "zone", "1")))).isFalse();
  }

  @Test
  void given_an_empty_selector_when_asked_then_every_known_namespace_is_admitted() {
    assertThat(admits(labels(Map.of()))).isTrue();
  }

  @Test
  void given_a_namespace_whose_labels_are_not_known_when_asked_then_no_selector_admits_it() {
    LabelSelector absent =
        new LabelSelectorBuilder().addNewMatchExpression().withKey("restricted").withOperator("DoesNotExist").endMatchExpression().build();

    assertThat(NamespaceAdmission.admits(List.of(new StoreCondition(null, absent, null)), "team-a", Map.of())).isFalse();
  }

  private static StoreCondition labels(Map<String, String> labels) {
    return new StoreCondition(null, new LabelSelectorBuilder().withMatchLabels(labels).build(), null);
  }

  private static boolean admits(StoreCondition condition) {
    return NamespaceAdmission.admits(List.of(condition), "team-a", LABELS);
  }
}
