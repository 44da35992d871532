package dev.keyferry.render;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What Kubernetes demands of a Secret's data. A message, or nothing where all is well; never a value. */
final class SecretChecks {

  /** Bytes of keys and values together, at most. Kubernetes refuses a Secret beyond 1 MiB. */
  static final int MAX_BYTES = 1_048_576;

  private static final int MAX_KEY = 253;
  private static final int SHOWN_KEY = 64;
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1," + MAX_KEY + "}");

  private SecretChecks() {}

  /** Checks a key of the target. */
  static Optional<String> key(String key, String from) {
    if (key.length() > MAX_KEY) {
      return Optional.of("Key " + shown(key) + from + " has " + key.length() + " characters; a Secret's key has at most " + MAX_KEY + ".");
    }
    if (!KEY.matcher(key).matches() || key.equals(".") || key.equals("..")) {
      return Optional.of(
          "Key "
              + shown(key)
              + from
              + " is no key of a Secret: use letters, digits, '-', '_' and '.'. Rename it, or take single properties with data[].");
    }
    return Optional.empty();
  }

  /** Checks the size of keys and values together. */
  static Optional<String> size(Map<String, byte[]> data) {
    long total = 0;
    long largestSize = -1;
    String largest = "";
    for (Map.Entry<String, byte[]> entry : data.entrySet()) {
      long size = (long) entry.getKey().getBytes(StandardCharsets.UTF_8).length + entry.getValue().length;
      total += size;
      if (size > largestSize) {
        largestSize = size;
        largest = entry.getKey();
      }
    }
    if (total <= MAX_BYTES) {
      return Optional.empty();
    }
    return Optional.of(
        "The target would have "
            + total
            + " bytes; a Secret holds at most "
            + MAX_BYTES
            + ". The largest key is "
            + largest
            + " with "
            + largestSize
            + " bytes. Split the data over several ExternalSecrets.");
  }

  /** A key as a message may show it: on one line and bounded. */
  static String shown(String key) {
    String cut = key.codePointCount(0, key.length()) > SHOWN_KEY ? key.substring(0, key.offsetByCodePoints(0, SHOWN_KEY)) + "..." : key;
    StringBuilder shown = new StringBuilder("\"");
    cut.codePoints().forEach(c -> shown.appendCodePoint(c < ' ' || c == '"' || Character.getType(c) == Character.CONTROL ? '?' : c));
    return shown.append('"').toString();
  }
}
