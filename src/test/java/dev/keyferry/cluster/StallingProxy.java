package dev.keyferry.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands between a client and the API server, byte by byte; can let both wait without a word, or cut every connection. */
final class StallingProxy implements AutoCloseable {

  private static final int BUFFER = 16 * 1024;

  private final ServerSocket server;
  private final URI target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private boolean stalled;

  StallingProxy(String target) {
    this.target = URI.create(target);
    try {
      server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  /** Where clients connect to. */
  String url() {
    return "https://127.0.0.1:" + server.getLocalPort();
  }

  /** From now on connections are accepted and nothing is answered. */
  synchronized void stall() {
    stalled = true;
  }

  /** What waits goes on. */
  synchronized void resume() {
    stalled = false;
    notifyAll();
  }

  /** Ends every connection; new ones are served. */
  void cut() {
    sockets.forEach(StallingProxy::close);
  }

  private synchronized void awaitFlow() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket upstream = new Socket(target.getHost(), target.getPort());
        sockets.add(client);
        sockets.add(upstream);
        Thread.startVirtualThread(() -> pump(client, upstream));
        Thread.startVirtualThread(() -> pump(upstream, client));
      } catch (IOException e) {
        // Closed, or the API server is gone: the client's next try tells.
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitFlow();
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // The other side learns of it below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      close(from);
      close(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed, then.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      resume();
      cut();
    }
  }
}
