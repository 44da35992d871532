package dev.keyferry.demo;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Applies the manifests of this repository as kubectl would, by server-side apply. */
final class Manifests {

  private static final String MANAGER = "kubectl";

  private final KubernetesClient client;
  private final Path root;

  /** Reads below that folder, the root of the repository. */
  Manifests(KubernetesClient client, Path root) {
    this.client = client;
    this.root = root;
  }

  /** Applies every definition in {@code crds/}; returns their names. */
  List<String> definitions() throws IOException {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(root.resolve("crds"))) {
      for (Path file : files.filter(f -> f.getFileName().toString().startsWith("keyferry.dev_")).sorted().toList()) {
        names.addAll(apply(file));
      }
    }
    return names;
  }

  /** Applies the example of that file name; returns what it held, such as {@code ClusterSecretStore/aws}. */
  List<String> example(String fileName) throws IOException {
    return apply(root.resolve("deploy/examples").resolve(fileName));
  }

  /** Applies the example's ExternalSecret with another refresh interval. */
  String externalSecret(String fileName, String refreshInterval) throws IOException {
    for (HasMetadata object : read(root.resolve("deploy/examples").resolve(fileName))) {
      if (object instanceof GenericKubernetesResource example && example.get("spec") instanceof Map<?, ?> spec) {
        Map<Object, Object> changed = new LinkedHashMap<>(spec);
        changed.put("refreshInterval", refreshInterval);
        example.setAdditionalProperty("spec", changed);
        return apply(example);
      }
    }
    throw new StepFailed("expected an ExternalSecret in deploy/examples/" + fileName);
  }

  /** Applies one object. */
  String apply(HasMetadata object) {
    client.resource(object).fieldManager(MANAGER).serverSideApply();
    return object.getKind() + "/" + object.getMetadata().getName();
  }

  private List<String> apply(Path file) throws IOException {
    return read(file).stream().map(this::apply).toList();
  }

  private List<HasMetadata> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return client.load(in).items();
    }
  }
}
