package dev.keyferry.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MetricLineTest {

  private static final MetricLine ONE_RESTART = new MetricLine("keyferry_restarts_total{", List.of("result=\"restarted\""), 1.0);

  @Test
  void given_the_series_with_its_value_when_sought_then_found() {
    String line = "keyferry_restarts_total{kind=\"Deployment\",result=\"restarted\"} 1.0";

    assertThat(ONE_RESTART.find(List.of("other 1.0", line))).isEqualTo(line);
  }

  @Test
  void given_the_series_with_another_value_when_sought_then_not_found() {
    assertThat(ONE_RESTART.find(List.of("keyferry_restarts_total{result=\"restarted\"} 2.0"))).isNull();
  }

  @Test
  void given_a_series_at_zero_when_any_number_is_sought_then_not_found() {
    assertThat(new MetricLine("m{", List.of(), null).find(List.of("m{a=\"b\"} 0.0"))).isNull();
  }
}
