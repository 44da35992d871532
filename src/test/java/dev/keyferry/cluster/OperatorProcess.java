package dev.keyferry.cluster;

import static org.awaitility.Awaitility.await;

import dev.keyferry.config.Setting;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The operator as a process of its own, so that it can be killed. What it writes stands in a file and in memory. */
public final class OperatorProcess implements AutoCloseable {

  private static final Path LOGS = Path.of("target/cluster-logs").toAbsolutePath();
  private static final Path JAR = Path.of("target/keyferry.jar").toAbsolutePath();
  private static final List<String> INHERITED_NO_MORE = List.of("AWS_", "KEYFERRY_", "KUBERNETES_", "KUBECONFIG");
  private static final Duration START = Duration.ofSeconds(60);
  private static final int STOP_SECONDS = 45;
  private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");

  private final Process process;
  private final URI http;
  private final Path log;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;
  private final Thread reaper;
  private final HttpClient client = HttpClient.newHttpClient();

  private OperatorProcess(Process process, int port, Path log) {
    this.process = process;
    this.http = URI.create("http://127.0.0.1:" + port);
    this.log = log;
    reader = Thread.ofVirtual().start(this::read);
    reaper = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(reaper);
  }

  /**
   * What to run; every method returns a changed copy.
   *
   * @param packaged whether it runs from {@code target/keyferry.jar}, as users run it, rather than from the compiled classes
   */
  public record Setup(Path kubeconfig, Map<String, String> environment, List<String> jvmOptions, boolean packaged) {

    /** An operator with a kubeconfig and nothing else set. */
    public static Setup with(Path kubeconfig) {
      return new Setup(kubeconfig, Map.of(), List.of("-XX:+UseSerialGC", "-Xmx256m"), false);
    }

    /** Sets an environment variable, such as one of AWS's. */
    public Setup env(String name, String value) {
      var copy = new LinkedHashMap<>(environment);
      copy.put(name, value);
      return new Setup(kubeconfig, copy, jvmOptions, packaged);
    }

    /** Sets a setting through its environment variable. */
    public Setup set(Setting setting, String value) {
      return env(setting.environmentName(), value);
    }

    /** Adds an option of the Java VM. */
    public Setup jvm(String option) {
      var copy = new ArrayList<>(jvmOptions);
      copy.add(option);
      return new Setup(kubeconfig, environment, copy, packaged);
    }

    /** Starts it and returns at once; see {@link OperatorProcess#awaitReady()}. */
    public OperatorProcess start() {
      return OperatorProcess.start(this);
    }
  }

  private static OperatorProcess start(Setup setup) {
    var port = ControlPlane.freePort();
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(setup.jvmOptions());
    command.addAll(setup.packaged() ? List.of("-jar", JAR.toString()) : List.of("-cp", classpath(), "dev.keyferry.Main"));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> INHERITED_NO_MORE.stream().anyMatch(name::startsWith));
    builder.environment().put("KUBECONFIG", setup.kubeconfig().toString());
    builder.environment().put(Setting.HTTP_PORT.environmentName(), Integer.toString(port));
    builder.environment().putAll(setup.environment());
    try {
      var log = Files.createTempFile(Files.createDirectories(LOGS), "operator-", ".log");
      return new OperatorProcess(builder.start(), port, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The compiled operator with its libraries as packaged, or with the tests' where nothing is packaged yet. */
  private static String classpath() {
    var libraries = Path.of("target/lib").toAbsolutePath();
    if (Files.isDirectory(libraries)) {
      return Path.of("target/classes").toAbsolutePath() + File.pathSeparator + libraries + File.separator + "*";
    }
    var ofTests = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Arrays.stream(ofTests.split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.endsWith("test-classes" + File.separator))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /**
   * Waits until {@code /readyz} says 200.
   *
   * @throws IllegalStateException with the end of its output, if it ends instead
   */
  public OperatorProcess awaitReady() {
    await().atMost(START).pollInterval(Duration.ofMillis(50)).until(() -> aliveAnd(() -> status("/readyz") == HttpURLConnection.HTTP_OK));
    return this;
  }

  /** What {@code /metrics} says. */
  public String metrics() {
    return get("/metrics").body();
  }

  /** The status code of one of its pages; 0 while nothing listens. */
  public int status(String path) {
    try {
      return get(path).statusCode();
    } catch (UncheckedIOException e) {
      return 0;
    }
  }

  /** Everything it wrote so far. */
  public String output() {
    return String.join("\n", lines);
  }

  /** Everything it wrote so far, by lines. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** The file with its output. */
  public Path log() {
    return log;
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /** The most memory that it has had resident so far, in MiB, by the kernel's account. */
  public long peakResidentMebibytes() {
    return kernelsMebibytes("VmHWM:");
  }

  /** The memory that it has resident now, in MiB, by the kernel's account. */
  public long residentMebibytes() {
    return kernelsMebibytes("VmRSS:");
  }

  private long kernelsMebibytes(String field) {
    try (var status = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
      var line = status.filter(each -> each.startsWith(field)).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What lives on its heap once all garbage is collected, in KiB. */
  public long liveHeapKibibytes() {
    var jcmd = new Command(Path.of(System.getProperty("java.home"), "bin", "jcmd"), Map.of());
    jcmd.run(List.of(Long.toString(process.pid()), "GC.run")).orFail();
    var info = jcmd.run(List.of(Long.toString(process.pid()), "GC.heap_info")).orFail();
    return HEAP_USED.matcher(info).results().mapToLong(generation -> Long.parseLong(generation.group(1))).sum();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /** Kills it without a chance to tidy up, and waits until it is gone. */
  public void kill9() {
    process.toHandle().destroyForcibly();
    awaitEnd();
  }

  /** Sends SIGTERM and waits. */
  public int terminate() {
    // Process.destroy would close the pipes too, and lose what is written while it ends.
    process.toHandle().destroy();
    return awaitEnd();
  }

  /** Waits until it ends by itself. */
  public int awaitEnd() {
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the operator does not end; the end of %s:%n%s".formatted(log, tail()));
      }
      reader.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill9();
    Runtime.getRuntime().removeShutdownHook(reaper);
    client.close();
  }

  private boolean aliveAnd(BooleanSupplier condition) {
    if (!process.isAlive()) {
      throw new IllegalStateException("the operator ended with %d; the end of %s:%n%s".formatted(awaitEnd(), log, tail()));
    }
    return condition.getAsBoolean();
  }

  private String tail() {
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
  }

  private void read() {
    try (var from = process.inputReader();
        BufferedWriter to = Files.newBufferedWriter(log)) {
      for (var line = from.readLine(); line != null; line = from.readLine()) {
        lines.add(line);
        to.write(line);
        to.newLine();
        to.flush();
      }
    } catch (IOException e) {
      lines.add("(the output ends here: " + e.getMessage() + ")");
    }
  }

  private HttpResponse<String> get(String path) {
    try {
      return client.send(
          HttpRequest.newBuilder(http.resolve(path)).timeout(Duration.ofSeconds(5)).build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
