package dev.keyferry.write;

import org.jspecify.annotations.Nullable;

/** What writing a target gave. */
public sealed interface WriteResult {

  /**
   * The Secret was made.
   *
   * @param token its token
   */
  record Created(String token) implements WriteResult {}

  /**
   * The Secret was changed.
   *
   * @param token its token
   * @param drift whether the desired data had not moved, so that this was a repair
   */
  record Updated(String token, boolean drift) implements WriteResult {}

  /**
   * Nothing differed, so that nothing was written.
   *
   * @param token its token; null where nothing is ever written
   */
  record Unchanged(@Nullable String token) implements WriteResult {}

  /**
   * The Secret that keys are to be added to does not exist.
   *
   * @param message which, and what to do
   */
  record Absent(String message) implements WriteResult {}

  /**
   * The Secret was not written.
   *
   * @param refusal the class of reason
   * @param message who owns it and what to do
   */
  record Refused(Refusal refusal, String message) implements WriteResult {}

  /**
   * Kubernetes could not be asked; it is tried again.
   *
   * @param message what failed
   */
  record Failed(String message) implements WriteResult {}
}
