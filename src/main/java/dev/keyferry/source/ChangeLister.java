package dev.keyferry.source;

import org.jspecify.annotations.Nullable;

/**
 * Lists what a scope may list, page by page, so that whoever asks may stop. Secrets that are scheduled for deletion are among it; what was
 * deleted for good is not. Calls block; they return failures as values and throw only on bugs.
 */
@FunctionalInterface
public interface ChangeLister {

  /** How a list is sorted. */
  enum Order {
    /** By last change, the newest first. */
    NEWEST_CHANGE,
    /** By name, so that changes during a walk move nothing. */
    NAME
  }

  /**
   * One page of at most 100.
   *
   * @param token what the page before gave, of the same order; null for the first
   */
  ListedPage list(Scope scope, Order order, @Nullable String token);
}
