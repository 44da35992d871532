package dev.keyferry.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Shows objects as a person sees them, and Secrets without their values. */
final class View {

  private View() {}

  /** The keys of a Secret and how many bytes each holds. */
  static String sizes(Secret secret) {
    Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
    return new TreeMap<>(data)
        .entrySet().stream()
            .map(entry -> entry.getKey() + " (" + Base64.getDecoder().decode(entry.getValue()).length + " bytes)")
            .collect(Collectors.joining(", "));
  }

  /** What {@code kubectl get} prints for a collection of that API server, header first. */
  static List<String> table(String url, String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path)).header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return lines(new ObjectMapper().readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static List<String> lines(JsonNode table) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>();
    table.path("columnDefinitions").forEach(column -> header.add(column.path("name").asText().toUpperCase(Locale.ROOT)));
    rows.add(header);
    for (JsonNode row : table.path("rows")) {
      List<String> cells = new ArrayList<>();
      row.path("cells").forEach(cell -> cells.add(cell.asText()));
      rows.add(cells);
    }
    return rows.stream().map(row -> align(row, rows)).toList();
  }

  private static String align(List<String> row, List<List<String>> rows) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      int column = i;
      int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0) + 3;
      line.append(row.get(i)).append(" ".repeat(width - row.get(i).length()));
    }
    return line.toString().stripTrailing();
  }

  /** Breaks a text into lines of at most that many characters. */
  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split("\\s+")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
