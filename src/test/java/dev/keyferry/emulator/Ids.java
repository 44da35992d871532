package dev.keyferry.emulator;

import java.util.Random;
import java.util.UUID;

/** Makes ids that are the same in every run. Thread-safe. */
final class Ids {

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

  private final Random random;

  Ids(long seed) {
    this.random = new Random(seed);
  }

  String uuid() {
    synchronized (random) {
      return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | 0x8000000000000000L).toString();
    }
  }

  /** The six characters that AWS ends a secret's ARN with. */
  String suffix() {
    return pick(LETTERS, 6);
  }

  /** An id of 20 characters, as of keys and users. */
  String unique(String prefix) {
    return prefix + pick(UPPER, 20 - prefix.length());
  }

  String text(int length) {
    return pick(LETTERS, length);
  }

  private String pick(String from, int length) {
    StringBuilder picked = new StringBuilder();
    synchronized (random) {
      for (int i = 0; i < length; i++) {
        picked.append(from.charAt(random.nextInt(from.length())));
      }
    }
    return picked.toString();
  }
}
