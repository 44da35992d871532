package dev.keyferry.source;

import org.jspecify.annotations.Nullable;

/**
 * What shares credentials, caches and batches.
 *
 * @param identity who reads
 * @param region where
 * @param endpoint overrides the service's endpoint; null means AWS's own (or the process's {@code AWS_ENDPOINT_URL…})
 */
public record Scope(Identity identity, String region, @Nullable String endpoint) {}
