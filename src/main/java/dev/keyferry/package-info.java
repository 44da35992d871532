/**
 * Keyferry: carries AWS secrets into Kubernetes and restarts what uses them. The packages below are the way of the data: api, store, source,
 * fetch, render, write, restart, status.
 */
@NullMarked
package dev.keyferry;

import org.jspecify.annotations.NullMarked;
