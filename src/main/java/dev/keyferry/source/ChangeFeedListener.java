package dev.keyferry.source;

import java.time.Duration;

/** Told of what a feed does, for metrics. Every word is one of few. */
public interface ChangeFeedListener {

  /** Hears nothing. */
  ChangeFeedListener NONE =
      new ChangeFeedListener() {
        @Override
        public void message(String kind, String result) {}

        @Override
        public void receiveFailed(FailureKind kind) {}

        @Override
        public void settled(Duration lag) {}
      };

  /**
   * A message was read.
   *
   * @param kind {@code label}, {@code api_call}, {@code service_event}, {@code parameter} or {@code other}
   * @param result {@code change}, {@code rotation_failed}, {@code irrelevant} or {@code poison}
   */
  void message(String kind, String result);

  /** The queue could not be read, or messages could not be deleted from it. */
  void receiveFailed(FailureKind kind);

  /** A change has been followed up; {@code lag} is the time since it happened in AWS, to the second. */
  void settled(Duration lag);
}
