package dev.keyferry.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** HTTP on one side, {@link ApiOperations} on the other. */
final class HttpApi implements HttpHandler {

  private static final ObjectMapper JSON = new ObjectMapper();

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

  /** Work that may fail in Kubernetes' words. */
  private interface Work<T> {
    T run() throws JsonProcessingException;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      ApiRequest request = new ApiRequest(exchange);
      if (request.webSocket()) {
        // Any answer but an upgrade; on 200 the client falls back to a plain watch at once, on an error it would try again first.
        exchange.sendResponseHeaders(200, -1);
      } else if (request.watch()) {
        watch(exchange, request);
      } else {
        Answer answer = answer(() -> route(request));
        log.accept(request.call(answer.code()));
        send(exchange, answer);
      }
    }
  }

  private static Answer answer(Work<Answer> work) {
    ApiFailure failure;
    try {
      return work.run();
    } catch (ApiFailure e) {
      failure = e;
    } catch (JsonProcessingException e) {
      failure = ApiFailure.badRequest("the body is neither JSON nor YAML that this server understands");
    } catch (RuntimeException e) {
      failure = new ApiFailure(500, "InternalError", "embedded API: " + e);
    }
    return new Answer(failure.code(), failure.body());
  }

  private Answer route(ApiRequest request) throws JsonProcessingException {
    JsonNode other = elsewhere(request.rawPath());
    if (other != null) {
      return new Answer(200, other);
    }
    ApiPath path = ApiPath.parse(request.rawPath());
    if (path.group().equals("authorization.k8s.io")) {
      return new Answer(201, Reviews.answer(request.object(), path.plural()));
    }
    ApiKind kind = kindOf(path);
    if (path.name() == null) {
      return collection(request, path, kind);
    }
    ObjectStore.Key key = key(kind, path, path.name());
    if (path.subresource().equals("token")) {
      return new Answer(201, tokens.answer(operations.get(key), request.object()));
    }
    return one(request, key, path.subresource());
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

  private static ObjectStore.Key key(ApiKind kind, ApiPath path, String name) {
    return new ObjectStore.Key(kind, path.namespace() == null ? "" : path.namespace(), name);
  }

  private Answer collection(ApiRequest request, ApiPath path, ApiKind kind) throws JsonProcessingException {
    return switch (request.method()) {
      case "GET" -> list(request, path, kind);
      case "POST" -> {
        ObjectNode object = request.object();
        yield new Answer(201, operations.create(key(kind, path, nameOf(object)), object, request.options()).object());
      }
      case "DELETE" -> deleteAll(request, path, kind);
      default -> throw ApiFailure.methodNotAllowed();
    };
  }

  private static String nameOf(ObjectNode object) {
    JsonNode metadata = object.path("metadata");
    String name = metadata.path("name").asText("");
    return name.isEmpty() ? metadata.path("generateName").asText("") + Long.toString(System.nanoTime(), 36) : name;
  }

  private Answer list(ApiRequest request, ApiPath path, ApiKind kind) {
    ObjectNode list = ObjectLists.page(kind, store.list(kind, path.namespace()), selected(request), request.query());
    if (!request.wantsTable()) {
      return new Answer(200, list);
    }
    List<JsonNode> items = new ArrayList<>();
    list.path("items").forEach(items::add);
    return new Answer(200, tables.of(kind, items, list.path("metadata")));
  }

  private Answer deleteAll(ApiRequest request, ApiPath path, ApiKind kind) throws JsonProcessingException {
    ObjectNode options = request.objectOrEmpty();
    Predicate<JsonNode> selected = selected(request);
    for (ObjectNode object : store.list(kind, path.namespace()).objects()) {
      JsonNode metadata = object.path("metadata");
      if (selected.test(object)) {
        operations.delete(new ObjectStore.Key(kind, metadata.path("namespace").asText(""), metadata.path("name").asText()), options);
      }
    }
    return new Answer(200, JsonNodeFactory.instance.objectNode().put("kind", "Status").put("apiVersion", "v1").put("status", "Success"));
  }

  private static Predicate<JsonNode> selected(ApiRequest request) {
    return Selectors.of(request.query("labelSelector"), request.query("fieldSelector"));
  }

  private Answer one(ApiRequest request, ObjectStore.Key key, String subresource) throws JsonProcessingException {
    return switch (request.method()) {
      case "GET" -> {
        ObjectNode object = operations.get(key);
        JsonNode metadata = JsonNodeFactory.instance.objectNode();
        yield new Answer(200, request.wantsTable() ? tables.of(key.kind(), List.of(object), metadata) : object);
      }
      case "PUT" -> new Answer(200, operations.update(key, subresource, request.object(), request.options()).object());
      case "DELETE" -> {
        ObjectNode options = request.objectOrEmpty();
        String policy = request.query("propagationPolicy");
        yield new Answer(200, operations.delete(key, policy == null ? options : options.put("propagationPolicy", policy)));
      }
      case "PATCH" -> patch(request, key, subresource);
      default -> throw ApiFailure.methodNotAllowed();
    };
  }

  private Answer patch(ApiRequest request, ObjectStore.Key key, String subresource) throws JsonProcessingException {
    String type = request.contentType();
    ApiOperations.Written written =
        switch (type) {
          case ApiRequest.APPLY -> {
            if (request.query("fieldManager") == null) {
              throw ApiFailure.badRequest(
                  "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
            }
            yield operations.apply(key, subresource, request.object(), request.options());
          }
          case "application/json-patch+json" -> {
            JsonNode steps = request.tree();
            yield operations.patch(key, subresource, live -> Patches.json(key.kind(), key.name(), live, steps), request.options());
          }
          case "application/merge-patch+json", "application/strategic-merge-patch+json" -> {
            ObjectNode patch = request.object();
            boolean strategic = type.contains("strategic");
            yield operations.patch(key, subresource, live -> Patches.merge(live, patch, strategic), request.options());
          }
          default -> throw new ApiFailure(415, "UnsupportedMediaType", "the body of the request was in an unknown format: " + type);
        };
    return new Answer(written.created() ? 201 : 200, written.object());
  }

  private void watch(HttpExchange exchange, ApiRequest request) throws IOException {
    WatchStream stream;
    try {
      ApiPath path = ApiPath.parse(request.rawPath());
      String name = path.name();
      Predicate<JsonNode> named = object -> name == null || name.equals(object.path("metadata").path("name").asText());
      stream = new WatchStream(store, kindOf(path), path.namespace(), selected(request).and(named));
    } catch (ApiFailure failure) {
      log.accept(request.call(failure.code()));
      send(exchange, new Answer(failure.code(), failure.body()));
      return;
    }
    log.accept(request.call(200));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      stream.write(out, request.query("resourceVersion"), request.watchAtMost(), "true".equals(request.query("allowWatchBookmarks")));
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
}
