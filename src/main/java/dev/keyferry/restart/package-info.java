/**
 * Restarts opted-in workloads when the token of a Secret that they use has moved. State is compared, never events: what a target says, what
 * a workload carries, what its pods are. A loop of its own, by workload.
 */
@NullMarked
package dev.keyferry.restart;

import org.jspecify.annotations.NullMarked;
