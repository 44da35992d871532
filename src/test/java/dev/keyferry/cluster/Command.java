package dev.keyferry.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A command line tool with the environment that it runs in.
 *
 * @param binary the tool
 * @param environment what is added to this process's environment
 */
record Command(Path binary, Map<String, String> environment) {

  /** Runs it to its end with nothing on its standard input. */
  Outcome run(List<String> arguments) {
    return run(arguments, "");
  }

  /** Runs it to its end with a text on its standard input. */
  Outcome run(List<String> arguments, String input) {
    var line = new ArrayList<>(List.of(binary.toString()));
    line.addAll(arguments);
    var builder = new ProcessBuilder(line);
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      var errors = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), Thread::startVirtualThread);
      var output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), Thread::startVirtualThread);
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      return new Outcome(String.join(" ", line.subList(1, line.size())), process.waitFor(), output.join(), errors.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String read(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * How a run ended.
   *
   * @param command its arguments, for messages
   * @param exit its exit code
   * @param output what it wrote to its standard output
   * @param errors what it wrote to its standard error
   */
  record Outcome(String command, int exit, String output, String errors) {

    boolean succeeded() {
      return exit == 0;
    }

    /**
     * Its output.
     *
     * @throws AssertionError if it failed
     */
    String orFail() {
      if (!succeeded()) {
        throw new AssertionError("%s: exit code %d%n%s%n%s".formatted(command, exit, output, errors));
      }
      return output;
    }
  }
}
