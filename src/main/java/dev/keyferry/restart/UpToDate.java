package dev.keyferry.restart;

import dev.keyferry.restart.RestartListener.Result;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the condition {@code WorkloadsUpToDate} of an ExternalSecret says. It does not move with each of many workloads: while they roll, it
 * says that they do.
 *
 * @param status whether every workload runs with what the Secret holds
 * @param reason why, in one word
 * @param message why, in a sentence; names {@value #NAMED} workloads at most
 */
record UpToDate(boolean status, String reason, String message) {

  /** The type of the condition. */
  static final String TYPE = "WorkloadsUpToDate";

  private static final int NAMED = 5;

  /** Sums up. The first word of this list that a workload gives is the reason. */
  private enum Word {
    ROLLOUT_FAILED("RolloutFailed", "the rollout that a changed Secret began does not come to its end"),
    RESTART_HALTED("RestartHalted", "not restarted, since the rollout of another workload failed"),
    RESTART_MARKER_REVERTED(
        "RestartMarkerReverted", "old pods are left, since something took the annotation on the pod template back (" + Leftover.CURE + ")"),
    EVICTION_FORBIDDEN("EvictionForbidden", "old pods are left, since the operator may not evict pods"),
    DISRUPTION_BUDGET("BlockedByDisruptionBudget", "old pods are left, since a PodDisruptionBudget lets none go"),
    AWAITING_POD_DELETION(
        "AwaitingPodDeletion", "old pods are left until somebody deletes them (updateStrategy OnDelete; " + Leftover.CURE + ")"),
    PARTIAL("Partial", "old pods are left below the partition"),
    STALE_PODS_LEFT("StalePodsLeft", "the rollout is complete, but old pods are left"),
    RESTART_BUDGET_EXCEEDED("RestartBudgetExceeded", "restarted too often within an hour to be restarted again"),
    RESTARTS_OFF("RestartsOff", "not restarted, since --restart-mode forbids it"),
    PAUSED("Paused", "restarts when it is resumed"),
    OUTSIDE_WINDOW("OutsideWindow", "restarts when its window opens"),
    RESTARTING("Restarting", "workloads are being restarted"),
    ALL_WELL("UpToDate", "every workload that restarts with this Secret runs with what it holds");

    private final String word;
    private final String said;

    Word(String word, String said) {
      this.word = word;
      this.said = said;
    }

    static Word of(Result result) {
      return switch (result) {
        case ROLLOUT_FAILED -> ROLLOUT_FAILED;
        case DEFERRED_HALTED -> RESTART_HALTED;
        case REVERTED -> RESTART_MARKER_REVERTED;
        case EVICTION_FORBIDDEN -> EVICTION_FORBIDDEN;
        case DEFERRED_PDB -> DISRUPTION_BUDGET;
        case PARTIAL_ON_DELETE -> AWAITING_POD_DELETION;
        case PARTIAL_PARTITION -> PARTIAL;
        case PARTIAL -> STALE_PODS_LEFT;
        case DEFERRED_BUDGET -> RESTART_BUDGET_EXCEEDED;
        case DEFERRED_OFF, REPORTED -> RESTARTS_OFF;
        case DEFERRED_PAUSED -> PAUSED;
        case DEFERRED_WINDOW -> OUTSIDE_WINDOW;
        case RESTARTED, RESTARTED_NOW, FULL_OUTAGE, FAILED -> RESTARTING;
        case DEFERRED_DEBOUNCE, DEFERRED_ROLLOUT, DEFERRED_COOLDOWN, DEFERRED_CANARY, DEFERRED_PRIORITY, DEFERRED_IN_FLIGHT -> RESTARTING;
        case VERIFIED, ADOPTED, ALREADY_FRESH, SCALED_TO_ZERO, INVALID_ANNOTATION, INVALID_WINDOW, INVALID_OPTION -> ALL_WELL;
      };
    }
  }

  /**
   * Sums up.
   *
   * @param workloads how each stands; not empty
   */
  static UpToDate of(Map<WorkloadKey, Result> workloads) {
    Word worst = workloads.values().stream().map(Word::of).min(Enum::compareTo).orElse(Word.ALL_WELL);
    if (worst == Word.ALL_WELL || worst == Word.RESTARTING) {
      return new UpToDate(worst == Word.ALL_WELL, worst.word, worst.said);
    }
    Map<String, WorkloadKey> such = new TreeMap<>();
    workloads.forEach((key, result) -> {
      if (Word.of(result) == worst) {
        such.put(key.kind().kind() + " " + key.name(), key);
      }
    });
    List<String> names = such.keySet().stream().limit(NAMED).toList();
    String more = such.size() > NAMED ? " and others" : "";
    return new UpToDate(false, worst.word, names.stream().collect(Collectors.joining(", ")) + more + ": " + worst.said);
  }
}
