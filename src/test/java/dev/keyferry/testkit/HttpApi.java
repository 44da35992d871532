package dev.keyferry.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** HTTP on one side, {@link ApiOperations} on the other. */
final class HttpApi implements HttpHandler {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new YAMLMapper();
  private static final Duration WATCH_AT_MOST = Duration.ofHours(1);

  private final ObjectStore store;
  private final ApiKinds kinds;
  private final ApiOperations operations;
  private final Discovery discovery;
  private final OpenApi openApi;
  private final ServiceAccountTokens tokens;
  private final TableAnswer tables;
  private final Consumer<ApiCall> log;

  HttpApi(
      ObjectStore store,
      ApiKinds kinds,
      ApiOperations operations,
      ServiceAccountTokens tokens,
      TableAnswer tables,
      Consumer<ApiCall> log) {
    this.store = store;
    this.kinds = kinds;
    this.operations = operations;
    this.discovery = new Discovery(kinds);
    this.openApi = new OpenApi(kinds);
    this.tokens = tokens;
    this.tables = tables;
    this.log = log;
  }

  private record Answer(int code, JsonNode body) {}

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      if ("websocket".equalsIgnoreCase(exchange.getRequestHeaders().getFirst("Upgrade"))) {
        // Any answer but an upgrade; on 200 the client falls back to a plain watch at once, on an error it would try again first.
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, -1);
        return;
      }
      if (isWatch(exchange, query)) {
        watch(exchange, query);
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      Answer answer = answer(exchange, query, body);
      log.accept(call(exchange, query, verb(exchange), answer.code()));
      send(exchange, answer);
    }
  }

  private Answer answer(HttpExchange exchange, Map<String, String> query, byte[] body) {
    try {
      return route(exchange, query, body);
    } catch (ApiFailure failure) {
      return new Answer(failure.code(), failure.body());
    } catch (JsonProcessingException e) {
      ApiFailure failure = ApiFailure.badRequest("the body is neither JSON nor YAML that this server understands");
      return new Answer(failure.code(), failure.body());
    } catch (RuntimeException e) {
      ApiFailure failure = new ApiFailure(500, "InternalError", "embedded API: " + e);
      return new Answer(failure.code(), failure.body());
    }
  }

  private Answer route(HttpExchange exchange, Map<String, String> query, byte[] body) throws JsonProcessingException {
    String rawPath = exchange.getRequestURI().getRawPath();
    JsonNode other = elsewhere(rawPath);
    if (other != null) {
      return new Answer(200, other);
    }
    ApiPath path = ApiPath.parse(rawPath);
    if (path.group().equals("authorization.k8s.io")) {
      return new Answer(201, Reviews.answer(read(body), path.plural()));
    }
    ApiKind kind = kindOf(path);
    if (path.name() == null) {
      return collection(exchange, query, path, kind, body);
    }
    ObjectStore.Key key = new ObjectStore.Key(kind, path.namespace() == null ? "" : path.namespace(), path.name());
    if (path.subresource().equals("token")) {
      return new Answer(201, tokens.answer(operations.get(key), read(body)));
    }
    return one(exchange, query, key, path.subresource(), body);
  }

  private @Nullable JsonNode elsewhere(String path) {
    return switch (path) {
      case "/openid/v1/jwks" -> tokens.jwks();
      case "/.well-known/openid-configuration" -> tokens.configuration();
      case "/healthz", "/readyz", "/livez" -> JsonNodeFactory.instance.textNode("ok");
      default -> path.startsWith("/openapi/") ? openApi.answer(path) : discovery.answer(path);
    };
  }

  private ApiKind kindOf(ApiPath path) {
    ApiKind kind = kinds.find(path.group(), path.version(), path.plural()).orElseThrow(ApiFailure::noSuchPath);
    boolean status = path.subresource().equals("status") && kind.status();
    boolean token = path.subresource().equals("token") && kind.plural().equals("serviceaccounts");
    boolean placed = path.name() == null || kind.namespaced() == (path.namespace() != null);
    if (!placed || !(path.subresource().isEmpty() || status || token)) {
      throw ApiFailure.noSuchPath();
    }
    return kind;
  }

  private Answer collection(HttpExchange exchange, Map<String, String> query, ApiPath path, ApiKind kind, byte[] body)
      throws JsonProcessingException {
    Predicate<JsonNode> selected = Selectors.of(query.get("labelSelector"), query.get("fieldSelector"));
    switch (exchange.getRequestMethod()) {
      case "GET" -> {
        ObjectNode list = ObjectLists.page(kind, store.list(kind, path.namespace()), selected, query);
        return new Answer(200, wantsTable(exchange) ? tables.of(kind, items(list), list.path("metadata")) : list);
      }
      case "POST" -> {
        ObjectNode object = read(body);
        String name = object.path("metadata").path("name").asText("");
        if (name.isEmpty()) {
          name = object.path("metadata").path("generateName").asText("") + Long.toString(System.nanoTime(), 36);
        }
        String namespace = path.namespace() == null ? "" : path.namespace();
        ObjectStore.Key key = new ObjectStore.Key(kind, namespace, name);
        return new Answer(201, operations.create(key, object, options(exchange, query)).object());
      }
      case "DELETE" -> {
        for (ObjectNode object : store.list(kind, path.namespace()).objects()) {
          JsonNode metadata = object.path("metadata");
          if (selected.test(object)) {
            operations.delete(
                new ObjectStore.Key(kind, metadata.path("namespace").asText(""), metadata.path("name").asText()), readOptional(body));
          }
        }
        return new Answer(200, success());
      }
      default -> throw new ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    }
  }

  private Answer one(HttpExchange exchange, Map<String, String> query, ObjectStore.Key key, String subresource, byte[] body)
      throws JsonProcessingException {
    return switch (exchange.getRequestMethod()) {
      case "GET" -> {
        ObjectNode object = operations.get(key);
        yield new Answer(200, wantsTable(exchange) ? tables.of(key.kind(), List.of(object), success().putObject("metadata")) : object);
      }
      case "PUT" -> new Answer(200, operations.update(key, subresource, read(body), options(exchange, query)).object());
      case "DELETE" -> {
        ObjectNode options = readOptional(body);
        if (query.containsKey("propagationPolicy")) {
          options.put("propagationPolicy", query.get("propagationPolicy"));
        }
        yield new Answer(200, operations.delete(key, options));
      }
      case "PATCH" -> patch(exchange, query, key, subresource, body);
      default -> throw new ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
    };
  }

  private Answer patch(HttpExchange exchange, Map<String, String> query, ObjectStore.Key key, String subresource, byte[] body)
      throws JsonProcessingException {
    ApiOperations.WriteOptions options = options(exchange, query);
    String type = contentType(exchange);
    ApiOperations.Written written =
        switch (type) {
          case "application/apply-patch+yaml" -> {
            if (!query.containsKey("fieldManager")) {
              throw ApiFailure.badRequest(
                  "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
            }
            yield operations.apply(key, subresource, read(body), options);
          }
          case "application/json-patch+json" -> {
            JsonNode steps = JSON.readTree(new String(body, StandardCharsets.UTF_8));
            yield operations.patch(key, subresource, live -> Patches.json(key.kind(), key.name(), live, steps), options);
          }
          case "application/merge-patch+json", "application/strategic-merge-patch+json" -> {
            ObjectNode patch = read(body);
            yield operations.patch(key, subresource, live -> Patches.merge(live, patch, type.contains("strategic")), options);
          }
          default -> throw new ApiFailure(415, "UnsupportedMediaType", "the body of the request was in an unknown format: " + type);
        };
    return new Answer(written.created() ? 201 : 200, written.object());
  }

  private static ApiOperations.WriteOptions options(HttpExchange exchange, Map<String, String> query) {
    String agent = userAgent(exchange);
    String manager = query.getOrDefault("fieldManager", agent.isEmpty() ? "unknown" : agent.split("/")[0]);
    return new ApiOperations.WriteOptions(manager, "true".equals(query.get("force")), "All".equals(query.get("dryRun")));
  }

  private static boolean wantsTable(HttpExchange exchange) {
    String accept = exchange.getRequestHeaders().getFirst("Accept");
    return accept != null && accept.contains("as=Table");
  }

  private static List<JsonNode> items(ObjectNode list) {
    List<JsonNode> items = new ArrayList<>();
    list.path("items").forEach(items::add);
    return items;
  }

  private static boolean isWatch(HttpExchange exchange, Map<String, String> query) {
    return exchange.getRequestMethod().equals("GET") && List.of("true", "1").contains(query.getOrDefault("watch", ""));
  }

  private void watch(HttpExchange exchange, Map<String, String> query) throws IOException {
    WatchStream stream;
    try {
      ApiPath path = ApiPath.parse(exchange.getRequestURI().getRawPath());
      Predicate<JsonNode> selected = Selectors.of(query.get("labelSelector"), query.get("fieldSelector"));
      Predicate<JsonNode> named =
          path.name() == null ? selected : selected.and(object -> path.name().equals(object.path("metadata").path("name").asText()));
      stream = new WatchStream(store, kindOf(path), path.namespace(), named);
    } catch (ApiFailure failure) {
      log.accept(call(exchange, query, "watch", failure.code()));
      send(exchange, new Answer(failure.code(), failure.body()));
      return;
    }
    log.accept(call(exchange, query, "watch", 200));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    String seconds = query.get("timeoutSeconds");
    Duration atMost = seconds == null || seconds.isEmpty() ? WATCH_AT_MOST : Duration.ofSeconds(Long.parseLong(seconds));
    try (OutputStream out = exchange.getResponseBody()) {
      stream.write(out, query.get("resourceVersion"), atMost, "true".equals(query.get("allowWatchBookmarks")));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] bytes = JSON.writeValueAsBytes(answer.body());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(answer.code(), bytes.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private static String verb(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    return switch (exchange.getRequestMethod()) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "DELETE" -> "delete";
      case "PATCH" -> contentType(exchange).equals("application/apply-patch+yaml") ? "apply" : "patch";
      default -> isCollection(path) ? "list" : "get";
    };
  }

  private static boolean isCollection(String path) {
    try {
      return ApiPath.parse(path).name() == null;
    } catch (ApiFailure failure) {
      return false;
    }
  }

  private static ApiCall call(HttpExchange exchange, Map<String, String> query, String verb, int code) {
    String path = exchange.getRequestURI().getPath();
    return new ApiCall(verb, path, exchange.getRequestURI().getRawQuery(), userAgent(exchange), query.get("fieldManager"), code);
  }

  private static String userAgent(HttpExchange exchange) {
    String agent = exchange.getRequestHeaders().getFirst("User-Agent");
    return agent == null ? "" : agent;
  }

  private static String contentType(HttpExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return type == null ? "" : type.split(";")[0].trim();
  }

  private static ObjectNode success() {
    return JsonNodeFactory.instance.objectNode().put("kind", "Status").put("apiVersion", "v1").put("status", "Success");
  }

  private static ObjectNode read(byte[] body) throws JsonProcessingException {
    if (body.length > 3 && body[0] == 'k' && body[1] == '8' && body[2] == 's' && body[3] == 0) {
      throw new ApiFailure(415, "UnsupportedMediaType", "this server understands JSON and YAML, and no protobuf");
    }
    String text = new String(body, StandardCharsets.UTF_8);
    JsonNode node = text.stripLeading().startsWith("{") ? JSON.readTree(text) : YAML.readTree(text);
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw ApiFailure.badRequest("the body is no object");
  }

  private static ObjectNode readOptional(byte[] body) throws JsonProcessingException {
    return body.length == 0 ? JsonNodeFactory.instance.objectNode() : read(body);
  }

  private static Map<String, String> query(@Nullable String raw) {
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
}
