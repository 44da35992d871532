package dev.keyferry;

import dev.keyferry.bootstrap.OperatorRuntime;
import dev.keyferry.bootstrap.StartFailure;
import dev.keyferry.config.ConfigParser;
import dev.keyferry.config.OperatorConfig;
import dev.keyferry.config.ParsedConfig;
import dev.keyferry.kube.LeanJson;
import dev.keyferry.kube.PingedHttpFactory;
import dev.keyferry.observe.LogLines;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The entry point: reads the configuration and runs the operator until it is told to stop. */
public final class Main {

  private static final int FAILED = 1;
  private static final int MISUSED = 2;

  /* 3 s in all. The client's own 10 tries take 100 s, for as long as which a leader would not see that its lease is gone. */
  private static final int RETRIES = 5;

  private Main() {}

  /** Runs the operator; {@code --help} lists the flags. Exits with 1 when it fails, with 2 when the configuration is wrong. */
  public static void main(String[] args) {
    Map<String, String> environment = System.getenv();
    switch (ConfigParser.parse(args, environment, Main::read)) {
      case ParsedConfig.Help(var text) -> System.out.println(text);
      case ParsedConfig.Version() -> System.out.println("keyferry " + version());
      case ParsedConfig.Invalid(var errors) -> {
        errors.forEach(error -> System.err.println("keyferry: " + error));
        System.err.println("keyferry: see --help");
        System.exit(MISUSED);
      }
      case ParsedConfig.Configured(var config, var warnings) -> {
        System.setProperty(LogLines.LEVEL, config.logLevel());
        Logger logger = LoggerFactory.getLogger(Main.class);
        warnings.forEach(warning -> logger.atWarn().addKeyValue("setting", warning).log("configuration"));
        try {
          run(config, environment);
        } catch (StartFailure e) {
          e.problems().forEach(problem -> logger.atError().log("the operator could not start: " + problem));
          System.exit(FAILED);
        } catch (BindException e) {
          logger
              .atError()
              .log("the operator could not start: port " + config.httpPort() + " is taken (" + e.getMessage() + "): see --http-port");
          System.exit(FAILED);
        } catch (Throwable e) {
          logger.atError().setCause(e).log("the operator could not start");
          System.exit(FAILED);
        }
      }
    }
  }

  private static void run(OperatorConfig config, Map<String, String> environment) throws Exception {
    Config kubernetes = Config.autoConfigure(null);
    kubernetes.setUserAgent("keyferry/" + version());
    // Requests are bounded, and the JDK's client spends a quarter less processor time on them over connections of their own.
    kubernetes.setHttp2Disable(true);
    kubernetes.setRequestRetryBackoffLimit(Math.min(kubernetes.getRequestRetryBackoffLimit(), RETRIES));
    KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(kubernetes)
            .withHttpClientFactory(new PingedHttpFactory())
            .withKubernetesSerialization(LeanJson.serialization())
            .build();
    OperatorRuntime runtime =
        new OperatorRuntime(config, environment::get, client, instance(environment), version(), Main::leaveInHaste);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("keyferry-shutdown").unstarted(runtime::close));
    runtime.start();
  }

  /* On a thread of its own: the caller is the one that the shutdown waits for. */
  private static void leaveInHaste() {
    Thread.ofPlatform().start(() -> System.exit(FAILED));
  }

  private static String instance(Map<String, String> environment) {
    String host = environment.get("HOSTNAME");
    String suffix = UUID.randomUUID().toString().substring(0, 8);
    return host == null || host.isBlank() ? "keyferry-" + suffix : host + "_" + suffix;
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isReadable(file) ? Optional.of(Files.readString(file)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
