package dev.keyferry.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Patterns of host names. One {@code *} may stand for one or more labels; matching takes time linear in the name. */
final class HostPatterns {

  /** AWS's own hosts and those of VPC endpoints. */
  static final List<String> AWS = List.of("*.amazonaws.com", "*.amazonaws.com.cn", "*.amazonaws.eu", "*.api.aws", "*.api.amazonwebservices.com.cn");

  private static final String LABEL = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
  private static final Pattern WRITTEN = Pattern.compile("(?:\\*|" + LABEL + ")(?:\\.(?:\\*|" + LABEL + "))*");
  private static final int MAX_HOST = 253;

  private HostPatterns() {}

  /** Compiles a pattern, to be used with {@code matches()}; empty where it is none. */
  static Optional<Pattern> compile(String written) {
    if (written.length() > MAX_HOST || !WRITTEN.matcher(written).matches() || written.indexOf('*') != written.lastIndexOf('*')) {
      return Optional.empty();
    }
    String regex = written.replace(".", "\\.").replace("*", "[-a-z0-9]+(?:\\.[-a-z0-9]+)*");
    return Optional.of(Pattern.compile("^" + regex + "$", Pattern.CASE_INSENSITIVE));
  }
}
