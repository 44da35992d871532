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
