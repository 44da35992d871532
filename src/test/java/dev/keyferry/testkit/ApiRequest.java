package dev.keyferry.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One request, read to its end. */
final class ApiRequest {

  static final String APPLY = "application/apply-patch+yaml";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new YAMLMapper();
  private static final Duration WATCH_AT_MOST = Duration.ofHours(1);

  private final HttpExchange exchange;
  private final URI uri;
  private final Map<String, String> query;
  private final byte[] body;

  ApiRequest(HttpExchange exchange) throws IOException {
    this.exchange = exchange;
    this.uri = exchange.getRequestURI();
    this.query = parse(uri.getRawQuery());
    this.body = exchange.getRequestBody().readAllBytes();
  }

  private static Map<String, String> parse(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    if (raw != null) {
      for (String pair : raw.split("&")) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        query.put(URLDecoder.decode(name, StandardCharsets.UTF_8), URLDecoder.decode(value, StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  String method() {
    return exchange.getRequestMethod();
  }

  String rawPath() {
    return uri.getRawPath();
  }

  Map<String, String> query() {
    return query;
  }

  @Nullable String query(String name) {
    return query.get(name);
  }

  /** The media type of the body, without parameters. */
  String contentType() {
    return header("Content-Type").split(";")[0].trim();
  }

  private String header(String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  boolean webSocket() {
    return header("Upgrade").equalsIgnoreCase("websocket");
  }

  boolean watch() {
    return method().equals("GET") && List.of("true", "1").contains(query.getOrDefault("watch", ""));
  }

  /** How long a watch lasts. */
  Duration watchAtMost() {
    String seconds = query.getOrDefault("timeoutSeconds", "");
    return seconds.isEmpty() ? WATCH_AT_MOST : Duration.ofSeconds(Long.parseLong(seconds));
  }

  boolean wantsTable() {
    return header("Accept").contains("as=Table");
  }

  /** Who writes and how; the manager is the user agent's first word where the query names none. */
  ApiOperations.WriteOptions options() {
    String agent = header("User-Agent");
    String manager = query.getOrDefault("fieldManager", agent.isEmpty() ? "unknown" : agent.split("/")[0]);
    return new ApiOperations.WriteOptions(manager, "true".equals(query.get("force")), "All".equals(query.get("dryRun")));
  }

  /** The body as one object, of JSON or YAML. */
  ObjectNode object() throws JsonProcessingException {
    if (body.length > 3 && body[0] == 'k' && body[1] == '8' && body[2] == 's' && body[3] == 0) {
      throw new ApiFailure(415, "UnsupportedMediaType", "this server understands JSON and YAML, and no protobuf");
    }
    if (tree() instanceof ObjectNode object) {
      return object;
    }
    throw ApiFailure.badRequest("the body is no object");
  }

  /** The same; an empty body is an empty object. */
  ObjectNode objectOrEmpty() throws JsonProcessingException {
    return body.length == 0 ? JsonNodeFactory.instance.objectNode() : object();
  }

  /** The body, whatever it is. */
  JsonNode tree() throws JsonProcessingException {
    String text = new String(body, StandardCharsets.UTF_8);
    String start = text.stripLeading();
    return start.startsWith("{") || start.startsWith("[") ? JSON.readTree(text) : YAML.readTree(text);
  }

  /** As the log has it. */
  ApiCall call(int code) {
    return new ApiCall(verb(), uri.getPath(), uri.getRawQuery(), header("User-Agent"), query.get("fieldManager"), code);
  }

  private String verb() {
    return switch (method()) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "DELETE" -> "delete";
      case "PATCH" -> contentType().equals(APPLY) ? "apply" : "patch";
      default -> watch() ? "watch" : ofCollection() ? "list" : "get";
    };
  }

  private boolean ofCollection() {
    try {
      return ApiPath.parse(rawPath()).name() == null;
    } catch (ApiFailure failure) {
      return false;
    }
  }
}
