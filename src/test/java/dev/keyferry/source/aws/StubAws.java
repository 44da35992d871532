package dev.keyferry.source.aws;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Speaks the protocols of Secrets Manager, Parameter Store and STS with answers that a test scripts, and counts what is asked. */
final class StubAws implements AutoCloseable {

  private static final Pattern ACCESS_KEY = Pattern.compile("Credential=([^/]+)/");
  private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=([^&]+)");

  /** One request: its operation, decoded body, signer and user agent. */
  record Asked(String operation, String body, String accessKeyId, String userAgent) {}

  /** One answer. */
  record Reply(int status, String body) {}

  private final HttpServer server;
  private final Map<String, Function<Asked, Reply>> scripts = new ConcurrentHashMap<>();
  private final List<Asked> requests = new CopyOnWriteArrayList<>();

  StubAws() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  String endpoint() {
    return "http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
  }

  StubAws on(String operation, Function<Asked, Reply> script) {
    scripts.put(operation, script);
    return this;
  }

  List<Asked> asked(String operation) {
    return requests.stream().filter(asked -> asked.operation().equals(operation)).toList();
  }

  int count(String operation) {
    return asked(operation).size();
  }

  static Reply json(String body) {
    return new Reply(200, body);
  }

  static Reply error(String code, String message) {
    return new Reply(400, "{\"__type\":\"" + code + "\",\"message\":\"" + message + "\"}");
  }

  static Reply session(String operation, String accessKeyId, Instant expires) {
    return new Reply(
        200,
        "<" + operation + "Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><" + operation + "Result><Credentials><AccessKeyId>"
            + accessKeyId + "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>" + expires
            + "</Expiration></Credentials></" + operation + "Result></" + operation + "Response>");
  }

  static Reply stsError(String code, String message) {
    return new Reply(
        403,
        "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + message + "</Message></Error></ErrorResponse>");
  }

  /** A secret's value as a single read gives it. */
  static Reply value(String arn, String name, String versionId, String stage, String value) {
    return json(entry(arn, name, versionId, stage, value));
  }

  static String entry(String arn, String name, String versionId, String stage, String value) {
    return "{\"ARN\":\"" + arn + "\",\"Name\":\"" + name + "\",\"VersionId\":\"" + versionId + "\",\"SecretString\":\"" + value
        + "\",\"VersionStages\":[\"" + stage + "\"],\"CreatedDate\":1.7e9}";
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
    Matcher action = ACTION.matcher(body);
    String operation = target != null ? target.substring(target.indexOf('.') + 1) : action.find() ? action.group(1) : "none";
    String signature = exchange.getRequestHeaders().getFirst("Authorization");
    Matcher key = ACCESS_KEY.matcher(signature == null ? "" : signature);
    Asked asked =
        new Asked(
            operation,
            target == null ? URLDecoder.decode(body, StandardCharsets.UTF_8) : body,
            key.find() ? key.group(1) : "anonymous",
            String.valueOf(exchange.getRequestHeaders().getFirst("User-Agent")));
    requests.add(asked);
    Reply reply = scripts.getOrDefault(operation, a -> error("UnknownOperationException", "not scripted")).apply(asked);
    byte[] bytes = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", target == null ? "text/xml" : "application/x-amz-json-1.1");
    exchange.sendResponseHeaders(reply.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }
}
