/**
 * Tests against a real kube-apiserver and etcd, and the harness that they share. They carry the tag {@code cluster}; {@code .ci/run} runs
 * them with the servers that {@code .ci/servers/build} brings.
 */
@NullMarked
package dev.keyferry.cluster;

import org.jspecify.annotations.NullMarked;
