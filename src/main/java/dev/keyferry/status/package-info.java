/**
 * Turns what the steps gave into conditions, reasons and events. One exhaustive switch; no step imports this package.
 */
@NullMarked
package dev.keyferry.status;

import org.jspecify.annotations.NullMarked;
