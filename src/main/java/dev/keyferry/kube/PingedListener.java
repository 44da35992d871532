package dev.keyferry.kube;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener of a WebSocket's end also where the JDK does not: of a peer that answers no ping, and of an end that came while the
 * listener had asked for no message. The latter the JDK loses: {@code TransportImpl.acknowledgeReception} throws an
 * {@link InternalError} where nothing was asked for, and nobody is told.
 */
final class PingedListener implements WebSocket.Listener {

  private static final Logger LOG = LoggerFactory.getLogger(PingedListener.class);

  /** Pings in a row without a word from the peer after which it counts as gone. */
  static final int UNANSWERED = 2;

  /** Messages asked for beyond what the listener asks for, so that an end is nearly always told at once. */
  static final int AHEAD = 16;

  /** RFC 6455, section 7.1.5: the connection ended without a close frame. */
  private static final int ABNORMAL = 1006;

  private final WebSocket.Listener told;
  private final Executor later;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * Tells that listener.
   *
   * @param pinged the time between two pings
   */
  PingedListener(WebSocket.Listener told, Duration pinged) {
    this.told = told;
    this.later = CompletableFuture.delayedExecutor(pinged.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);
  }

  @Override
  public void onOpen(WebSocket socket) {
    socket.request(AHEAD);
    told.onOpen(socket);
    later.execute(() -> ping(socket));
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    unanswered.set(0);
    return told.onText(socket, data, last);
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    unanswered.set(0);
    return told.onBinary(socket, data, last);
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    unanswered.set(0);
    return told.onPing(socket, message);
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    unanswered.set(0);
    return told.onPong(socket, message);
  }

  /** An end without a word of farewell is a failure: told as a close, it would be answered with one, and taken for a refusal. */
  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    if (code == ABNORMAL) {
      end(socket, new IOException("the connection of a WebSocket ended"));
      return null;
    }
    return over.compareAndSet(false, true) ? told.onClose(socket, code, reason) : null;
  }

  @Override
  public void onError(WebSocket socket, Throwable failure) {
    if (over.compareAndSet(false, true)) {
      told.onError(socket, failure);
    }
  }

  /** Where a side was closed, the listener knows, or has asked for it. */
  private void ping(WebSocket socket) {
    if (over.get() || socket.isOutputClosed() || socket.isInputClosed()) {
      return;
    }
    if (unanswered.getAndIncrement() >= UNANSWERED) {
      lost(socket, new IOException("the peer of a WebSocket answers no pings"));
      return;
    }
    socket
        .sendPing(ByteBuffer.allocate(0))
        .whenComplete(
            (sent, failure) -> {
              if (failure instanceof IOException) {
                lost(socket, failure);
              }
            });
    later.execute(() -> ping(socket));
  }

  private void lost(WebSocket socket, Throwable failure) {
    if (!socket.isOutputClosed() && end(socket, failure)) {
      LOG.info("the connection of a watch had broken without a word, and is made anew");
    }
  }

  private boolean end(WebSocket socket, Throwable failure) {
    boolean first = over.compareAndSet(false, true);
    if (first) {
      socket.abort();
      told.onError(socket, failure);
    }
    return first;
  }
}
