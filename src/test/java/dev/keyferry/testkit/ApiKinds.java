package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The kinds that the embedded API serves: the built-in ones that the operator meets, and those of every CustomResourceDefinition. */
final class ApiKinds {

  private final List<ApiKind> kinds = new CopyOnWriteArrayList<>();

  ApiKinds() {
    core("namespaces", "Namespace", false, true, "ns");
    core("nodes", "Node", false, true, "no");
    core("secrets", "Secret", true, false);
    core("configmaps", "ConfigMap", true, false, "cm");
    core("serviceaccounts", "ServiceAccount", true, false, "sa");
    core("services", "Service", true, true, "svc");
    core("events", "Event", true, false, "ev");
    core("pods", "Pod", true, true, "po");
    builtIn("events.k8s.io", "events", "Event", true, false, false);
    builtIn("apps", "deployments", "Deployment", true, true, true, "deploy");
    builtIn("apps", "statefulsets", "StatefulSet", true, true, true, "sts");
    builtIn("apps", "daemonsets", "DaemonSet", true, true, true, "ds");
    builtIn("apps", "replicasets", "ReplicaSet", true, true, true, "rs");
    builtIn("coordination.k8s.io", "leases", "Lease", true, false, false);
    builtIn("rbac.authorization.k8s.io", "roles", "Role", true, false, false);
    builtIn("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", true, false, false);
    builtIn("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", false, false, false);
    builtIn("rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding", false, false, false);
    builtIn("policy", "poddisruptionbudgets", "PodDisruptionBudget", true, true, true, "pdb");
    builtIn("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", false, true, true, "crd");
    custom("externalsecrets", "ExternalSecret", true, "es");
    custom("secretstores", "SecretStore", true, "ss");
    custom("clustersecretstores", "ClusterSecretStore", false, "css");
  }

  private void core(String plural, String kind, boolean namespaced, boolean status, String... shortNames) {
    builtIn("", plural, kind, namespaced, status, false, shortNames);
  }

  private void builtIn(
      String group, String plural, String kind, boolean namespaced, boolean status, boolean generation, String... shortNames) {
    kinds.add(new ApiKind(group, "v1", plural, kind, namespaced, status, generation, List.of(shortNames)));
  }

  private void custom(String plural, String kind, boolean namespaced, String shortName) {
    kinds.add(new ApiKind("keyferry.dev", "v1", plural, kind, namespaced, true, true, List.of(shortName)));
  }

  /** The kind that a path names, or empty. */
  Optional<ApiKind> find(String group, String version, String plural) {
    return kinds.stream().filter(k -> k.group().equals(group) && k.version().equals(version) && k.plural().equals(plural)).findFirst();
  }

  /** Serves every served version of that CustomResourceDefinition from now on. */
  void register(JsonNode definition) {
    JsonNode spec = definition.path("spec");
    JsonNode names = spec.path("names");
    List<String> shortNames = new ArrayList<>();
    names.path("shortNames").forEach(name -> shortNames.add(name.asText()));
    for (JsonNode version : spec.path("versions")) {
      if (version.path("served").asBoolean()) {
        ApiKind kind =
            new ApiKind(
                spec.path("group").asText(),
                version.path("name").asText(),
                names.path("plural").asText(),
                names.path("kind").asText(),
                "Namespaced".equals(spec.path("scope").asText()),
                version.path("subresources").has("status"),
                true,
                List.copyOf(shortNames));
        find(kind.group(), kind.version(), kind.plural()).ifPresent(kinds::remove);
        kinds.add(kind);
      }
    }
  }

  /** Every kind. */
  List<ApiKind> all() {
    return List.copyOf(kinds);
  }
}
