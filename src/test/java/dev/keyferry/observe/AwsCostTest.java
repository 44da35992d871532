package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AwsCostTest {

  private static final String[] BATCH = {"service", "SecretsManager", "operation", "BatchGetSecretValue"};
  private static final String[] ASSUME = {"service", "STS", "operation", "AssumeRole"};

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AwsCost cost = new AwsCost(registry);

  @Test
  void given_a_price_when_requests_are_sent_then_each_costs_its_share_retries_too() {
    cost.prices(Map.of("SecretsManager", 0.05));
    cost.called("SecretsManager", 3, BATCH);
    cost.called("SecretsManager", 1, BATCH);
    assertThat(registry.get("keyferry.aws.cost.dollars").tags(BATCH).counter().count()).isCloseTo(0.000_02, Offset.offset(1e-12));
  }

  @Test
  void given_no_price_when_requests_are_sent_then_nothing_is_counted() {
    cost.prices(Map.of("SecretsManager", 0.05, "SSM", 0.0));
    cost.called("STS", 3, ASSUME);
    cost.called("SSM", 1, "service", "SSM", "operation", "GetParameters");
    assertThat(registry.find("keyferry.aws.cost.dollars").counters()).isEmpty();
  }
}
