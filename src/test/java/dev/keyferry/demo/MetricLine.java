package dev.keyferry.demo;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A series that the metrics must hold.
 *
 * @param name the metric's name, as a prefix of the line
 * @param labels texts that must stand among its labels
 * @param value what it must show; null for any number above zero
 */
record MetricLine(String name, List<String> labels, @Nullable Double value) {

  /** What tells of the four steps before. */
  static final List<MetricLine> WANTED =
      List.of(
          new MetricLine("keyferry_externalsecret_ready{", List.of("name=\"shop-db\""), 1.0),
          new MetricLine("keyferry_externalsecret_ready{", List.of("name=\"payments\""), 0.0),
          new MetricLine("keyferry_source_errors_total{", List.of("class=\"access_denied\""), null),
          new MetricLine("keyferry_restarts_total{", List.of("kind=\"Deployment\"", "result=\"restarted\""), 1.0),
          new MetricLine("keyferry_aws_calls_total{", List.of("error_code=\"AccessDeniedException\""), null));

  /** The first line that is such a series, or null. */
  @Nullable String find(List<String> lines) {
    return lines.stream().filter(this::matches).findFirst().orElse(null);
  }

  private boolean matches(String line) {
    int end = line.lastIndexOf(' ');
    if (end < 0 || !line.startsWith(name) || !labels.stream().allMatch(line::contains)) {
      return false;
    }
    double shown = Double.parseDouble(line.substring(end + 1));
    return value == null ? shown > 0 : shown == value;
  }

  @Override
  public String toString() {
    return name + String.join(",", labels) + "} " + (value == null ? "above 0" : value.toString());
  }
}
