package dev.keyferry.config;

import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A queue of events and where it is.
 *
 * @param url its URL, with scheme, host and path
 * @param region its region
 */
public record QueueAddress(String url, String region) {

  private static final String REGION_TEXT = "[a-z0-9]+(?:-[a-z0-9]+)+";
  private static final Pattern REGION = Pattern.compile(REGION_TEXT);
  private static final Pattern HOST = Pattern.compile("(?:^|.*\\.)sqs(?:-fips)?\\.(" + REGION_TEXT + ")\\..+");
  private static final Pattern FORMER_HOST = Pattern.compile("(" + REGION_TEXT + ")\\.queue\\.amazonaws\\..+");

  /** Reads {@code url} or {@code url@region}; the region may be left out where the URL's host names it. Empty where it is neither. */
  static Optional<QueueAddress> parse(String text) {
    int at = text.lastIndexOf('@');
    String url = at < 0 ? text : text.substring(0, at);
    URI uri = uri(url);
    if (uri == null || uri.getHost() == null || uri.getUserInfo() != null || uri.getPath().length() < 2 || uri.getRawQuery() != null) {
      return Optional.empty();
    }
    if (!"https".equals(uri.getScheme()) && !"http".equals(uri.getScheme())) {
      return Optional.empty();
    }
    String region = at < 0 ? regionOf(uri.getHost()) : text.substring(at + 1);
    return region != null && REGION.matcher(region).matches() ? Optional.of(new QueueAddress(url, region)) : Optional.empty();
  }

  private static @Nullable String regionOf(String host) {
    Matcher matcher = HOST.matcher(host);
    if (matcher.matches()) {
      return matcher.group(1);
    }
    Matcher former = FORMER_HOST.matcher(host);
    return former.matches() ? former.group(1) : null;
  }

  private static @Nullable URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
