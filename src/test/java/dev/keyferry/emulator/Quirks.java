package dev.keyferry.emulator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Where AWS's behaviour is not certain or varies, set by tests. Thread-safe. */
final class Quirks {

  /** What KMS does with a secret. */
  enum Kms {
    WORKS,
    DENIED,
    BROKEN
  }

  private Duration listLag = Duration.ZERO;
  private boolean stageMovesDate = true;
  private boolean tagsMoveDate = true;
  private boolean emptyFailsBatch;
  private boolean emptyPages;
  private final Map<String, Kms> kms = new HashMap<>();
  private final Set<String> faulty = new HashSet<>();

  synchronized Duration listLag() {
    return listLag;
  }

  synchronized void listLag(Duration lag) {
    listLag = lag;
  }

  synchronized boolean stageMovesDate() {
    return stageMovesDate;
  }

  synchronized void stageMovesDate(boolean moves) {
    stageMovesDate = moves;
  }

  synchronized boolean tagsMoveDate() {
    return tagsMoveDate;
  }

  synchronized void tagsMoveDate(boolean moves) {
    tagsMoveDate = moves;
  }

  synchronized boolean emptyFailsBatch() {
    return emptyFailsBatch;
  }

  synchronized void emptyFailsBatch(boolean fails) {
    emptyFailsBatch = fails;
  }

  synchronized boolean emptyPages() {
    return emptyPages;
  }

  synchronized void emptyPages(boolean empty) {
    emptyPages = empty;
  }

  synchronized boolean faulty(String name) {
    return faulty.contains(name);
  }

  synchronized void faulty(String name, boolean fails) {
    if (fails) {
      faulty.add(name);
    } else {
      faulty.remove(name);
    }
  }

  synchronized Kms kms(String name) {
    return kms.getOrDefault(name, Kms.WORKS);
  }

  synchronized void kms(String name, Kms state) {
    kms.put(name, state);
  }
}
