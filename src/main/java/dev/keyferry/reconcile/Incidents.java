package dev.keyferry.reconcile;

import dev.keyferry.status.EventRecorder.About;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one cause does to many ExternalSecrets of one store is one incident. A failure's news is held back for a moment; where
 * {@value #MANY} or more fail alike by then, it is dropped and the incident told instead. The incident is over once fewer than half as many are left. It
 * remembers who fails, and nothing else; not thread-safe.
 */
final class Incidents {

  /** ExternalSecrets that fail alike and are an incident together. */
  static final int MANY = 10;

  /** How long news of a failure is held back. */
  static final Duration HOLD = Duration.ofSeconds(3);

  private static final int FEW = MANY / 2;

  private final Map<Cause, Group> groups = new LinkedHashMap<>();
  private final Map<String, Cause> byObject = new HashMap<>();

  /** Those whose failure was told with an incident, so that its end is, too. */
  private final Set<String> untold = new HashSet<>();

  /**
   * What fails alike.
   *
   * @param store such as {@code ClusterSecretStore aws}
   * @param reason the condition's reason
   * @param what the cause, without the single source
   */
  record Cause(String store, String reason, String what) {}

  /**
   * News of one object.
   *
   * @param about the object
   * @param reason the condition's reason
   * @param message the condition's message
   */
  record News(About about, String reason, String message) {}

  /** What is to be told now. */
  sealed interface Telling {}

  /**
   * Of one object after all: it does not fail with many others.
   *
   * @param news what
   */
  record Single(News news) implements Telling {}

  /**
   * Of an incident that began.
   *
   * @param cause what it is
   * @param objects how many fail
   */
  record Began(Cause cause, int objects) implements Telling {}

  /**
   * Of an incident that is over.
   *
   * @param cause what it was
   * @param most how many failed at its worst
   * @param lasted since it was told
   */
  record Ended(Cause cause, int most, Duration lasted) implements Telling {}

  /**
   * What follows where an object fails no more.
   *
   * @param tellings what is to be told
   * @param untold whether its failure was not told for itself, so that neither need be its end
   */
  record Left(List<Telling> tellings, boolean untold) {}

  private record Held(News news, Instant until) {}

  /** Those that fail alike. */
  private static final class Group {
    private final Map<String, Optional<Held>> members = new LinkedHashMap<>();
    private @Nullable Instant judgedAt;
    private @Nullable Instant began;
    private int most;
  }

  /**
   * An object failed.
   *
   * @param object its uid
   * @param news what is to be told of it; null where that was told before
   */
  List<Telling> failed(String object, Cause cause, @Nullable News news, Instant now) {
    List<Telling> tellings = new ArrayList<>();
    Cause before = byObject.put(object, cause);
    if (before != null && !before.equals(cause)) {
      tellings.addAll(leave(object, before, now));
    }
    Group group = groups.computeIfAbsent(cause, _ -> new Group());
    if (group.began != null) {
      if (news != null || group.members.containsKey(object)) {
        untold.add(object);
      }
      group.members.putIfAbsent(object, Optional.empty());
      group.most = Math.max(group.most, group.members.size());
      return tellings;
    }
    Instant until = now.plus(HOLD);
    Optional<Held> held = news == null ? group.members.getOrDefault(object, Optional.empty()) : Optional.of(new Held(news, until));
    group.members.put(object, held);
    if (group.judgedAt == null && (held.isPresent() || group.members.size() >= MANY)) {
      group.judgedAt = until;
    }
    return tellings;
  }

  /** An object does not fail so any more, or is gone. */
  Left left(String object, Instant now) {
    Cause cause = byObject.remove(object);
    if (cause == null) {
      return new Left(List.of(), untold.remove(object));
    }
    Group group = groups.get(cause);
    boolean waits = group != null && group.members.getOrDefault(object, Optional.empty()).isPresent();
    return new Left(leave(object, cause, now), untold.remove(object) || waits);
  }

  /** What is to be told by that time. */
  List<Telling> due(Instant now) {
    List<Telling> tellings = new ArrayList<>();
    for (Map.Entry<Cause, Group> entry : groups.entrySet()) {
      Group group = entry.getValue();
      if (group.judgedAt != null && !group.judgedAt.isAfter(now)) {
        tellings.addAll(judged(entry.getKey(), group, now));
      }
    }
    return tellings;
  }

  /** When something is to be told next; empty where nothing waits. */
  Optional<Instant> next() {
    return groups.values().stream().map(group -> group.judgedAt).filter(at -> at != null).min(Instant::compareTo);
  }

  /** How many fail for each cause of a standing incident. */
  Map<Cause, Integer> standing() {
    Map<Cause, Integer> standing = new LinkedHashMap<>();
    groups.forEach(
        (cause, group) -> {
          if (group.began != null) {
            standing.put(cause, group.members.size());
          }
        });
    return standing;
  }

  private List<Telling> judged(Cause cause, Group group, Instant now) {
    group.judgedAt = null;
    if (group.members.size() >= MANY) {
      group.began = now;
      group.most = group.members.size();
      group.members.replaceAll(
          (object, held) -> {
            untold.add(object);
            return Optional.empty();
          });
      return List.of(new Began(cause, group.most));
    }
    List<Telling> singles = new ArrayList<>();
    for (Map.Entry<String, Optional<Held>> member : group.members.entrySet()) {
      Held held = member.getValue().orElse(null);
      if (held != null && !held.until().isAfter(now)) {
        singles.add(new Single(held.news()));
        member.setValue(Optional.empty());
      } else if (held != null && (group.judgedAt == null || held.until().isBefore(group.judgedAt))) {
        group.judgedAt = held.until();
      }
    }
    return singles;
  }

  private List<Telling> leave(String object, Cause cause, Instant now) {
    Group group = groups.get(cause);
    if (group == null) {
      return List.of();
    }
    group.members.remove(object);
    Instant began = group.began;
    List<Telling> tellings = new ArrayList<>();
    if (began != null && group.members.size() < FEW) {
      tellings.add(new Ended(cause, group.most, Duration.between(began, now)));
      group.began = null;
    }
    if (group.members.isEmpty()) {
      groups.remove(cause);
    }
    return tellings;
  }
}
