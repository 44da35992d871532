package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The filters of ListSecrets and BatchGetSecretValue: all must match, each by one of its values. Names and tags match by prefix with case,
 * descriptions by prefix without case; {@code !} negates.
 *
 * @param filters what was asked
 */
record SecretFilters(List<Filter> filters) {

  /** One filter. */
  record Filter(String key, List<String> values) {}

  private static final Set<String> KEYS =
      Set.of("description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all");
  private static final String WORDS = "[description, name, tag-key, tag-value, primary-region, owning-service, all]";

  static SecretFilters of(Request request) {
    List<Filter> filters = new ArrayList<>();
    for (JsonNode node : request.body().path("Filters")) {
      filters.add(filter(node, filters.size() + 1));
    }
    if (filters.size() > 10) {
      throw AwsError.validation("[...]", "filters", "Member must have length less than or equal to 10");
    }
    return new SecretFilters(List.copyOf(filters));
  }

  private static Filter filter(JsonNode node, int number) {
    String key = node.path("Key").asText();
    if (!KEYS.contains(key)) {
      throw AwsError.validation(key, "filters." + number + ".member.key", "Member must satisfy enum value set: " + WORDS);
    }
    List<String> values = new ArrayList<>();
    node.path("Values").forEach(value -> values.add(value.asText()));
    if (values.isEmpty()) {
      throw AwsError.invalidParameter("Invalid filter values for key: " + key);
    }
    if (values.size() > 10) {
      throw AwsError.validation(values, "filters." + number + ".member.values", "Member must have length less than or equal to 10");
    }
    return new Filter(key, values);
  }

  boolean match(StoredSecret secret) {
    return filters.stream().allMatch(filter -> filter.values().stream().anyMatch(value -> matches(secret, filter.key(), value)));
  }

  private static boolean matches(StoredSecret secret, String key, String value) {
    return value.startsWith("!") ? !begins(secret, key, value.substring(1)) : begins(secret, key, value);
  }

  private static boolean begins(StoredSecret secret, String key, String value) {
    return switch (key) {
      case "name" -> secret.name().startsWith(value);
      case "tag-key" -> secret.tags().keySet().stream().anyMatch(tag -> tag.startsWith(value));
      case "tag-value" -> secret.tags().values().stream().anyMatch(tag -> tag.startsWith(value));
      case "description" -> lower(secret.description()).startsWith(lower(value));
      case "all" -> texts(secret).anyMatch(text -> lower(text).contains(lower(value)));
      default -> false;
    };
  }

  private static Stream<String> texts(StoredSecret secret) {
    Stream<String> tags = Stream.concat(secret.tags().keySet().stream(), secret.tags().values().stream());
    return Stream.concat(Stream.of(secret.name(), lower(secret.description())), tags);
  }

  private static String lower(@Nullable String text) {
    return text == null ? "" : text.toLowerCase(Locale.ROOT);
  }
}
