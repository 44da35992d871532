package dev.keyferry.fetch;

import dev.keyferry.source.BatchRead;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SecretSource;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads in a scope's failover regions while its own region does not serve: only after a network or server fault of that region, never
 * because it refuses or throttles. What a failover region gives is a value or nothing; its refusals are not the source's state, so that where
 * none gives a value, the failure of the scope's own region stands.
 */
public final class FailoverSource implements SecretSource {

  private static final Logger LOGGER = LoggerFactory.getLogger(FailoverSource.class);

  private final SecretSource source;
  private final InstantSource clock;
  private final FetchListener listener;
  private final ConcurrentMap<Key, RegionHealth> regions = new ConcurrentHashMap<>();

  /** Reads through the given source. */
  public FailoverSource(SecretSource source, InstantSource clock, FetchListener listener) {
    this.source = source;
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public int batchSize(SourceService service) {
    return source.batchSize(service);
  }

  @Override
  public boolean batchable(SourceRef ref) {
    return source.batchable(ref);
  }

  @Override
  public BatchRead readBatch(Scope scope, List<SourceRef> refs) {
    if (scope.failoverRegions().isEmpty()) {
      return source.readBatch(scope, refs);
    }
    return switch (own(scope, refs.getFirst().service(), () -> source.readBatch(scope, refs), FailoverSource::fault)) {
      case Own.Served<BatchRead>(BatchRead.Entries(Map<SourceRef, Fetched> entries)) -> mended(scope, entries);
      case Own.Served<BatchRead>(BatchRead other) -> other;
      case Own.Faulted<BatchRead>(SourceFailure failure) -> {
        Map<SourceRef, Fetched> elsewhere = elsewhere(scope, refs);
        if (elsewhere.isEmpty()) {
          yield new BatchRead.Failed(failure);
        }
        Map<SourceRef, Fetched> all = new HashMap<>(elsewhere);
        refs.forEach(ref -> all.putIfAbsent(ref, new Fetched.Failed(ref, failure)));
        yield new BatchRead.Entries(all);
      }
    };
  }

  @Override
  public Fetched read(Scope scope, SourceRef ref) {
    if (scope.failoverRegions().isEmpty()) {
      return source.read(scope, ref);
    }
    return switch (own(scope, ref.service(), () -> source.read(scope, ref), FailoverSource::fault)) {
      case Own.Served<Fetched>(Fetched answer) -> answer;
      case Own.Faulted<Fetched>(SourceFailure failure) ->
          elsewhere(scope, List.of(ref)).getOrDefault(ref, new Fetched.Failed(ref, failure));
    };
  }

  /** What the scope's own region gave, or why it is not asked or did not serve. */
  private sealed interface Own<T> {
    record Served<T>(T answer) implements Own<T> {}

    record Faulted<T>(SourceFailure failure) implements Own<T> {}
  }

  private interface FaultOf<T> {
    /** The fault of the region that an answer is; null for none. */
    @Nullable SourceFailure in(T answer);
  }

  private <T> Own<T> own(Scope scope, SourceService service, Supplier<T> read, FaultOf<T> faultOf) {
    RegionHealth health = regions.computeIfAbsent(new Key(scope, service), _ -> new RegionHealth());
    SourceFailure standing = health.standing(clock.instant());
    if (standing != null) {
      return new Own.Faulted<>(standing);
    }
    T answer = read.get();
    SourceFailure fault = faultOf.in(answer);
    if (fault == null) {
      if (health.served()) {
        say(scope, "region serves again; reading there");
      }
      return new Own.Served<>(answer);
    }
    if (health.faulted(fault, clock.instant())) {
      say(scope, "region does not serve; reading in its failover regions");
    }
    return new Own.Faulted<>(fault);
  }

  /** Single sources that the region could not give although it serves are looked for elsewhere, too. */
  private BatchRead mended(Scope scope, Map<SourceRef, Fetched> entries) {
    List<SourceRef> faulted = entries.keySet().stream().filter(ref -> fault(entries.get(ref)) != null).toList();
    if (faulted.isEmpty()) {
      return new BatchRead.Entries(entries);
    }
    Map<SourceRef, Fetched> all = new HashMap<>(entries);
    all.putAll(elsewhere(scope, faulted));
    return new BatchRead.Entries(all);
  }

  /** The values that failover regions give, by what was asked. */
  private Map<SourceRef, Fetched> elsewhere(Scope scope, List<SourceRef> refs) {
    Map<SourceRef, Fetched> values = new HashMap<>();
    for (String region : scope.failoverRegions()) {
      Map<SourceRef, SourceRef> asked = new LinkedHashMap<>();
      refs.stream().filter(ref -> !values.containsKey(ref)).forEach(ref -> asked.put(ref.in(region), ref));
      if (asked.isEmpty()) {
        break;
      }
      boolean throttled = false;
      for (Fetched answer : readAll(scope.in(region), List.copyOf(asked.keySet()))) {
        switch (answer) {
          case Fetched.Found(var ref, var revision, var payload, var stages, var created) -> {
            SourceRef own = asked.get(ref);
            values.put(own, new Fetched.Found(own, revision, payload, stages, created));
            listener.failedOver(region);
          }
          case Fetched.Failed(_, var failure) -> throttled |= failure.kind() == FailureKind.THROTTLED;
        }
      }
      if (throttled) {
        break;
      }
    }
    return values;
  }

  private List<Fetched> readAll(Scope scope, List<SourceRef> refs) {
    if (refs.size() > 1 && refs.stream().allMatch(source::batchable)) {
      switch (source.readBatch(scope, refs)) {
        case BatchRead.Entries(Map<SourceRef, Fetched> entries) -> {
          return List.copyOf(entries.values());
        }
        case BatchRead.Failed(SourceFailure failure) -> {
          return List.of(new Fetched.Failed(refs.getFirst(), failure));
        }
        case BatchRead.Refused _ -> {}
      }
    }
    return refs.stream().map(ref -> source.read(scope, ref)).toList();
  }

  private static @Nullable SourceFailure fault(BatchRead answer) {
    return answer instanceof BatchRead.Failed(SourceFailure failure) && isFault(failure) ? failure : null;
  }

  private static @Nullable SourceFailure fault(Fetched answer) {
    return answer instanceof Fetched.Failed(_, SourceFailure failure) && isFault(failure) ? failure : null;
  }

  private static boolean isFault(SourceFailure failure) {
    return failure.kind() == FailureKind.NETWORK || failure.kind() == FailureKind.SERVER_FAULT;
  }

  private static void say(Scope scope, String what) {
    LOGGER.atWarn().addKeyValue("region", scope.region()).addKeyValue("failover", scope.failoverRegions()).log(what);
  }

  private record Key(Scope scope, SourceService service) {}
}
