/**
 * What the operator shows of itself: Prometheus metrics, health, Kubernetes Events. It implements the listener interfaces that the steps
 * own; labels are bounded and never hold a secret's key or version.
 */
@NullMarked
package dev.keyferry.observe;

import org.jspecify.annotations.NullMarked;
