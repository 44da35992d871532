package dev.keyferry.status;

import dev.keyferry.api.v1.StatusCondition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The only maker of conditions: Ready always, Reconciling or Stalled only while true, as kstatus and Flux expect. */
public final class Conditions {

  /** Whether all is well. */
  public static final String READY = "Ready";

  private static final String RECONCILING = "Reconciling";
  private static final String STALLED = "Stalled";
  private static final Set<String> OWN = Set.of(READY, RECONCILING, STALLED);
  private static final int MAX_MESSAGE = 4096;

  private Conditions() {}

  /**
   * The conditions that a verdict gives. A condition whose status stays keeps the time of its last transition.
   *
   * @param previous the conditions that stand
   * @param generation the generation that the verdict speaks of; null where the object has none
   * @param now the time of a transition
   */
  public static List<StatusCondition> of(
      List<StatusCondition> previous, Verdict verdict, @Nullable Long generation, Instant now) {
    List<StatusCondition> conditions = new ArrayList<>();
    conditions.add(condition(previous, READY, verdict.ready().word(), verdict, generation, now));
    switch (verdict.progress()) {
      case DONE -> {}
      case RECONCILING -> conditions.add(condition(previous, RECONCILING, "True", verdict, generation, now));
      case STALLED -> conditions.add(condition(previous, STALLED, "True", verdict, generation, now));
    }
    return conditions;
  }

  /** Those of the conditions that a verdict gives. */
  public static List<StatusCondition> own(List<StatusCondition> conditions) {
    return conditions.stream().filter(condition -> OWN.contains(condition.type())).toList();
  }

  /** The condition of that type. */
  public static Optional<StatusCondition> find(List<StatusCondition> conditions, String type) {
    return conditions.stream().filter(condition -> condition.type().equals(type)).findFirst();
  }

  /** Whether the verdict says something else than the condition Ready that stands. */
  public static boolean isNews(List<StatusCondition> standing, Verdict verdict) {
    return find(standing, READY)
        .map(
            ready ->
                !ready.status().equals(verdict.ready().word())
                    || !ready.reason().equals(verdict.reason().word())
                    || !bounded(verdict.message()).equals(ready.message()))
        .orElse(true);
  }

  private static StatusCondition condition(
      List<StatusCondition> previous, String type, String status, Verdict verdict, @Nullable Long generation, Instant now) {
    Instant since =
        find(previous, type)
            .filter(old -> status.equals(old.status()) && old.lastTransitionTime() != null)
            .map(StatusCondition::lastTransitionTime)
            .orElse(now.truncatedTo(ChronoUnit.SECONDS));
    return new StatusCondition(type, status, verdict.reason().word(), bounded(verdict.message()), generation, since);
  }

  /* Never half a character: the API server would store another text than was sent. */
  private static String bounded(String message) {
    if (message.length() <= MAX_MESSAGE) {
      return message;
    }
    return message.substring(0, Character.isHighSurrogate(message.charAt(MAX_MESSAGE - 1)) ? MAX_MESSAGE - 1 : MAX_MESSAGE);
  }
}
