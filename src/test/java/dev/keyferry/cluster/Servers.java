package dev.keyferry.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The folder of server binaries that {@code .ci/servers/build} fills.
 *
 * @param folder holds {@code bin/}
 */
record Servers(Path folder) {

  /** Names the folder outright. */
  static final String VARIABLE = "KEYFERRY_SERVERS";

  /** The folder that the environment names, else the one in the cache. */
  static Servers locate(Map<String, String> environment) {
    return new Servers(named(environment, VARIABLE).orElseGet(() -> cache(environment).resolve("servers")));
  }

  /**
   * A binary's path.
   *
   * @throws IllegalStateException if it is missing; the message says how to get it
   */
  Path binary(String name) {
    var path = folder.resolve("bin").resolve(name);
    if (!Files.isExecutable(path)) {
      throw new IllegalStateException("%s is missing: run .ci/servers/build, or set %s to a folder that it made".formatted(path, VARIABLE));
    }
    return path;
  }

  private static Path cache(Map<String, String> environment) {
    return named(environment, "KEYFERRY_CACHE")
        .orElseGet(
            () ->
                named(environment, "XDG_CACHE_HOME")
                    .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                    .resolve("keyferry"));
  }

  private static Optional<Path> named(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(value -> !value.isBlank()).map(Path::of);
  }
}
