package dev.keyferry.observe;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is logged, and how: one JSON object per line, with the keys timestamp, level, loggerName, mdc, kvpList, formattedMessage and throwable.
 * Without a file, so that no XML parser is loaded for it. A file where Logback looks for one comes first.
 */
public final class LogLines extends ContextAwareBase implements Configurator {

  /** The system property with the operator's own level; info where it is not set. */
  public static final String LEVEL = "KEYFERRY_LOG_LEVEL";

  /** The appender's name. */
  static final String OUTPUT = "stdout";

  /** Requests and wire logs hold credentials and secret values: they stay off whatever the level. */
  private static final Map<String, Level> LIBRARIES =
      Map.of(
          "io.fabric8", Level.WARN,
          // Says that Argo's API is called v1alpha1.
          "io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils", Level.ERROR,
          "io.javaoperatorsdk", Level.WARN,
          // JOSDK's too, by a name of its own.
          "Default ConfigurationService implementation", Level.WARN,
          "software.amazon.awssdk", Level.WARN,
          "software.amazon.awssdk.request", Level.OFF,
          "org.apache.hc", Level.WARN,
          "org.apache.hc.client5.http.wire", Level.OFF,
          "org.apache.hc.client5.http.headers", Level.OFF);

  /** For logback, which finds it as a service. */
  public LogLines() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (anyFile()) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    prepare(context);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static boolean anyFile() {
    return System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null
        || Stream.of(ClassicConstants.AUTOCONFIG_FILE, ClassicConstants.TEST_AUTOCONFIG_FILE)
            .anyMatch(name -> LogLines.class.getResource("/" + name) != null);
  }

  /** The levels and the one output. */
  static void prepare(LoggerContext context) {
    LIBRARIES.forEach((name, level) -> context.getLogger(name).setLevel(level));
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(System.getProperty(LEVEL), Level.INFO));
    root.addAppender(output(context));
  }

  private static ConsoleAppender<ILoggingEvent> output(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithThreadName(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    ConsoleAppender<ILoggingEvent> output = new ConsoleAppender<>();
    output.setContext(context);
    output.setName(OUTPUT);
    output.setEncoder(encoder);
    output.start();
    return output;
  }
}
