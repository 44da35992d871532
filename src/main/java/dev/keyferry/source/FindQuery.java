package dev.keyferry.source;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which sources to find. All that is given must hold. Equal queries of one scope share their answers.
 *
 * @param service where they are kept
 * @param prefix what the name begins with by the store's will; may be empty
 * @param path what a secret's name begins with, or the hierarchy that a parameter stands in; null for anywhere
 * @param regexp what the name must match, in RE2's syntax; null for any. Whoever lists may leave it to who asks
 * @param tags tags by key, sorted
 */
public record FindQuery(
    SourceService service, String prefix, @Nullable String path, @Nullable String regexp, Map<String, String> tags) {

  /** The map is sorted and never changes. */
  public FindQuery {
    tags = Collections.unmodifiableMap(new TreeMap<>(tags));
  }

  /** Whether a name begins as the prefix and the path say. */
  public boolean admits(String name) {
    return name.startsWith(prefix) && (path == null || under(path, name));
  }

  /** What is searched for, on one line. */
  public String text() {
    StringBuilder text = new StringBuilder(service.word());
    if (!prefix.isEmpty()) {
      text.append(", prefix ").append(prefix);
    }
    if (path != null) {
      text.append(", path ").append(path);
    }
    if (regexp != null) {
      text.append(", name ").append(regexp);
    }
    if (!tags.isEmpty()) {
      text.append(", tags ").append(tags);
    }
    return text.toString();
  }

  private boolean under(String written, String name) {
    return switch (service) {
      case SECRETS_MANAGER -> name.startsWith(written);
      case PARAMETER_STORE -> name.startsWith(written.endsWith("/") ? written : written + "/");
    };
  }
}
