package dev.keyferry.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server as a child process, with its output in a file. It dies with this JVM, however that ends: its keeper kills it as soon as the pipe
 * from here closes.
 */
final class ServerProcess implements AutoCloseable {

  private static final String KEEPER =
      """
      exec 3<&0
      "$@" </dev/null 3<&- &
      server=$!
      cat <&3 >/dev/null &
      pipe=$!
      wait -n
      kill -9 $server $pipe 2>/dev/null
      wait $server 2>/dev/null
      """;

  private static final int STOP_SECONDS = 10;

  private final String name;
  private final Path log;
  private final Process keeper;

  private ServerProcess(String name, Path log, Process keeper) {
    this.name = name;
    this.log = log;
    this.keeper = keeper;
  }

  static ServerProcess start(String name, Path log, List<String> command) {
    var kept = new ArrayList<>(List.of("bash", "-c", KEEPER, name));
    kept.addAll(command);
    try {
      var keeper = new ProcessBuilder(kept).redirectErrorStream(true).redirectOutput(log.toFile()).start();
      return new ServerProcess(name, log, keeper);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Throws if the server has ended.
   *
   * @throws IllegalStateException with the end of its log
   */
  void requireAlive() {
    if (!keeper.isAlive()) {
      throw new IllegalStateException("%s has ended; the end of %s:%n%s".formatted(name, log, tail()));
    }
  }

  private String tail() {
    try {
      var lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    try {
      keeper.getOutputStream().close();
      keeper.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
