package dev.keyferry.source;

import java.util.List;

/** Reads sources. Calls block; they return failures as values and throw only on bugs. */
public interface SecretSource {

  /** How many refs of that service one batch may hold, at least 1. */
  int batchSize(SourceService service);

  /** Whether a ref may be read in a batch: only its version in force, only in the caller's account. */
  boolean batchable(SourceRef ref);

  /**
   * Reads refs of one service in one call (with its pages).
   *
   * @param scope whose credentials, which region
   * @param refs 1 to {@link #batchSize} batchable refs of one service, without duplicates
   */
  BatchRead readBatch(Scope scope, List<SourceRef> refs);

  /** Reads one ref. */
  Fetched read(Scope scope, SourceRef ref);
}
