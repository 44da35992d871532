package dev.keyferry.source.aws;

import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.SourceFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes messages that are settled, ten at a time where so many are. What cannot be deleted is received again, and settled again. */
final class QueueDeletes implements Runnable {

  private static final Logger LOGGER = LoggerFactory.getLogger(QueueDeletes.class);
  private static final long GATHER_MILLIS = 500;

  private final Function<List<String>, SignedCalls.Answer<Integer>> delete;
  private final ChangeFeedListener listener;
  private final BlockingQueue<String> settled = new LinkedBlockingQueue<>();

  QueueDeletes(Function<List<String>, SignedCalls.Answer<Integer>> delete, ChangeFeedListener listener) {
    this.delete = delete;
    this.listener = listener;
  }

  /** A message is to be deleted; returns at once. */
  void add(String receipt) {
    settled.add(receipt);
  }

  /** Deletes until it is interrupted, and then once more what is there. */
  @Override
  public void run() {
    try {
      while (true) {
        delete(gathered());
      }
    } catch (InterruptedException e) {
      List<String> last = new ArrayList<>();
      settled.drainTo(last, QueueCalls.BATCH);
      if (!last.isEmpty()) {
        delete(last);
      }
      Thread.currentThread().interrupt();
    }
  }

  private List<String> gathered() throws InterruptedException {
    List<String> batch = new ArrayList<>();
    String next = settled.take();
    while (next != null) {
      batch.add(next);
      next = batch.size() < QueueCalls.BATCH ? settled.poll(GATHER_MILLIS, TimeUnit.MILLISECONDS) : null;
    }
    return batch;
  }

  private void delete(List<String> receipts) {
    try {
      SignedCalls.Answer<Integer> answer = delete.apply(receipts);
      boolean stopping = Thread.currentThread().isInterrupted();
      if (answer instanceof SignedCalls.Refused<Integer>(SourceFailure failure) && !stopping) {
        listener.receiveFailed(failure.kind());
      }
    } catch (RuntimeException e) {
      LOGGER.atError().addKeyValue("exception", e.getClass().getName()).log("deleting messages failed in an unforeseen way");
    }
  }
}
