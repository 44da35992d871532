/**
 * Wires the operator together: clients, threads, clocks, the order in which parts start and stop, and who leads.
 */
@NullMarked
package dev.keyferry.bootstrap;

import org.jspecify.annotations.NullMarked;
