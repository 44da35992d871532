package dev.keyferry.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The operator as a process of its own, started as its jar would start it. */
final class OperatorProcess implements AutoCloseable {

  /** Named, not referred to: the demo runs it and does not call it. */
  private static final String MAIN_CLASS = "dev.keyferry.Main";

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Process process;
  private final Path log;
  private final int port;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private OperatorProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /**
   * Starts it.
   *
   * @param log file for all that it prints
   * @param settings environment variables besides those of this process; AWS's own and the cluster's are not handed on
   */
  static OperatorProcess start(Path log, Map<String, String> settings) throws IOException {
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=logback.xml",
            "-classpath",
            System.getProperty("java.class.path"),
            MAIN_CLASS);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(OperatorProcess::foreign);
    environment.putAll(settings);
    environment.put("KEYFERRY_HTTP_PORT", Integer.toString(port));
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new OperatorProcess(builder.start(), log, port);
  }

  private static boolean foreign(String name) {
    return name.startsWith("AWS_") || name.startsWith("KEYFERRY_") || name.startsWith("KUBE");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  boolean running() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Address of its own HTTP server. */
  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** Whether it says that it is ready. */
  boolean ready() {
    try {
      return get("/readyz").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The lines of {@code /metrics}; none while it does not answer. */
  List<String> metrics() {
    try {
      return get("/metrics").body().lines().filter(line -> !line.startsWith("#")).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private HttpResponse<String> get(String path) throws IOException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url() + path)).timeout(Duration.ofSeconds(5)).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The last lines of its log. */
  List<String> lastLines(int count) {
    try {
      List<String> lines = Files.readAllLines(log);
      return lines.subList(Math.max(0, lines.size() - count), lines.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a text stands anywhere in its log. */
  boolean logHolds(String text) {
    return lastLines(Integer.MAX_VALUE).stream().anyMatch(line -> line.contains(text));
  }

  /** Asks it to end, and makes it where it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
