package dev.keyferry.restart;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What comes next where a workload's old pods are evicted one by one. It follows from the pods alone, so that whoever takes over goes on
 * where the last one stopped. The next one goes when the one before has gone and every new pod serves; old pods need not serve, since what
 * they hold may be why they do not.
 */
sealed interface NextEviction {

  /** No old pod is left, and every pod serves. */
  record Done() implements NextEviction {}

  /**
   * Evict a pod.
   *
   * @param pod which
   * @param left how many old ones there are, this one among them
   */
  record Evict(EvictablePod pod, int left) implements NextEviction {}

  /**
   * Wait.
   *
   * @param since the last time that something happened
   * @param left how many old ones there are
   * @param what is waited for; starts in the middle of a sentence
   */
  record Await(Instant since, int left, String what) implements NextEviction {}

  /**
   * What comes next.
   *
   * @param pods the workload's
   * @param wanted how many there are to be
   * @param old which of them are to go
   * @param begun when the restart was
   */
  static NextEviction of(List<EvictablePod> pods, int wanted, Predicate<EvictablePod> old, Instant begun) {
    List<EvictablePod> live = pods.stream().filter(pod -> pod.going() == null).toList();
    List<EvictablePod> stale =
        live.stream()
            .filter(old)
            .sorted(
                Comparator.comparing(EvictablePod::ready)
                    .thenComparing(pod -> pod.seen().created())
                    .thenComparing(EvictablePod::name))
            .toList();
    Optional<String> await =
        live.size() < pods.size()
            ? Optional.of("an evicted pod is going")
            : live.size() < wanted
                ? Optional.of("a pod has no replacement yet")
                : live.stream().anyMatch(pod -> !pod.ready() && !old.test(pod)) ? Optional.of("a new pod does not serve yet") : Optional.empty();
    return await
        .<NextEviction>map(what -> new Await(last(pods, begun), stale.size(), what))
        .orElseGet(() -> stale.isEmpty() ? new Done() : new Evict(stale.getFirst(), stale.size()));
  }

  private static Instant last(List<EvictablePod> pods, Instant begun) {
    return Stream.concat(
            Stream.of(begun),
            pods.stream().flatMap(pod -> Stream.of(pod.seen().created(), Objects.requireNonNullElse(pod.going(), Instant.EPOCH))))
        .max(Instant::compareTo)
        .orElse(begun);
  }
}
