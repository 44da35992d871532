package dev.keyferry.fetch;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;

/** What the planner answers for one ref. */
public sealed interface Answer {

  /** What was asked. */
  SourceRef ref();

  /**
   * A value.
   *
   * @param found the value and its revision
   */
  record Ready(Fetched.Found found) implements Answer {
    @Override
    public SourceRef ref() {
      return found.ref();
    }
  }

  /**
   * A failure.
   *
   * @param ref what was asked
   * @param failure why there is no value
   * @param attempts tries in a row that ended so, at least 1
   * @param confirmedMissing whether the source is gone for certain: it was read before in this scope by this process, then two
   *     answers of {@code NotFound} at least a minute apart, and not with more than a tenth of its scope at once
   */
  record Failed(SourceRef ref, SourceFailure failure, int attempts, boolean confirmedMissing) implements Answer {}
}
