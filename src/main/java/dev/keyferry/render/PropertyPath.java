package dev.keyferry.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The grammar of {@code remoteRef.property}, which is External Secrets Operator's for plain paths: first a field of just that name, dots
 * included; else steps between dots, where a backslash takes the next character as it is and a number is an index into an array.
 */
final class PropertyPath {

  private PropertyPath() {}

  /** Finds a property in a document. */
  static Optional<JsonText> find(JsonText document, String property) {
    if (document.isObject()) {
      Optional<JsonText> literal = document.child(property);
      if (literal.isPresent()) {
        return literal;
      }
    }
    Optional<JsonText> at = Optional.of(document);
    for (String step : steps(property)) {
      at = at.flatMap(value -> value.child(step));
    }
    return at;
  }

  private static List<String> steps(String property) {
    List<String> steps = new ArrayList<>();
    StringBuilder step = new StringBuilder();
    for (int i = 0; i < property.length(); i++) {
      char c = property.charAt(i);
      if (c == '\\' && i + 1 < property.length()) {
        step.append(property.charAt(++i));
      } else if (c == '.') {
        steps.add(step.toString());
        step.setLength(0);
      } else {
        step.append(c);
      }
    }
    steps.add(step.toString());
    return steps;
  }
}
