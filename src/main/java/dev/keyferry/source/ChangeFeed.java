package dev.keyferry.source;

/** Brings hints of changes as they happen. Each comes at least once, perhaps late, doubled or out of order; some never come. */
public interface ChangeFeed {

  /** Begins to bring hints; a feed that was stopped may begin again. */
  void start(Receiver receiver);

  /** Brings no more hints. What was brought and is not settled comes again after the next start. */
  void stop();

  /** Takes hints. It returns soon: what there is to wait for, it waits for elsewhere. */
  @FunctionalInterface
  interface Receiver {

    /**
     * A source may have changed.
     *
     * @param settled to be run once every source that the hint is about has a definitive answer, whatever it is; the hint then comes no
     *     more
     */
    void changed(SourceChange change, Runnable settled);
  }
}
