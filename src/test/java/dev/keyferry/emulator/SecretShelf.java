package dev.keyferry.emulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The secrets of one region, found by name, full ARN or partial ARN, with enough of their past for a list that lags. Not thread-safe. */
final class SecretShelf {

  private static final Pattern SUFFIXED = Pattern.compile(".*-[A-Za-z0-9]{6}");
  private static final int REMEMBERED = 64;

  private record Moment(Instant at, Optional<StoredSecret> secret) {}

  private final InstantSource clock;
  private final Map<String, StoredSecret> byArn = new LinkedHashMap<>();
  private final Map<String, Deque<Moment>> past = new LinkedHashMap<>();

  SecretShelf(InstantSource clock) {
    this.clock = clock;
  }

  void put(StoredSecret secret) {
    byArn.put(secret.arn(), secret);
    remember(secret.arn(), secret);
  }

  /** Removes it for good, as if it had never been. */
  void vanish(StoredSecret secret) {
    byArn.remove(secret.arn());
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
      return byName(id);
    }
    StoredSecret exact = byArn.get(id);
    if (exact != null) {
      return Optional.of(exact);
    }
    return SUFFIXED.matcher(id).matches() ? Optional.empty() : byArn.values().stream().filter(s -> partial(s).equals(id)).findFirst();
  }

  private Optional<StoredSecret> byName(String name) {
    return byArn.values().stream().filter(secret -> secret.name().equals(name)).findFirst();
  }

  private static String partial(StoredSecret secret) {
    return secret.arn().substring(0, secret.arn().length() - 7);
  }

  /** What a list that lags that far behind shows, in order of creation. */
  List<StoredSecret> listed(Duration lag) {
    purge();
    Instant seen = clock.instant().minus(lag);
    List<StoredSecret> secrets = new ArrayList<>();
    for (Deque<Moment> moments : past.values()) {
      moments.stream().filter(moment -> !moment.at().isAfter(seen)).findFirst().flatMap(Moment::secret).ifPresent(secrets::add);
    }
    return secrets;
  }

  private void purge() {
    Instant now = clock.instant();
    List<StoredSecret> due = byArn.values().stream().filter(secret -> due(secret, now)).toList();
    due.forEach(this::vanish);
  }

  private static boolean due(StoredSecret secret, Instant now) {
    Instant deletion = secret.deletion();
    return deletion != null && !now.isBefore(deletion);
  }
}
