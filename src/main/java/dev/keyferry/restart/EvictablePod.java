package dev.keyferry.restart;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A pod as far as it matters to evictions.
 *
 * @param name its name
 * @param uid which one it is
 * @param seen its age, and what it was made from
 * @param ready whether it serves
 * @param going since when it is being deleted; null where it is not
 */
record EvictablePod(String name, String uid, PodView seen, boolean ready, @Nullable Instant going) {}
