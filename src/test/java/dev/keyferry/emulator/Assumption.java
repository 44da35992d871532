package dev.keyferry.emulator;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A session that STS gave out.
 *
 * @param roleArn the role
 * @param sessionName RoleSessionName
 * @param externalId what was brought; null for none
 * @param tags session tags
 * @param subject subject of the web identity token; null where it was assumed with keys
 */
public record Assumption(
    String roleArn, String sessionName, @Nullable String externalId, SortedMap<String, String> tags, @Nullable String subject) {

  /** The map never changes. */
  public Assumption {
    tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
  }

  static Assumption of(Map<String, String> form, @Nullable String subject) {
    TreeMap<String, String> tags = new TreeMap<>();
    for (int i = 1; form.containsKey("Tags.member." + i + ".Key"); i++) {
      tags.put(form.get("Tags.member." + i + ".Key"), form.getOrDefault("Tags.member." + i + ".Value", ""));
    }
    String session = form.getOrDefault("RoleSessionName", "");
    return new Assumption(form.getOrDefault("RoleArn", ""), session, form.get("ExternalId"), tags, subject);
  }
}
