package dev.keyferry.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads typed values; a text that is none adds an error and gives the default, so that all errors are found at once. */
final class SettingReader {

  private static final Pattern BYTES = Pattern.compile("([0-9]{1,15})(Ki|Mi|Gi)?");

  private final Arguments arguments;
  private final List<String> errors;

  SettingReader(Arguments arguments, List<String> errors) {
    this.arguments = arguments;
    this.errors = errors;
  }

  /** The flag or the variable that a setting came from, for messages. */
  String from(Setting setting) {
    return arguments.given(setting).map(Arguments.Given::from).orElse(setting.flag());
  }

  int number(Setting setting, int min, int max) {
    return read(
        setting,
        "a whole number from " + min + " to " + max,
        text ->
            Optional.of(text)
                .filter(t -> t.matches("[0-9]{1,9}"))
                .map(Integer::parseInt)
                .filter(n -> n >= min && n <= max));
  }

  boolean flag(Setting setting) {
    return read(
        setting,
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  /** A duration of at least {@code min}; zero too where {@code zero}. */
  Duration duration(Setting setting, Duration min, boolean zero) {
    return read(
        setting,
        "a duration such as 15s, 5m or 1h30m, " + (zero ? "0 or " : "") + "at least " + text(min),
        text -> Durations.parse(text).filter(d -> (zero && d.isZero()) || d.compareTo(min) >= 0));
  }

  /** Bytes. */
  long bytes(Setting setting) {
    return read(
        setting,
        "a number of bytes such as 67108864, 512Ki, 64Mi or 1Gi",
        text -> {
          Matcher matcher = BYTES.matcher(text);
          return matcher.matches()
              ? Optional.of(Long.parseLong(matcher.group(1)) * unit(matcher.group(2))).filter(n -> n >= 0 && n <= 1L << 40)
              : Optional.empty();
        });
  }

  /** A text that a pattern matches whole; empty where nothing is given and nothing is the default. */
  String text(Setting setting, String expected, Pattern pattern) {
    return read(setting, expected, text -> Optional.of(text).filter(t -> pattern.matcher(t).matches()));
  }

  /** Texts between commas, each of which has to give something. */
  <T> List<T> list(Setting setting, String expected, Function<String, Optional<T>> parse) {
    String text = arguments.given(setting).map(Arguments.Given::text).orElse(setting.defaultText());
    return Stream.of(text.split(","))
        .map(String::strip)
        .filter(item -> !item.isEmpty())
        .distinct()
        .flatMap(
            item -> {
              Optional<T> value = parse.apply(item);
              if (value.isEmpty()) {
                bad(setting, item, expected);
              }
              return value.stream();
            })
        .toList();
  }

  private <T> T read(Setting setting, String expected, Function<String, Optional<T>> parse) {
    Optional<Arguments.Given> given = arguments.given(setting);
    if (given.isPresent()) {
      Optional<T> value = parse.apply(given.get().text());
      if (value.isPresent()) {
        return value.get();
      }
      bad(setting, given.get().text(), expected);
    }
    return parse.apply(setting.defaultText()).orElseThrow();
  }

  private void bad(Setting setting, String text, String expected) {
    errors.add(from(setting) + ": \"" + text + "\" is not " + expected);
  }

  private static long unit(@Nullable String suffix) {
    return switch (suffix) {
      case "Ki" -> 1L << 10;
      case "Mi" -> 1L << 20;
      case "Gi" -> 1L << 30;
      case null, default -> 1;
    };
  }

  private static String text(Duration duration) {
    return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
  }
}
