/**
 * Decides which store an ExternalSecret reads through, whether that store admits its namespace, and which identity, region and endpoint
 * follow. Pure: what it needs to know of the cluster is given to it.
 */
@NullMarked
package dev.keyferry.store;

import org.jspecify.annotations.NullMarked;
