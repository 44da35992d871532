package dev.keyferry.kube;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** As much of an API server as a list and a watch need; its watches break as told, one after the other, and the next ones are well. */
final class TornWatches implements AutoCloseable {

  private static final String LIST =
      "{\"kind\":\"SecretList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}";
  private static final String LISTED = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s";
  private static final String ACCEPTED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n";
  private static final int CLOSE = 8;
  private static final int PING = 9;

  /** Where a watch breaks off. */
  enum Point {
    BEFORE_THE_ANSWER,
    WITHIN_THE_ANSWER,
    AFTER_THE_ANSWER,
    WITHIN_AN_EVENT,
    AFTER_EVENTS
  }

  /** What happens there: the connection is ended or reset, or nothing comes any more. */
  enum Manner {
    END,
    RESET,
    SILENCE
  }

  /**
   * One watch that breaks.
   *
   * @param events how many are sent before
   */
  record Break(Point point, Manner manner, int events) {}

  /** Pings heard on watches that are well. */
  final AtomicInteger pings = new AtomicInteger();

  /** Watches that were well. */
  final AtomicInteger well = new AtomicInteger();

  private final ServerSocket server;
  private final Queue<Break> breaks = new ConcurrentLinkedQueue<>();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile CountDownLatch left = new CountDownLatch(0);

  TornWatches(Break... breaks) {
    this.breaks.addAll(Arrays.asList(breaks));
    try {
      server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  /** Runs that at once, or where a watch has broken off, once the client has left its connection. */
  void onceLeft(Runnable task) {
    try {
      left.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    task.run();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        Thread.startVirtualThread(() -> serve(socket));
      } catch (IOException e) {
        // Closed, as the loop then sees.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (String request = line(in); !request.isEmpty(); request = line(in)) {
        String key = "";
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
          key = header.startsWith("Sec-WebSocket-Key:") ? header.substring(header.indexOf(':') + 1).strip() : key;
        }
        if (!key.isEmpty()) {
          watch(socket, in, out, ACCEPTED.formatted(accept(key)).getBytes(StandardCharsets.UTF_8));
          return;
        }
        out.write(LISTED.formatted(LIST.length(), LIST).getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client left.
    }
  }

  private void watch(Socket socket, InputStream in, OutputStream out, byte[] accepted) throws IOException {
    Break torn = breaks.poll();
    if (torn == null) {
      well.incrementAndGet();
      out.write(accepted);
      out.write(event("new"));
      answer(in, out);
      return;
    }
    left = new CountDownLatch(1);
    int answered =
        switch (torn.point) {
          case BEFORE_THE_ANSWER -> 0;
          case WITHIN_THE_ANSWER -> accepted.length / 2;
          case AFTER_THE_ANSWER, WITHIN_AN_EVENT, AFTER_EVENTS -> accepted.length;
        };
    var sent = new ByteArrayOutputStream();
    sent.write(accepted, 0, answered);
    for (int i = 0; i < torn.events; i++) {
      sent.write(event("old"));
    }
    if (torn.point == Point.WITHIN_AN_EVENT) {
      sent.write(event("old"), 0, 60);
    }
    sent.writeTo(out);
    breakOff(torn.manner, socket, in);
  }

  private void breakOff(Manner manner, Socket socket, InputStream in) throws IOException {
    switch (manner) {
      case END -> socket.shutdownOutput();
      case RESET -> socket.setSoLinger(true, 0);
      case SILENCE -> {}
    }
    try {
      if (manner != Manner.RESET) {
        in.transferTo(OutputStream.nullOutputStream());
      }
    } finally {
      left.countDown();
    }
  }

  private void answer(InputStream in, OutputStream out) throws IOException {
    for (int first = in.read(); first >= 0; first = in.read()) {
      in.skipNBytes((in.read() & 0x7f) + 4L);
      switch (first & 0x0f) {
        case CLOSE -> {
          return;
        }
        case PING -> {
          pings.incrementAndGet();
          out.write(new byte[] {(byte) 0x8a, 0});
        }
        default -> {}
      }
    }
  }

  private static byte[] event(String name) {
    byte[] json =
        """
        {"type":"ADDED","object":{"kind":"Secret","apiVersion":"v1",\
        "metadata":{"name":"%s","namespace":"a","uid":"u","resourceVersion":"6"}}}"""
            .formatted(name)
            .getBytes(StandardCharsets.UTF_8);
    var frame = new ByteArrayOutputStream();
    frame.write(0x81);
    frame.write(126);
    frame.write(json.length >> 8);
    frame.write(json.length);
    frame.writeBytes(json);
    return frame.toByteArray();
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Without its end; empty where the connection ended. */
  private static String line(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
