package dev.keyferry.cluster;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Counts certain requests while they happen; reads each line of the audit log once and parses none, so that it costs next to nothing. */
final class AuditFollower {

  private final Path file;
  private final List<String> texts;
  private long place;
  private int found;

  /** Counts the lines from a mark on that hold all of those texts. */
  AuditFollower(AuditLog log, long mark, String... texts) {
    this.file = log.file();
    this.place = mark;
    this.texts = List.of(texts);
  }

  /** How many there are by now. */
  int count() {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(place);
      var bytes = new byte[Math.toIntExact(log.length() - place)];
      log.readFully(bytes);
      var text = new String(bytes, StandardCharsets.ISO_8859_1);
      var complete = text.lastIndexOf('\n') + 1;
      found += (int) text.substring(0, complete).lines().filter(line -> texts.stream().allMatch(line::contains)).count();
      place += complete;
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
