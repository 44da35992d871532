package dev.keyferry.observe;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operator's HTTP server: {@code /metrics}, {@code /healthz}, {@code /readyz}. It reads no request's body. */
public final class HttpEndpoints implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoints.class);
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Scrape metrics;
  private final Supplier<Health> live;
  private final Supplier<Health> ready;

  /** Writes metrics. */
  @FunctionalInterface
  public interface Scrape {
    /**
     * Writes them in one of Prometheus's text formats.
     *
     * @param out where to
     * @param contentType the format
     */
    void scrape(OutputStream out, String contentType) throws IOException;
  }

  private record Answer(int code, String contentType, byte[] body) {
    static Answer text(int code, String text) {
      return new Answer(code, PLAIN, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Binds the port and serves at once, on all addresses.
   *
   * @param port the port; 0 picks a free one
   * @param metrics what {@code /metrics} shows
   * @param live what {@code /healthz} says
   * @param ready what {@code /readyz} says
   * @throws IOException where the port cannot be bound
   */
  public HttpEndpoints(int port, Scrape metrics, Supplier<Health> live, Supplier<Health> ready) throws IOException {
    this.metrics = metrics;
    this.live = live;
    this.ready = ready;
    limit("sun.net.httpserver.maxReqTime", "10");
    limit("sun.net.httpserver.maxRspTime", "30");
    limit("jdk.httpserver.maxConnections", "128");
    server = HttpServer.create(new InetSocketAddress("0.0.0.0", port), 64);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The JDK's server takes its limits from system properties only; what was set on the command line stays. */
  private static void limit(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  /** The port that is bound. */
  public int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      exchange.getResponseHeaders().set("Content-Type", answer.contentType());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (answer.code() == 405) {
        exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      }
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(answer.code(), -1);
        return;
      }
      exchange.sendResponseHeaders(answer.code(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private Answer answer(HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    if (!List.of("/metrics", "/healthz", "/readyz").contains(path)) {
      return Answer.text(404, "not found");
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return Answer.text(405, "only GET and HEAD");
    }
    try {
      return switch (path) {
        case "/healthz" -> health(live.get());
        case "/readyz" -> health(ready.get());
        default -> metrics(exchange.getRequestHeaders().getOrDefault("Accept", List.of()));
      };
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} failed: {}", path, e.getClass().getName());
      return Answer.text(500, "internal error");
    }
  }

  private Answer metrics(List<String> accept) throws IOException {
    String type = accept.stream().anyMatch(a -> a.contains("application/openmetrics-text")) ? OPEN_METRICS : PROMETHEUS;
    ByteArrayOutputStream body = new ByteArrayOutputStream(64 * 1024);
    metrics.scrape(body, type);
    return new Answer(200, type, body.toByteArray());
  }

  private static Answer health(Health health) {
    return switch (health) {
      case Health.Ok ok -> Answer.text(200, "ok");
      case Health.Bad bad -> Answer.text(503, bad.what().lines().findFirst().orElse("not ready"));
    };
  }
}
