package dev.keyferry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverTest {

  @Test
  void given_up_to_three_other_regions_when_checked_then_nothing_is_wrong() {
    assertThat(Failover.mistake("SecretStore a/b", "eu-central-1", List.of())).isEmpty();
    assertThat(Failover.mistake("SecretStore a/b", "eu-central-1", List.of("eu-west-1", "us-gov-east-1", "eu-north-1"))).isEmpty();
  }

  @Test
  void given_regions_that_cannot_serve_when_checked_then_field_and_store_are_named() {
    List<List<String>> bad =
        List.of(List.of("eu-central-1"), List.of("eu-west-1", "eu-west-1"), List.of("Ireland"), List.of("a-b-1", "a-b-2", "a-b-3", "a-b-4"));

    assertThat(bad)
        .allSatisfy(
            regions ->
                assertThat(Failover.mistake("SecretStore a/b", "eu-central-1", regions))
                    .hasValueSatisfying(message -> assertThat(message).startsWith("provider.aws.failoverRegions of SecretStore a/b")));
  }
}
