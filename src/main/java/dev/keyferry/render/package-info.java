/**
 * Makes a target's data from refs and payloads: properties of JSON values, extracted objects, and the checks that a Secret must pass before
 * it is written. Pure.
 */
@NullMarked
package dev.keyferry.render;

import org.jspecify.annotations.NullMarked;
