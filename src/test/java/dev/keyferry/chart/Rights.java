package dev.keyferry.chart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the operator's ServiceAccount may do by the bindings among some manifests, one line per right. */
final class Rights {

  private static final String SERVICE_ACCOUNT = "keyferry";

  private Rights() {}

  /**
   * The rights by where they hold: {@code *} for the whole cluster, else a namespace. A right is {@code group/resource verb}, and
   * {@code group/resource[name] verb} where it is narrowed by name.
   */
  static Map<String, TreeSet<String>> of(Manifests manifests) {
    Map<String, TreeSet<String>> rights = new TreeMap<>();
    for (JsonNode binding : manifests.ofKind("ClusterRoleBinding")) {
      add(rights, "*", manifests, binding);
    }
    for (JsonNode binding : manifests.ofKind("RoleBinding")) {
      add(rights, binding.at("/metadata/namespace").asText(), manifests, binding);
    }
    return rights;
  }

  private static void add(Map<String, TreeSet<String>> rights, String where, Manifests manifests, JsonNode binding) {
    if (!SERVICE_ACCOUNT.equals(binding.at("/subjects/0/name").asText()) || binding.path("subjects").size() != 1) {
      throw new AssertionError(Manifests.name(binding) + " binds somebody else than the operator");
    }
    JsonNode role = role(manifests, binding);
    for (JsonNode rule : role.path("rules")) {
      rights.computeIfAbsent(where, w -> new TreeSet<>()).addAll(lines(rule));
    }
  }

  private static JsonNode role(Manifests manifests, JsonNode binding) {
    String kind = binding.at("/roleRef/kind").asText();
    String name = binding.at("/roleRef/name").asText();
    if (kind.equals("ClusterRole")) {
      return manifests.named(kind, name);
    }
    return manifests.ofKind(kind).stream()
        .filter(r -> name.equals(Manifests.name(r)) && r.at("/metadata/namespace").equals(binding.at("/metadata/namespace")))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Role " + name + " beside its binding"));
  }

  private static List<String> lines(JsonNode rule) {
    List<String> names = Manifests.texts(rule.path("resourceNames"));
    String narrowed = names.isEmpty() ? "" : names.toString();
    return Manifests.texts(rule.path("apiGroups")).stream()
        .flatMap(group -> Manifests.texts(rule.path("resources")).stream().map(resource -> group + "/" + resource + narrowed))
        .flatMap(what -> Manifests.texts(rule.path("verbs")).stream().map(verb -> what + " " + verb))
        .toList();
  }
}
