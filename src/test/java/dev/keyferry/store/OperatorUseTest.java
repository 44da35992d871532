package dev.keyferry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorUseTest {

  private static final String ROLE = "arn:aws:iam::123456789012:role/keyferry/team-a/reader";

  @Test
  void given_no_rule_when_asked_then_every_role_may_be_assumed() {
    assertThat(OperatorUse.UNBOUND.refusal("team-a", List.of(ROLE))).isEmpty();
  }

  @Test
  void given_deny_when_asked_then_even_no_role_is_refused() {
    assertThat(new OperatorUse(false, List.of()).refusal("team-a", List.of())).hasValueSatisfying(m -> assertThat(m).contains("Deny"));
  }

  @ParameterizedTest
  @CsvSource({
    "arn:aws:iam::*:role/keyferry/{namespace}/*, team-a, true",
    "arn:aws:iam::*:role/keyferry/{namespace}/*, team-b, false",
    "arn:aws:iam::*:role/keyferry/{namespace}/*, team, false",
    "*, team-b, true",
    "arn:aws:iam::123456789012:role/keyferry/team-a/reader, team-b, true",
    "arn:aws:iam::123456789012:role/keyferry/team-a/read, team-a, false",
    "arn:aws:iam::123456789012:role/*reader, team-a, true",
    "arn:aws:iam::123456789012:role/*/*/*/*, team-a, false"
  })
  void given_a_pattern_when_a_role_is_asked_for_then_it_is_matched_whole(String pattern, String namespace, boolean may) {
    assertThat(new OperatorUse(true, List.of(pattern)).refusal(namespace, List.of(ROLE)).isEmpty()).isEqualTo(may);
  }

  @Test
  void given_a_chain_when_one_link_is_not_allowed_then_it_is_named() {
    String other = "arn:aws:iam::123456789012:role/other";
    OperatorUse use = new OperatorUse(true, List.of(ROLE));

    assertThat(use.refusal("team-a", List.of(ROLE, other))).hasValueSatisfying(m -> assertThat(m).contains(other, "--allowed-roles"));
  }

  @Test
  @Timeout(5)
  void given_a_pattern_of_many_stars_when_nothing_matches_then_it_is_decided_at_once() {
    OperatorUse use = new OperatorUse(true, List.of("*a".repeat(500) + "b"));

    assertThat(use.refusal("x", List.of("a".repeat(2000)))).isPresent();
  }
}
