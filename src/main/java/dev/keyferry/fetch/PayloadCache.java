package dev.keyferry.fetch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Payloads by the identity that read them and their revision, bounded by bytes. The time to live bounds how long plaintext stays in memory; it
 * never delays a change, since a changed source has another revision.
 */
final class PayloadCache {

  private final @Nullable Cache<Key, Payload> cache;

  PayloadCache(Duration timeToLive, long maxBytes, InstantSource clock) {
    this.cache =
        timeToLive.isZero() || maxBytes == 0
            ? null
            : Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((Key key, Payload payload) -> payload.size() + 64)
                .expireAfterWrite(timeToLive)
                .ticker(() -> nanos(clock))
                .executor(Runnable::run)
                .build();
  }

  /** Whether anything can be kept. */
  boolean keeps() {
    return cache != null;
  }

  void put(SourceKey source, Revision revision, Payload payload) {
    if (cache != null) {
      cache.put(new Key(source, revision), payload);
    }
  }

  @Nullable Payload get(SourceKey source, Revision revision) {
    return cache == null ? null : cache.getIfPresent(new Key(source, revision));
  }

  void drop(SourceKey source, Revision revision) {
    if (cache != null) {
      cache.invalidate(new Key(source, revision));
    }
  }

  /** Removes what has expired although nobody asks for it. */
  void sweep() {
    if (cache != null) {
      cache.cleanUp();
    }
  }

  private static long nanos(InstantSource clock) {
    var now = clock.instant();
    return Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
  }

  private record Key(SourceKey source, Revision revision) {}
}
