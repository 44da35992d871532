/**
 * The custom resources of group {@code keyferry.dev}, version {@code v1}, as records. Field names and meanings follow External
 * Secrets Operator's API for everything that concerns AWS; the CRDs in {@code crds/} are generated from here.
 */
@NullMarked
package dev.keyferry.api.v1;

import org.jspecify.annotations.NullMarked;
