package dev.keyferry.observe;

/** How a part of the operator is. */
public sealed interface Health {

  /** All is well. */
  record Ok() implements Health {}

  /**
   * Something is not.
   *
   * @param what one line: what is not ready, or does not move
   */
  record Bad(String what) implements Health {}
}
