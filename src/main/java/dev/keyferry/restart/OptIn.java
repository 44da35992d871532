package dev.keyferry.restart;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which Secrets restart a workload: what its {@code keyferry.dev/restart-on-change} asks for, and where it says nothing what others do. */
sealed interface OptIn {

  /** What a Secret can be called, save for the words that mean something else. */
  Pattern NAME = Pattern.compile("(?!true$|false$)[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  /** Not annotated: others may say. */
  record Unset() implements OptIn {}

  /** {@code "false"}, whatever others say. */
  record Off() implements OptIn {}

  /** {@code "true"}: every Secret that the pods reference. */
  record Referenced() implements OptIn {}

  /** The Secrets of these names and no others, referenced or read through the API; sorted. */
  record Named(Set<String> secrets) implements OptIn {}

  /** Neither of these. */
  record Invalid(String value) implements OptIn {}

  /** The annotation's value read; null where there is none. Spaces around it and around the names do not count. */
  static OptIn parse(@Nullable String value) {
    if (value == null) {
      return new Unset();
    }
    return switch (value.strip()) {
      case "true" -> new Referenced();
      case "false" -> new Off();
      case String text -> names(text);
    };
  }

  /** The Secrets that count, among those that the pods reference. */
  default Set<String> secrets(Set<String> referenced) {
    return switch (this) {
      case Unset(), Off() -> Set.of();
      case Invalid(String _) -> Set.of();
      case Referenced() -> referenced;
      case Named(Set<String> names) -> names;
    };
  }

  private static OptIn names(String text) {
    List<String> parts = Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    return parts.stream().allMatch(part -> NAME.matcher(part).matches())
        ? new Named(Collections.unmodifiableSet(new TreeSet<>(parts)))
        : new Invalid(text);
  }
}
