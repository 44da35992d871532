package dev.keyferry.restart;

import dev.keyferry.kube.TargetRecord;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * When a workload wants to be restarted, as its annotations say.
 *
 * @param now the digest of what {@code keyferry.dev/restart-now} says; null where it says nothing
 * @param window when it may be restarted; null for always
 * @param maxDefer how long after a change it is restarted outside of its window too; null for never
 * @param invalid the annotation that is not understood, and counts as missing; null where all are
 * @param priority the higher, the earlier among the workloads that use a Secret
 */
record Wishes(@Nullable String now, @Nullable Window window, @Nullable Duration maxDefer, @Nullable String invalid, int priority) {

  static final Wishes NONE = new Wishes(null, null, null, null);

  private static final String WINDOW = "restart-window";
  private static final String MAX_DEFER = "restart-max-defer";
  private static final String PRIORITY = "restart-priority";
  private static final String HOT_RELOAD = "hot-reload";
  private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,9}");
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  /** Wishes without a priority. */
  Wishes(@Nullable String now, @Nullable Window window, @Nullable Duration maxDefer, @Nullable String invalid) {
    this(now, window, maxDefer, invalid, 0);
  }

  /** The same with what the annotations {@code restart-priority} and {@code hot-reload} say; null where one is missing. */
  Wishes with(@Nullable String priority, @Nullable String hotReload) {
    boolean badPriority = priority != null && !NUMBER.matcher(priority.strip()).matches();
    boolean badReload = hotReload != null && !References.isHotReload(hotReload);
    String bad = badPriority ? PRIORITY : badReload ? HOT_RELOAD : null;
    return new Wishes(
        now, window, maxDefer, invalid == null ? bad : invalid, priority == null || badPriority ? 0 : Integer.parseInt(priority.strip()));
  }

  /** What is told of an annotation that is not understood. */
  static RestartListener.Result result(String annotation) {
    return annotation.equals(WINDOW) || annotation.equals(MAX_DEFER)
        ? RestartListener.Result.INVALID_WINDOW
        : RestartListener.Result.INVALID_OPTION;
  }

  /** The same with another window. */
  Wishes within(@Nullable Window otherWindow, @Nullable Duration otherMaxDefer) {
    return new Wishes(now, otherWindow, otherMaxDefer, invalid, priority);
  }

  /** Reads the annotations {@code restart-now}, {@code restart-window} and {@code restart-max-defer}; null where one is missing. */
  static Wishes parse(@Nullable String now, @Nullable String window, @Nullable String maxDefer) {
    Optional<Window> opens = window == null ? Optional.empty() : Window.parse(window);
    Optional<Duration> most = maxDefer == null ? Optional.empty() : duration(maxDefer.strip());
    boolean badWindow = window != null && opens.isEmpty();
    boolean badDefer = maxDefer != null && most.isEmpty();
    return new Wishes(
        now == null || now.isBlank() ? null : TargetRecord.shortDigest(now.strip()),
        opens.orElse(null),
        most.orElse(null),
        badWindow ? WINDOW : badDefer ? MAX_DEFER : null);
  }

  /** Reads a duration such as {@code 24h}; empty where it is none. */
  static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        });
  }
}
