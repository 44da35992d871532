package dev.keyferry.crds;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes {@code crds/} and the chart's copy of it. Run it with {@code mvn -q -Pcrds}; the same classes always give the same bytes.
 */
public final class CrdGenerator {

  /** Where the files stand, below the checkout. */
  static final List<String> FOLDERS = List.of("crds", "helm/keyferry/files/crds");

  private static final String HEADER = "# Generated from the records in src/main/java/dev/keyferry/api by: mvn -q -Pcrds\n";

  private static final List<Class<? extends CustomResource<?, ?>>> KINDS =
      List.of(ExternalSecret.class, SecretStore.class, ClusterSecretStore.class);

  private CrdGenerator() {}

  /**
   * Writes every file into every folder.
   *
   * @param args the root of the checkout
   * @throws IOException if a file cannot be written
   */
  public static void main(String[] args) throws IOException {
    var root = Path.of(args[0]);
    var files = files();
    for (var folder : FOLDERS) {
      var directory = Files.createDirectories(root.resolve(folder));
      for (var file : files.entrySet()) {
        Files.writeString(directory.resolve(file.getKey()), file.getValue());
      }
    }
  }

  /** File names and their whole text, sorted by name. */
  static Map<String, String> files() {
    var files = new TreeMap<String, String>();
    for (var kind : KINDS) {
      var crd = new CrdFinish(kind).apply(generate(kind));
      files.put("%s_%s.yaml".formatted(crd.getSpec().getGroup(), crd.getSpec().getNames().getPlural()), text(crd));
    }
    return files;
  }

  private static String text(CustomResourceDefinition crd) {
    var yaml =
        YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();
    try {
      return HEADER + yaml.writeValueAsString(new KubernetesSerialization().convertValue(crd, JsonNode.class));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static CustomResourceDefinition generate(Class<? extends HasMetadata> kind) {
    var generated = new ArrayList<CustomResourceDefinition>();
    var generator =
        new CRDGenerator()
            .forCRDVersions("v1")
            .customResourceClasses(List.<Class<? extends HasMetadata>>of(kind))
            .withParallelGenerationEnabled(false)
            .withPostProcessor(
                new CRDPostProcessor() {
                  @Override
                  public HasMetadata process(HasMetadata crd, String version) {
                    generated.add((CustomResourceDefinition) crd);
                    return crd;
                  }
                })
            .withOutput(new Nowhere());
    generator.generate();
    return generated.getFirst();
  }

  /** The definitions are taken from the post-processor; the generator's own text is dropped. */
  private static final class Nowhere implements CRDGenerator.CRDOutput<OutputStream> {
    @Override
    public OutputStream outputFor(String crdName) {
      return OutputStream.nullOutputStream();
    }

    @Override
    public URI crdURI(String crdName) {
      return URI.create("file:///" + crdName);
    }

    @Override
    public void close() {}
  }
}
