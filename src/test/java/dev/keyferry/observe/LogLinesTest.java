package dev.keyferry.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {

  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void configure() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    LogLines.prepare(context);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void given_an_event_when_encoded_then_one_json_line_with_fixed_keys() throws Exception {
    Logger logger = context.getLogger("dev.keyferry.Some");
    LoggingEvent event = new LoggingEvent("x", logger, Level.INFO, "hello {}", null, new Object[] {"world\n\"!\""});
    event.setKeyValuePairs(List.of(new KeyValuePair("namespace", "team")));
    String line = new String(appender().getEncoder().encode(event), StandardCharsets.UTF_8);
    assertThat(line).endsWith("\n").containsOnlyOnce("\n");
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("timestamp", "level", "loggerName", "mdc", "kvpList", "formattedMessage", "throwable");
    assertThat(json.get("formattedMessage").asText()).isEqualTo("hello world\n\"!\"");
    assertThat(json.get("kvpList").get(0).get("namespace").asText()).isEqualTo("team");
  }

  @Test
  void given_the_default_level_when_configured_then_libraries_are_quiet_and_wires_silent() {
    assertThat(context.getLogger("dev.keyferry").isInfoEnabled()).isTrue();
    assertThat(context.getLogger("dev.keyferry").isDebugEnabled()).isFalse();
    assertThat(context.getLogger("io.fabric8.x").isInfoEnabled()).isFalse();
    assertThat(context.getLogger("software.amazon.awssdk.request").isErrorEnabled()).isFalse();
    assertThat(context.getLogger("org.apache.hc.client5.http.wire").isErrorEnabled()).isFalse();
  }

  @Test
  void given_a_service_of_logback_when_looked_up_then_it_is_found() {
    assertThat(ServiceLoader.load(Configurator.class)).hasAtLeastOneElementOfType(LogLines.class);
  }

  @Test
  void given_a_file_where_logback_looks_for_one_when_configured_then_it_is_left_to_the_file() {
    assertThat(LogLinesTest.class.getResource("/logback-test.xml")).isNotNull();
    assertThat(new LogLines().configure(new LoggerContext())).isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
  }

  private ConsoleAppender<ILoggingEvent> appender() {
    return (ConsoleAppender<ILoggingEvent>) context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(LogLines.OUTPUT);
  }
}
