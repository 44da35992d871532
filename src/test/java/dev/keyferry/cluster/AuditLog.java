package dev.keyferry.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The API server's audit log, which counts requests exactly.
 *
 * @param file one JSON object per line
 */
record AuditLog(Path file) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The log's length: the place where what happens from now on will begin. */
  long mark() {
    try {
      return Files.exists(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every request from a mark on, once each: a watch when it began, all others when they ended. */
  AuditEvents since(long mark) {
    var events = new ArrayList<AuditEvent>();
    for (var line : completeLines(mark)) {
      var event = parse(line);
      var watch = event.path("verb").asText().equals("watch");
      var stage = event.path("stage").asText();
      if (stage.equals("Panic") || watch == stage.equals("ResponseStarted")) {
        events.add(AuditEvent.of(event));
      }
    }
    return new AuditEvents(events);
  }

  private List<String> completeLines(long mark) {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(mark);
      var bytes = new byte[Math.toIntExact(log.length() - mark)];
      log.readFully(bytes);
      var text = new String(bytes, StandardCharsets.UTF_8);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
