package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import dev.keyferry.restart.Method.Strategy;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@link Traits}. */
final class TraitsOf {

  private TraitsOf() {}

  /**
   * The traits of a workload.
   *
   * @param metadata its own
   * @param otherwise how its pods are replaced where its annotation does not ask for evictions
   * @param deadline seconds that its controller gives a rollout; null where it does not say, the largest number where there is none
   * @param pods how many its controller wants; null where it does not say
   */
  static Traits workload(ObjectMeta metadata, Method otherwise, @Nullable Integer deadline, @Nullable Integer pods) {
    boolean evicts = strategy(metadata).filter(Strategy.EVICT::equals).isPresent();
    return new Traits(
        evicts ? new Method.Evict(instant(Workloads.annotation(metadata, Marks.EVICT_BEFORE))) : otherwise,
        deadline == null || deadline == Integer.MAX_VALUE ? null : Duration.ofSeconds(deadline),
        !evicts ? 0 : pods == null ? 1 : pods,
        controller(metadata).map(owner -> owner.getKind() + " " + owner.getName()).orElse(null));
  }

  /** What {@code keyferry.dev/restart-strategy} asks for; empty where it is missing or not understood. */
  static Optional<Strategy> strategy(@Nullable ObjectMeta metadata) {
    return Optional.ofNullable(Workloads.annotation(metadata, Marks.RESTART_STRATEGY)).flatMap(Strategy::parse);
  }

  /** The wishes, invalid where the strategy is not understood and they are not invalid already. */
  static Wishes checked(Wishes wishes, @Nullable ObjectMeta metadata) {
    boolean bad = Workloads.annotation(metadata, Marks.RESTART_STRATEGY) != null && strategy(metadata).isEmpty();
    return bad && wishes.invalid() == null
        ? new Wishes(wishes.now(), wishes.window(), wishes.maxDefer(), "restart-strategy")
        : wishes;
  }

  /** What operates an object, as its owner references say. */
  static Optional<OwnerReference> controller(ObjectMeta metadata) {
    return Objects.requireNonNullElse(metadata.getOwnerReferences(), List.<OwnerReference>of()).stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .findFirst();
  }

  /** A time in an annotation's or a field's text; null where it is missing or not understood. */
  static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
