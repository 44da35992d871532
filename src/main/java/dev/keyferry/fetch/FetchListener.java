package dev.keyferry.fetch;

import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceService;

/** Told of what the planner does, for metrics. */
public interface FetchListener {

  /** A ref was answered from memory. */
  void hit();

  /** A ref had to be read. */
  void miss();

  /**
   * A batch was sent.
   *
   * @param service where the refs are kept
   * @param refs how many refs it holds
   * @param capacity how many it could hold
   */
  void batch(SourceService service, int refs, int capacity);

  /** AWS gave a value of that many bytes. */
  default void received(int bytes) {}

  /** A source's read failed. */
  void failed(FailureKind kind);

  /**
   * AWS throttled a read.
   *
   * @param service which service
   * @param batch whether the batch operation was called
   */
  default void throttled(SourceService service, boolean batch) {}

  /**
   * The rates at which reads begin have changed.
   *
   * @param callers how many are held to a rate; each counts for each of its operations and regions
   * @param slowest reads a second of the slowest; 0 where there is none
   */
  default void limited(int callers, double slowest) {}

  /** A read gave an older version than the one applied, which is not taken before it is confirmed. */
  default void older() {}

  /** A source was read in that failover region, since its own did not serve. */
  default void failedOver(String region) {}

  /** Hears nothing. */
  FetchListener NONE =
      new FetchListener() {
        @Override
        public void hit() {}

        @Override
        public void miss() {}

        @Override
        public void batch(SourceService service, int refs, int capacity) {}

        @Override
        public void failed(FailureKind kind) {}
      };
}
