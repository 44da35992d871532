package dev.keyferry.fetch;

import java.time.Duration;

/**
 * How the planner behaves.
 *
 * @param cacheTtl how long a payload stays in memory; zero keeps none
 * @param cacheBytes bytes of payloads in memory, at most
 * @param linger how long a read waits for others to share its batch, counted from the last that came
 * @param maxLingers how often in a row others may prolong that wait
 * @param concurrentReads reads under way at once, at most
 */
public record FetchSettings(Duration cacheTtl, long cacheBytes, Duration linger, int maxLingers, int concurrentReads) {

  /** The usual waits, with the given cache and concurrency. */
  public static FetchSettings of(Duration cacheTtl, long cacheBytes, int concurrentReads) {
    return new FetchSettings(cacheTtl, cacheBytes, Duration.ofMillis(25), 10, concurrentReads);
  }
}
