package dev.keyferry.store;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Optional;
import java.util.function.Predicate;

/** Regular expressions from manifests, in RE2's syntax: matching takes time linear in the text. */
public final class NamePattern {

  private NamePattern() {}

  /** Whether a text holds a match; empty where the expression is none. */
  public static Optional<Predicate<String>> compile(String regexp) {
    try {
      Pattern pattern = Pattern.compile(regexp);
      return Optional.of(text -> pattern.matcher(text).find());
    } catch (PatternSyntaxException e) {
      return Optional.empty();
    }
  }
}
