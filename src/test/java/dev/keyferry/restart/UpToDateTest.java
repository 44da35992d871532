package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.RestartListener.Result;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UpToDateTest {

  @ParameterizedTest
  @CsvSource({
    "VERIFIED, VERIFIED, UpToDate",
    "VERIFIED, DEFERRED_DEBOUNCE, Restarting",
    "RESTARTED, DEFERRED_IN_FLIGHT, Restarting",
    "DEFERRED_WINDOW, RESTARTED, OutsideWindow",
    "DEFERRED_HALTED, ROLLOUT_FAILED, RolloutFailed",
    "DEFERRED_HALTED, RESTARTED, RestartHalted",
    "REVERTED, DEFERRED_PAUSED, RestartMarkerReverted",
    "PARTIAL, VERIFIED, StalePodsLeft",
    "PARTIAL_ON_DELETE, VERIFIED, AwaitingPodDeletion",
    "PARTIAL_PARTITION, PARTIAL, Partial",
    "DEFERRED_PDB, RESTARTED, BlockedByDisruptionBudget",
    "EVICTION_FORBIDDEN, DEFERRED_PDB, EvictionForbidden",
    "REPORTED, VERIFIED, RestartsOff",
  })
  void given_two_workloads_when_summed_up_then_the_worse_gives_the_reason(Result one, Result other, String reason) {
    UpToDate sum = UpToDate.of(Map.of(key("a"), one, key("b"), other));

    assertThat(sum.reason()).isEqualTo(reason);
    assertThat(sum.status()).isEqualTo(reason.equals("UpToDate"));
  }

  @Test
  void given_workloads_that_roll_one_after_the_other_when_summed_up_then_the_message_stays() {
    UpToDate first = UpToDate.of(Map.of(key("a"), Result.RESTARTED, key("b"), Result.DEFERRED_CANARY));

    assertThat(UpToDate.of(Map.of(key("a"), Result.VERIFIED, key("b"), Result.RESTARTED))).isEqualTo(first);
  }

  @Test
  void given_many_failed_workloads_when_summed_up_then_a_few_are_named() {
    Map<WorkloadKey, Result> all = new HashMap<>();
    for (int i = 0; i < 9; i++) {
      all.put(key("w" + i), Result.ROLLOUT_FAILED);
    }

    assertThat(UpToDate.of(all).message())
        .startsWith("Deployment w0, Deployment w1, Deployment w2, Deployment w3, Deployment w4 and others: the rollout");
  }

  @ParameterizedTest
  @EnumSource(Result.class)
  void given_any_result_when_summed_up_then_a_reason_of_one_word(Result result) {
    assertThat(UpToDate.of(Map.of(key("a"), result)).reason()).matches("[A-Z][A-Za-z]+");
  }

  private static WorkloadKey key(String name) {
    return new WorkloadKey(WorkloadKind.DEPLOYMENT, "ns", name);
  }
}
