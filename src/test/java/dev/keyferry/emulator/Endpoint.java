package dev.keyferry.emulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The HTTP side: one address for all services, told apart by target header or form. */
final class Endpoint implements AutoCloseable {

  private record Answer(int status, String contentType, String body, @Nullable String errorCode) {}

  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, String> TARGETS = Map.of("secretsmanager", "secretsmanager", "AmazonSSM", "ssm", "AmazonSQS", "sqs");
  private static final String JSON_TYPE = "application/x-amz-json-1.1";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Authenticator authenticator;
  private final Map<String, JsonService> services;
  private final StsService sts;
  private final Faults faults;
  private final CallLog log;
  private final Ids ids;

  Endpoint(
      int port, Authenticator authenticator, Map<String, JsonService> services, StsService sts, Faults faults, CallLog log, Ids ids) {
    this.authenticator = authenticator;
    this.services = services;
    this.sts = sts;
    this.faults = faults;
    this.log = log;
    this.ids = ids;
    this.server = listen(port);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  private static HttpServer listen(int port) {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 512);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Optional<Incoming> incoming = recognise(exchange, body);
      if (incoming.isEmpty()) {
        write(exchange, new Answer(404, JSON_TYPE, "{\"__type\":\"UnknownOperationException\"}", "UnknownOperationException"));
        return;
      }
      serve(exchange, incoming.get());
    }
  }

  private void serve(HttpExchange exchange, Incoming incoming) throws IOException {
    Optional<Authenticator.Signed> claimed = authenticator.claimed(incoming.headers());
    Faults.Fault fault = faults.next(incoming.service(), incoming.operation(), claimed.map(Authenticator.Signed::region).orElse(""));
    switch (fault) {
      case null -> answer(exchange, incoming, claimed, answer(incoming));
      case Faults.Fail fail -> answer(exchange, incoming, claimed, failed(incoming, fail));
      case Faults.Garbage(String body) -> answer(exchange, incoming, claimed, new Answer(200, JSON_TYPE, body, "Garbage"));
      case Faults.Drop _ -> record(incoming, claimed, "ConnectionDropped");
      case Faults.Hang hang -> {
        record(incoming, claimed, "Hung");
        hang.await();
        write(exchange, answer(incoming));
      }
      case Faults.Cut _ -> {
        record(incoming, claimed, "Cut");
        exchange.getResponseHeaders().set("Content-Type", JSON_TYPE);
        exchange.sendResponseHeaders(200, 1000);
        exchange.getResponseBody().write("{\"ARN\":\"arn".getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
      }
      case Faults.Endless _ -> {
        record(incoming, claimed, "Endless");
        sendWithoutEnd(exchange);
      }
    }
  }

  private void answer(HttpExchange exchange, Incoming incoming, Optional<Authenticator.Signed> claimed, Answer answer) throws IOException {
    record(incoming, claimed, answer.errorCode());
    write(exchange, answer);
  }

  private static void sendWithoutEnd(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", JSON_TYPE);
    exchange.sendResponseHeaders(200, 0);
    byte[] piece = "\"x\",".repeat(16_000).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseBody().write("{\"SecretValues\":[".getBytes(StandardCharsets.UTF_8));
    while (!Thread.currentThread().isInterrupted()) {
      exchange.getResponseBody().write(piece);
    }
  }

  private void record(Incoming incoming, Optional<Authenticator.Signed> claimed, @Nullable String errorCode) {
    String principal = claimed.map(signed -> signed.caller().arn()).orElse("anonymous");
    String region = claimed.map(Authenticator.Signed::region).orElse("");
    log.add(new AwsCall(incoming.service(), incoming.operation(), principal, region, idsOf(incoming), errorCode));
  }

  private static List<String> idsOf(Incoming incoming) {
    if (incoming.service().equals("sts")) {
      String role = Request.form(text(incoming)).get("RoleArn");
      return role == null ? List.of() : List.of(role);
    }
    return json(incoming.body()).map(Request::idsOf).orElse(List.of());
  }

  private static Optional<Incoming> recognise(HttpExchange exchange, byte[] body) {
    String path = exchange.getRequestURI().getRawPath();
    String query = Optional.ofNullable(exchange.getRequestURI().getRawQuery()).orElse("");
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    if (!exchange.getRequestMethod().equals("POST")) {
      return Optional.empty();
    }
    if (target == null) {
      String action = Request.form(new String(body, StandardCharsets.UTF_8)).get("Action");
      return Optional.ofNullable(action).map(it -> new Incoming("sts", it, path, query, exchange.getRequestHeaders(), body));
    }
    int dot = target.indexOf('.');
    String service = TARGETS.get(target.substring(0, Math.max(dot, 0)));
    String type = "sqs".equals(service) ? "application/x-amz-json-1.0" : JSON_TYPE;
    boolean json = type.equals(exchange.getRequestHeaders().getFirst("Content-Type"));
    return service == null || !json
        ? Optional.empty()
        : Optional.of(new Incoming(service, target.substring(dot + 1), path, query, exchange.getRequestHeaders(), body));
  }

  private Answer answer(Incoming incoming) {
    try {
      return incoming.service().equals("sts") ? answerForm(incoming) : answerJson(incoming);
    } catch (AwsError e) {
      return error(incoming, e);
    } catch (RuntimeException e) {
      return error(incoming, new AwsError(500, "InternalServiceError", "emulator: " + e.getClass().getSimpleName()));
    }
  }

  private Answer answerJson(Incoming incoming) {
    Authenticator.Signed signed = authenticator.authenticate(incoming);
    ObjectNode body = json(incoming.body()).orElseThrow(() -> AwsError.of("SerializationException", ""));
    JsonService service = services.get(incoming.service());
    ObjectNode out = service.handle(new Request(signed.caller(), signed.region(), incoming.operation(), body));
    return new Answer(200, JSON_TYPE, out.toString(), null);
  }

  private Answer answerForm(Incoming incoming) {
    Caller caller = StsService.unsigned(incoming.operation()) ? null : authenticator.authenticate(incoming).caller();
    Map<String, Object> out = sts.handle(incoming.operation(), Request.form(text(incoming)), caller);
    return new Answer(200, "text/xml", Xml.result(incoming.operation(), out, ids.uuid()), null);
  }

  private Answer failed(Incoming incoming, Faults.Fail fail) {
    return error(incoming, new AwsError(fail.status(), fail.code(), fail.message()));
  }

  private Answer error(Incoming incoming, AwsError error) {
    if (incoming.service().equals("sts")) {
      return new Answer(error.status(), "text/xml", Xml.error(error, ids.uuid()), error.code());
    }
    String member = incoming.service().equals("secretsmanager") ? "Message" : "message";
    ObjectNode body = SecretJson.object().put("__type", error.code()).put(member, error.text());
    return new Answer(error.status(), JSON_TYPE, body.toString(), error.code());
  }

  private void write(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    exchange.getResponseHeaders().set("x-amzn-RequestId", ids.uuid());
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private static String text(Incoming incoming) {
    return new String(incoming.body(), StandardCharsets.UTF_8);
  }

  private static Optional<ObjectNode> json(byte[] body) {
    try {
      JsonNode node = JSON.readTree(new String(body, StandardCharsets.UTF_8));
      return node instanceof ObjectNode object ? Optional.of(object) : Optional.empty();
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    faults.clear();
    server.stop(0);
    threads.shutdownNow();
  }
}
