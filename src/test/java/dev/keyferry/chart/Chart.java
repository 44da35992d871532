package dev.keyferry.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The chart as Helm itself, embedded by helm-java, sees it. */
final class Chart {

  /** Where the chart stands; tests run in the project's folder. */
  static final Path FOLDER = Path.of("helm", "keyferry").toAbsolutePath();

  /** Where {@code kubectl apply -k} starts. */
  static final Path DEPLOY = Path.of("deploy").toAbsolutePath();

  /** The release's namespace, also that of {@code deploy/}. */
  static final String NAMESPACE = "keyferry-system";

  private static final String KUBERNETES = "v1.35.0";

  private Chart() {}

  /** Renders the chart with its defaults. */
  static Manifests render() {
    return render("{}");
  }

  /**
   * Renders the chart.
   *
   * @param values YAML that is merged over the defaults
   * @throws RuntimeException with Helm's own message, where Helm refuses
   */
  static Manifests render(String values) {
    return Manifests.parse(text(values));
  }

  /** Renders the chart, as text. */
  static String text(String values) {
    return text(values, KUBERNETES);
  }

  /** Renders the chart for a Kubernetes version such as {@code v1.35.0}, as text. */
  static String text(String values, String kubernetes) {
    try {
      Path file = Files.createTempFile("values", ".yaml");
      try {
        Files.writeString(file, values);
        TemplateCommand command = new Helm(FOLDER).template();
        return command.withName("keyferry").withNamespace(NAMESPACE).withKubeVersion(kubernetes).withValuesFile(file).call();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@code kubectl apply -k deploy/} installs. */
  static Manifests deployed() {
    return Manifests.kustomization(DEPLOY);
  }
}
