package dev.keyferry.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secrets of one region, found by name, full ARN or partial ARN, with enough of their past for a list that lags. Not thread-safe. */
final class SecretShelf {

  private static final Pattern SUFFIXED = Pattern.compile(".*-[A-Za-z0-9]{6}");
  private static final String RESOURCE = ":secret:";
  private static final int REMEMBERED = 64;

  private record Moment(Instant at, Optional<StoredSecret> secret) {}

  private final InstantSource clock;
  private final Map<String, StoredSecret> byArn = new LinkedHashMap<>();
  private final Map<String, StoredSecret> byName = new HashMap<>();
  private final Map<String, StoredSecret> marked = new LinkedHashMap<>();
  private final Map<String, Deque<Moment>> past = new LinkedHashMap<>();

  SecretShelf(InstantSource clock) {
    this.clock = clock;
  }

  void put(StoredSecret secret) {
    byArn.put(secret.arn(), secret);
    byName.put(secret.name(), secret);
    marked.remove(secret.arn());
    if (secret.marked()) {
      marked.put(secret.arn(), secret);
    }
    remember(secret.arn(), secret);
  }

  /** Removes it for good, as if it had never been. */
  void vanish(StoredSecret secret) {
    byArn.remove(secret.arn());
    byName.remove(secret.name());
    marked.remove(secret.arn());
    remember(secret.arn(), null);
  }

  private void remember(String arn, @Nullable StoredSecret secret) {
    Deque<Moment> moments = past.computeIfAbsent(arn, key -> new ArrayDeque<>());
    moments.addFirst(new Moment(clock.instant(), Optional.ofNullable(secret)));
    if (moments.size() > REMEMBERED) {
      moments.removeLast();
    }
  }

  Optional<StoredSecret> find(String id) {
    purge();
    if (!id.startsWith("arn:")) {
      return Optional.ofNullable(byName.get(id));
    }
    StoredSecret exact = byArn.get(id);
    return exact == null ? byPartialArn(id) : Optional.of(exact);
  }

  private Optional<StoredSecret> byPartialArn(String id) {
    int name = id.indexOf(RESOURCE);
    if (name < 0 || SUFFIXED.matcher(id).matches()) {
      return Optional.empty();
    }
    StoredSecret secret = byName.get(id.substring(name + RESOURCE.length()));
    return Optional.ofNullable(secret).filter(found -> found.arn().startsWith(id + "-"));
  }

  /** What a list that lags that far behind shows, in order of creation. What was deleted for good is gone at once. */
  List<StoredSecret> listed(Duration lag) {
    purge();
    Instant seen = clock.instant().minus(lag);
    List<StoredSecret> secrets = new ArrayList<>();
    past.forEach(
        (arn, moments) -> {
          if (byArn.containsKey(arn)) {
            moments.stream().filter(moment -> !moment.at().isAfter(seen)).findFirst().flatMap(Moment::secret).ifPresent(secrets::add);
          }
        });
    return secrets;
  }

  private void purge() {
    Instant now = clock.instant();
    List<StoredSecret> due = marked.values().stream().filter(secret -> due(secret, now)).toList();
    due.forEach(this::vanish);
  }

  private static boolean due(StoredSecret secret, Instant now) {
    Instant deletion = secret.deletion();
    return deletion != null && !now.isBefore(deletion);
  }
}
