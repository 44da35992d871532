package dev.keyferry.restart;

import java.util.concurrent.CompletableFuture;

/** The workloads of one kind, as a watch has them. */
interface WorkloadCache extends AutoCloseable {

  /** Begins to watch, without waiting; complete when every workload is known. */
  CompletableFuture<Void> start();

  /** Whether every workload that existed at the start is known. */
  boolean synced();

  /** Whether changes are heard of now. */
  boolean watching();

  /** Has every workload counted, before the first decision about any. */
  void countAll();

  /** Has every workload looked at. */
  void addAll();

  /** Takes anew which Secrets restart a workload, before it is looked at. */
  default void reindex(WorkloadKey key) {}

  /** Brings one workload up to date, or forgets it where it is gone. Returns false where it is to be tried again. */
  boolean take(WorkloadKey key);

  @Override
  void close();
}
