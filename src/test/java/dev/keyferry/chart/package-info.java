/**
 * Tests of what installs the operator: the Helm chart and the kustomize base in {@code deploy/}. Neither kubectl nor a cluster is needed.
 */
@NullMarked
package dev.keyferry.chart;

import org.jspecify.annotations.NullMarked;
