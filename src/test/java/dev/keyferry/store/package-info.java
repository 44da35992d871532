/** Tests of which store an object gets and what follows from it. */
@NullMarked
package dev.keyferry.store;

import org.jspecify.annotations.NullMarked;
