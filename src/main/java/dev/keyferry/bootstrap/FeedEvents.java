package dev.keyferry.bootstrap;

import dev.keyferry.fetch.EventReach;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.FailureKind;
import java.time.Duration;

/**
 * What a feed does, told to the metrics, and to what judges whether events can be relied on.
 *
 * @param metrics counts
 * @param reach judges
 */
record FeedEvents(ChangeFeedListener metrics, EventReach reach) implements ChangeFeedListener {

  @Override
  public void message(String kind, String result) {
    metrics.message(kind, result);
  }

  @Override
  public void receiveFailed(FailureKind kind) {
    reach.failed();
    metrics.receiveFailed(kind);
  }

  @Override
  public void settled(Duration lag) {
    metrics.settled(lag);
  }
}
