package dev.keyferry.cluster;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The Java VM's options and memory limit that users get: those of the {@code Dockerfile} and of {@code deploy/deployment.yaml}. */
final class Shipped {

  private static final Path DOCKERFILE = Path.of("Dockerfile");
  private static final Path DEPLOYMENT = Path.of("deploy/deployment.yaml");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"");

  private Shipped() {}

  /** The options in front of {@code -jar}; the heap is the same share of the memory limit. */
  static List<String> jvmOptions() {
    List<String> command = entrypoint();
    var options = new ArrayList<>(List.of("-XX:MaxRAM=" + memoryLimit()));
    options.addAll(command.subList(1, command.indexOf("-jar")));
    return options;
  }

  /** How many malloc arenas the image allows. */
  static String mallocArenas() {
    return line("ENV MALLOC_ARENA_MAX=").replaceAll("\\D", "");
  }

  private static long memoryLimit() {
    Deployment deployment = Serialization.unmarshal(read(DEPLOYMENT), Deployment.class);
    Quantity limit = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getResources().getLimits().get("memory");
    return Quantity.getAmountInBytes(limit).longValueExact();
  }

  private static List<String> entrypoint() {
    return WORD.matcher(line("ENTRYPOINT")).results().map((MatchResult word) -> word.group(1)).toList();
  }

  private static String line(String beginning) {
    return read(DOCKERFILE).lines().filter(line -> line.startsWith(beginning)).findFirst().orElseThrow();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
