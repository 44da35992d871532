package dev.keyferry.restart;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a workload's pods are replaced. */
sealed interface Method {

  /** The pod template's annotation becomes another one, and its controller rolls. */
  record Template() implements Method {}

  /**
   * The same for the Deployment that an Argo Rollout takes its pod template from; that Deployment carries the records, too.
   *
   * @param deployment its name
   * @param uid its uid
   */
  record Behind(String deployment, String uid) implements Method {}

  /**
   * An Argo Rollout's {@code spec.restartAt}: Argo evicts the pods that are older, and neither canary nor blue-green begins.
   *
   * @param at what it says; null where it says nothing
   */
  record RestartAt(@Nullable Instant at) implements Method {}

  /**
   * Pods are evicted one by one, the pod template stays as it is.
   *
   * @param before pods made before that go; null where no such restart is recorded
   */
  record Evict(@Nullable Instant before) implements Method {}

  Method TEMPLATE = new Template();

  /** What {@code keyferry.dev/restart-strategy} can say. */
  enum Strategy {
    /** Change the pod template. */
    ROLLOUT,
    /** Evict pods. */
    EVICT;

    /** The strategy of that word, if it is one. */
    static Optional<Strategy> parse(String word) {
      return switch (word.strip().toLowerCase(Locale.ROOT)) {
        case "rollout" -> Optional.of(ROLLOUT);
        case "evict" -> Optional.of(EVICT);
        default -> Optional.empty();
      };
    }
  }

  /**
   * The same for a restart that replaces the pods made before a time. Argo's never becomes earlier: somebody else may have asked for it.
   */
  default Method at(Instant cutoff) {
    return switch (this) {
      case Template template -> template;
      case Behind behind -> behind;
      case RestartAt(Instant at) -> new RestartAt(at != null && at.isAfter(cutoff) ? at : cutoff);
      case Evict _ -> new Evict(cutoff);
    };
  }

  /** Whether the pod template is changed. Where it is not, the workload's own metadata has the tokens instead. */
  default boolean template() {
    return switch (this) {
      case Template _, Behind _ -> true;
      case RestartAt _, Evict _ -> false;
    };
  }
}
