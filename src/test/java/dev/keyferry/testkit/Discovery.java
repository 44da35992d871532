package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What kubectl asks before anything else: which groups, versions and kinds there are. */
final class Discovery {

  private static final List<String> VERBS = List.of("create", "delete", "get", "list", "patch", "update", "watch");

  private final ApiKinds kinds;

  Discovery(ApiKinds kinds) {
    this.kinds = kinds;
  }

  /** The answer at such a path, or null where the path is none of these. */
  @Nullable ObjectNode answer(String path) {
    return switch (path) {
      case "/version" -> object().put("major", "1").put("minor", "35").put("gitVersion", "v1.35.0").put("platform", "linux/amd64");
      case "/api" -> coreVersions();
      case "/apis" -> groups();
      default -> resources(path);
    };
  }

  private static ObjectNode coreVersions() {
    ObjectNode answer = object().put("kind", "APIVersions");
    answer.putArray("versions").add("v1");
    answer.putArray("serverAddressByClientCIDRs");
    return answer;
  }

  private ObjectNode groups() {
    Map<String, TreeSet<String>> versions = new TreeMap<>();
    kinds.all().stream()
        .filter(kind -> !kind.group().isEmpty())
        .forEach(kind -> versions.computeIfAbsent(kind.group(), group -> new TreeSet<>()).add(kind.version()));
    versions.put("authorization.k8s.io", new TreeSet<>(List.of("v1")));
    ObjectNode answer = object().put("kind", "APIGroupList").put("apiVersion", "v1");
    ArrayNode list = answer.putArray("groups");
    versions.forEach((group, names) -> group(list.addObject().put("name", group), group, names));
    return answer;
  }

  private static void group(ObjectNode node, String group, TreeSet<String> versions) {
    ArrayNode list = node.putArray("versions");
    versions.forEach(version -> list.addObject().put("groupVersion", group + "/" + version).put("version", version));
    node.putObject("preferredVersion").put("groupVersion", group + "/" + versions.first()).put("version", versions.first());
  }

  private @Nullable ObjectNode resources(String path) {
    String apiVersion = path.equals("/api/v1") ? "v1" : path.startsWith("/apis/") ? path.substring("/apis/".length()) : "";
    List<ApiKind> served = kinds.all().stream().filter(kind -> kind.apiVersion().equals(apiVersion)).toList();
    if (served.isEmpty() && !apiVersion.equals("authorization.k8s.io/v1")) {
      return null;
    }
    ObjectNode answer = object().put("kind", "APIResourceList").put("apiVersion", "v1").put("groupVersion", apiVersion);
    ArrayNode list = answer.putArray("resources");
    if (served.isEmpty()) {
      Reviews.PLURALS.forEach((plural, kind) -> review(list.addObject(), plural, kind));
    }
    for (ApiKind kind : served) {
      ObjectNode resource = list.addObject();
      resource.put("name", kind.plural()).put("singularName", kind.kind().toLowerCase(Locale.ROOT));
      resource.put("namespaced", kind.namespaced()).put("kind", kind.kind());
      VERBS.forEach(resource.putArray("verbs")::add);
      if (!kind.shortNames().isEmpty()) {
        kind.shortNames().forEach(resource.putArray("shortNames")::add);
      }
      if (kind.status()) {
        ObjectNode status = list.addObject().put("name", kind.plural() + "/status").put("singularName", "");
        status.put("namespaced", kind.namespaced()).put("kind", kind.kind()).putArray("verbs").add("get").add("patch").add("update");
      }
    }
    return answer;
  }

  private static void review(ObjectNode resource, String plural, String kind) {
    resource.put("name", plural).put("singularName", kind.toLowerCase(Locale.ROOT)).put("namespaced", false).put("kind", kind);
    resource.putArray("verbs").add("create");
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
