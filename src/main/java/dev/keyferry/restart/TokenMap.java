package dev.keyferry.restart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keyferry.kube.LeanJson;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tokens by key, as the annotations of workloads hold them: one line of JSON, sorted, at most {@value #MAX} entries.
 *
 * @param tokens token by key; sorted
 */
record TokenMap(Map<String, String> tokens) {

  static final int MAX = 100;
  static final TokenMap EMPTY = new TokenMap(Map.of());

  private static final ObjectMapper JSON = LeanJson.mapper();
  private static final TypeReference<Map<String, String>> TYPE = new TypeReference<>() {};

  /** Keeps the first entries where there are more than {@value #MAX}. */
  TokenMap {
    TreeMap<String, String> sorted = new TreeMap<>(tokens);
    while (sorted.size() > MAX) {
      sorted.pollLastEntry();
    }
    tokens = Collections.unmodifiableMap(sorted);
  }

  /** The map in an annotation's text; empty where there is none, or where it cannot be read. */
  static TokenMap parse(@Nullable String text) {
    if (text == null) {
      return EMPTY;
    }
    try {
      Map<String, String> read = JSON.readValue(text, TYPE);
      return read == null || read.containsValue(null) ? EMPTY : new TokenMap(read);
    } catch (JsonProcessingException e) {
      return EMPTY;
    }
  }

  @Nullable String get(String key) {
    return tokens.get(key);
  }

  boolean has(String key, String token) {
    return token.equals(tokens.get(key));
  }

  /** The annotation's text; the same for equal maps. */
  String text() {
    try {
      return JSON.writeValueAsString(tokens);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings did not serialise", e);
    }
  }
}
