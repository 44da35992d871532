package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * As much OpenAPI v3 as makes {@code kubectl apply} leave validation to the server: for each kind a patch that takes
 * {@code fieldValidation}. There are no schemas.
 */
final class OpenApi {

  private static final String ROOT = "/openapi/v3";

  private final ApiKinds kinds;

  OpenApi(ApiKinds kinds) {
    this.kinds = kinds;
  }

  /** The answer at such a path, or null where the path is none of these. */
  @Nullable ObjectNode answer(String path) {
    if (path.equals(ROOT)) {
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      ObjectNode paths = answer.putObject("paths");
      kinds.all().forEach(kind -> paths.withObjectProperty(prefix(kind)).put("serverRelativeURL", ROOT + "/" + prefix(kind)));
      return answer;
    }
    return path.startsWith(ROOT + "/") ? document(path.substring(ROOT.length() + 1)) : null;
  }

  private static String prefix(ApiKind kind) {
    return kind.group().isEmpty() ? "api/" + kind.version() : "apis/" + kind.apiVersion();
  }

  private @Nullable ObjectNode document(String prefix) {
    List<ApiKind> served = kinds.all().stream().filter(kind -> prefix(kind).equals(prefix)).toList();
    if (served.isEmpty()) {
      return null;
    }
    ObjectNode document = JsonNodeFactory.instance.objectNode().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Embedded").put("version", "v1");
    ObjectNode paths = document.putObject("paths");
    for (ApiKind kind : served) {
      String middle = kind.namespaced() ? "/namespaces/{namespace}/" : "/";
      ObjectNode patch = paths.putObject("/" + prefix + middle + kind.plural() + "/{name}").putObject("patch");
      ArrayNode parameters = patch.putArray("parameters");
      parameters.addObject().put("name", "fieldValidation").put("in", "query").putObject("schema").put("type", "string");
      patch.putObject("responses");
      ObjectNode named = patch.putObject("x-kubernetes-group-version-kind");
      named.put("group", kind.group()).put("version", kind.version()).put("kind", kind.kind());
    }
    return document;
  }
}
