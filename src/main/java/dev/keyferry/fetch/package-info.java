/**
 * Plans reads: which sources are due, which share a read, what goes into one batch, what is still known, how long to wait after a failure.
 * Time and threads are given to it; it asks the {@link dev.keyferry.source.SecretSource} and tells owners what moved.
 */
@NullMarked
package dev.keyferry.fetch;

import org.jspecify.annotations.NullMarked;
