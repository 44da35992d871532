/**
 * The glue to the operator framework: reconcilers, event sources, and what wakes which object. The reconciler of ExternalSecrets reads as
 * the way of the data.
 */
@NullMarked
package dev.keyferry.reconcile;

import org.jspecify.annotations.NullMarked;
