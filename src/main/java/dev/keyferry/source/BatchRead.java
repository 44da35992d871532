package dev.keyferry.source;

import java.util.Map;

/** What reading several refs in one call gave. */
public sealed interface BatchRead {

  /**
   * The call succeeded; each ref has its own answer.
   *
   * @param entries an answer for every ref that was asked
   */
  record Entries(Map<SourceRef, Fetched> entries) implements BatchRead {
    /** The map never changes. */
    public Entries {
      entries = Map.copyOf(entries);
    }
  }

  /**
   * The identity may not use the batch operation at all; it may still read singly.
   *
   * @param denial what is missing
   */
  record Refused(SourceFailure.AccessDenied denial) implements BatchRead {}

  /**
   * The call failed as a whole, for a reason that no single ref causes: the source keeps those apart itself.
   *
   * @param failure why
   */
  record Failed(SourceFailure failure) implements BatchRead {}
}
