/** Writes the CustomResourceDefinitions from the records of {@code dev.keyferry.api.v1}. */
@NullMarked
package dev.keyferry.crds;

import org.jspecify.annotations.NullMarked;
