package dev.keyferry.bootstrap;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.config.OperatorConfig;
import dev.keyferry.restart.RestartController;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks, before anything starts, whether what will be watched can be listed: informers try again for ever and in silence, and what cannot
 * become right by waiting is to be said.
 */
final class Preflight {

  private static final List<Class<? extends HasMetadata>> NAMESPACED =
      Stream.concat(Stream.of(ExternalSecret.class, SecretStore.class, Secret.class), RestartController.WATCHED.stream()).toList();
  private static final List<Class<? extends HasMetadata>> CLUSTER_WIDE = List.of(ClusterSecretStore.class, Namespace.class);

  private final KubernetesClient client;
  private final OperatorConfig config;

  Preflight(KubernetesClient client, OperatorConfig config) {
    this.client = client;
    this.config = config;
  }

  /** What stands in the way of a start, each with what to do; empty where nothing does. */
  List<String> problems() {
    Optional<String> unreachable = reach();
    if (unreachable.isPresent()) {
      return List.of(unreachable.get());
    }
    List<String> problems = new ArrayList<>();
    CLUSTER_WIDE.forEach(type -> list(type, "").ifPresent(problems::add));
    for (String namespace : config.watchNamespaces().isEmpty() ? List.of("") : config.watchNamespaces()) {
      NAMESPACED.forEach(type -> list(type, namespace).ifPresent(problems::add));
    }
    return problems;
  }

  /* Any answer will do: what is asked for is open to everyone, or its refusal shows that someone answers. */
  private Optional<String> reach() {
    try {
      client.getKubernetesVersion();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      String server = "the Kubernetes API server at " + client.getMasterUrl();
      if (e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
        return Optional.of(server + " does not accept the operator's credentials: check KUBECONFIG");
      }
      boolean answered = e.getCode() > 0;
      return answered
          ? Optional.empty()
          : Optional.of(server + " is not reached (" + root(e) + "): check KUBECONFIG, or network policies");
    }
  }

  private <T extends HasMetadata> Optional<String> list(Class<T> type, String namespace) {
    try {
      var one = new ListOptionsBuilder().withLimit(1L).build();
      if (namespace.isEmpty()) {
        client.resources(type).inAnyNamespace().list(one);
      } else {
        client.resources(type).inNamespace(namespace).list(one);
      }
      return Optional.empty();
    } catch (KubernetesClientException e) {
      String what = HasMetadata.getFullResourceName(type);
      return switch (e.getCode()) {
        case HttpURLConnection.HTTP_FORBIDDEN -> Optional.of(
            "Kubernetes forbids the operator to list " + what + (namespace.isEmpty() ? " in all namespaces" : " in namespace " + namespace)
                + ": grant the roles of deploy/ or of the chart, or name the namespaces to watch");
        case HttpURLConnection.HTTP_NOT_FOUND -> Optional.of(
            "the Kubernetes API server does not know " + what + ": install the custom resource definitions in crds/");
        default -> Optional.of("Kubernetes answered " + e.getCode() + " when the operator listed " + what);
      };
    }
  }

  private static String root(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
