package dev.keyferry.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Looks for canaries, words that stand in secret values only: as they are, in Base64 at each alignment, in hex and backwards. Words are of
 * letters and digits, so that neither JSON nor a URL writes them otherwise.
 */
final class Canaries {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> forms = new LinkedHashMap<>();

  Canaries(Iterable<String> words) {
    words.forEach(word -> formsOf(word).forEach(form -> forms.put(form, word)));
  }

  /** Every form of a word that is looked for. */
  static Set<String> formsOf(String word) {
    Set<String> forms = new LinkedHashSet<>(List.of(word, new StringBuilder(word).reverse().toString()));
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    String hex = HexFormat.of().formatHex(bytes);
    forms.addAll(List.of(hex, hex.toUpperCase(Locale.ROOT)));
    for (int before = 0; before < 3; before++) {
      forms.add(base64At(bytes, before));
    }
    String once = Base64.getEncoder().encodeToString(bytes);
    for (int before = 0; before < 3; before++) {
      forms.add(base64At(once.getBytes(StandardCharsets.UTF_8), before));
    }
    return forms;
  }

  /** What of the Base64 depends on the word alone when that many bytes modulo 3 stand before it. */
  private static String base64At(byte[] word, int before) {
    byte[] padded = new byte[before + word.length];
    System.arraycopy(word, 0, padded, before, word.length);
    int whole = padded.length / 3 * 3;
    String encoded = Base64.getEncoder().encodeToString(Arrays.copyOf(padded, whole));
    return encoded.substring(before == 0 ? 0 : 4);
  }

  /** Where words stand, as {@code place: word as form}; empty where none does. */
  List<String> in(String place, String text) {
    List<String> found = new ArrayList<>();
    forms.forEach(
        (form, word) -> {
          int at = text.indexOf(form);
          if (at >= 0) {
            found.add("%s: %s as %s, after %s".formatted(place, word, form, text.substring(Math.max(0, at - 120), at)));
          }
        });
    return found;
  }

  /** Where words stand in a file. */
  List<String> in(Path file) {
    try {
      return in(file.getFileName().toString(), Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where words stand in an audit log, but for what the API server itself answered. */
  List<String> in(AuditLog log) {
    List<String> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(log.file())) {
      lines.forEach(
          line -> {
            ObjectNode event = (ObjectNode) parse(line);
            event.remove("responseStatus");
            found.addAll(in(event.path("requestURI").asText(), event.toString()));
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  /** Where words stand in the cluster: every object of every kind that can be listed, with all of it but the data of Secrets. */
  List<String> in(Cluster cluster) {
    List<String> found = new ArrayList<>();
    for (JsonNode object : objects(cluster)) {
      if (object.path("kind").asText().equals("Secret")) {
        ((ObjectNode) object).remove("data");
      }
      String place = object.path("kind").asText() + " " + object.at("/metadata/namespace").asText() + "/" + object.at("/metadata/name").asText();
      found.addAll(in(place, object.toString()));
    }
    return found;
  }

  private static JsonNode objects(Cluster cluster) {
    Set<String> kinds = new TreeSet<>();
    cluster.kubectl("api-resources", "--verbs=list", "-o", "name").orFail().lines().forEach(kinds::add);
    kinds.add("events");
    String all = cluster.kubectl("get", String.join(",", kinds), "-A", "-o", "json", "--show-managed-fields").orFail();
    return parse(all).path("items");
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
