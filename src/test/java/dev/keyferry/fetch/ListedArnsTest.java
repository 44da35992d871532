package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ListedArnsTest {

  private final ListedArns arns = new ListedArns();

  @Test
  void given_nothing_when_asked_then_it_is_not_there() {
    assertThat(arns.contains("a")).isFalse();
  }

  @Test
  void given_thousands_when_asked_then_exactly_they_are_there() {
    IntStream.range(0, 5_000).mapToObj(ScopedName::arn).forEach(arns::add);

    assertThat(IntStream.range(0, 5_000).mapToObj(ScopedName::arn)).allMatch(arns::contains);
    assertThat(IntStream.range(5_000, 10_000).mapToObj(ScopedName::arn)).noneMatch(arns::contains);
  }

  @Test
  void given_one_added_after_a_question_when_asked_then_it_is_there() {
    arns.add("a");
    assertThat(arns.contains("b")).isFalse();

    arns.add("b");

    assertThat(arns.contains("a")).isTrue();
    assertThat(arns.contains("b")).isTrue();
  }

  /** Names as an account has them. */
  private static final class ScopedName {
    static String arn(int number) {
      return "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/app%05d-Ab12Cd".formatted(number);
    }
  }
}
