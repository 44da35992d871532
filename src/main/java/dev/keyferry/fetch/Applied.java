package dev.keyferry.fetch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The version of a source that a target is known to hold.
 *
 * @param version VersionId of a secret, or version number of a parameter
 * @param createdAt when AWS created it, in whole seconds
 * @param region where it was read; null where that is not known
 */
public record Applied(String version, Instant createdAt, @Nullable String region) {}
