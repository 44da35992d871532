package dev.keyferry.fetch;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;

/**
 * What is read once for all who ask for it.
 *
 * @param scope who reads, and where
 * @param ref what
 */
record SourceKey(Scope scope, SourceRef ref) {}
