/**
 * What tests and the demo share: a Kubernetes API in this process and a clock that tests move. Nothing here ships.
 */
@NullMarked
package dev.keyferry.testkit;

import org.jspecify.annotations.NullMarked;
