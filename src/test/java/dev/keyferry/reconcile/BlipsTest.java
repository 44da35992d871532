package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.StatusCondition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlipsTest {

  private static final List<StatusCondition> READY = List.of(condition("True"));

  private final Blips blips = new Blips();

  @Test
  void given_a_ready_object_when_failures_pass_then_the_third_in_a_row_is_told() {
    assertThat(blips.untold("uid", READY)).isTrue();
    assertThat(blips.untold("uid", READY)).isTrue();
    assertThat(blips.untold("uid", READY)).isFalse();
    assertThat(blips.untold("other", READY)).isTrue();
  }

  @Test
  void given_it_went_well_when_it_fails_again_then_it_counts_anew() {
    blips.untold("uid", READY);
    blips.untold("uid", READY);
    blips.over("uid");

    assertThat(blips.untold("uid", READY)).isTrue();
  }

  @Test
  void given_an_object_that_is_not_ready_when_it_fails_then_that_is_told() {
    assertThat(blips.untold("uid", List.of(condition("False")))).isFalse();
    assertThat(blips.untold("uid", List.of())).isFalse();
  }

  private static StatusCondition condition(String status) {
    return new StatusCondition("Ready", status, "SecretSynced", "fine", 1L, Instant.EPOCH);
  }
}
