package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The selectors of lists and watches as predicates over objects. */
final class Selectors {

  private static final Pattern SET = Pattern.compile("\\s*([^\\s!=,()]+)\\s+(in|notin)\\s+\\(([^)]*)\\)\\s*");
  private static final Pattern EQUALITY = Pattern.compile("\\s*([^\\s!=,()]+)\\s*(==|=|!=)\\s*([^,()]*?)\\s*");

  private Selectors() {}

  /** Both selectors together; null selects everything. */
  static Predicate<JsonNode> of(@Nullable String labels, @Nullable String fields) {
    return labels(labels).and(fields(fields));
  }

  private static Predicate<JsonNode> labels(@Nullable String selector) {
    Predicate<JsonNode> all = object -> true;
    for (String requirement : split(selector)) {
      all = all.and(label(requirement));
    }
    return all;
  }

  private static Predicate<JsonNode> label(String requirement) {
    Matcher set = SET.matcher(requirement);
    if (set.matches()) {
      List<String> values = List.of(set.group(3).trim().split("\\s*,\\s*"));
      boolean in = set.group(2).equals("in");
      return object -> {
        String value = labelOf(object, set.group(1));
        return (value != null && values.contains(value)) == in;
      };
    }
    Matcher equality = EQUALITY.matcher(requirement);
    if (equality.matches()) {
      boolean equal = !equality.group(2).equals("!=");
      return object -> equality.group(3).equals(labelOf(object, equality.group(1))) == equal;
    }
    String name = requirement.trim();
    return name.startsWith("!") ? object -> labelOf(object, name.substring(1)) == null : object -> labelOf(object, name) != null;
  }

  private static @Nullable String labelOf(JsonNode object, String name) {
    JsonNode value = object.path("metadata").path("labels").get(name);
    return value == null ? null : value.asText();
  }

  private static Predicate<JsonNode> fields(@Nullable String selector) {
    Predicate<JsonNode> all = object -> true;
    for (String requirement : split(selector)) {
      Matcher equality = EQUALITY.matcher(requirement);
      if (!equality.matches()) {
        throw ApiFailure.badRequest("field selector not understood: " + requirement);
      }
      String pointer = "/" + equality.group(1).replace('.', '/');
      boolean equal = !equality.group(2).equals("!=");
      all = all.and(object -> object.at(pointer).asText("").equals(equality.group(3)) == equal);
    }
    return all;
  }

  /** Splits at commas outside parentheses. */
  private static List<String> split(@Nullable String selector) {
    List<String> parts = new ArrayList<>();
    if (selector == null || selector.isBlank()) {
      return parts;
    }
    int depth = 0;
    int start = 0;
    for (int i = 0; i < selector.length(); i++) {
      char c = selector.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(selector.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(selector.substring(start));
    return parts;
  }
}
