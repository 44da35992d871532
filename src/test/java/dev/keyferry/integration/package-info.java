/**
 * The whole operator in one process, between the embedded Kubernetes API and the AWS emulator: quick, and with nothing to install. What only
 * a real API server can show is tested in {@code cluster}.
 */
@NullMarked
package dev.keyferry.integration;

import org.jspecify.annotations.NullMarked;
