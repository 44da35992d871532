/**
 * Writes rendered data to targets: who may, what differs, what is removed. The decision is a pure function over what is desired and what is
 * observed; one class carries it out by server-side apply.
 */
@NullMarked
package dev.keyferry.write;

import org.jspecify.annotations.NullMarked;
