package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON request.
 *
 * @param caller who asks
 * @param region region it was signed for
 * @param operation what is asked
 * @param body its members
 */
record Request(Caller caller, String region, String operation, ObjectNode body) {

  @Nullable String text(String member) {
    JsonNode node = body.get(member);
    if (node == null || node.isNull()) {
      return null;
    }
    if (!node.isTextual()) {
      throw AwsError.of("SerializationException", "" + node.getNodeType() + "_VALUE can not be converted to a String");
    }
    return node.textValue();
  }

  String required(String member) {
    String value = text(member);
    if (value == null) {
      String lower = Character.toLowerCase(member.charAt(0)) + member.substring(1);
      throw AwsError.of(
          "ValidationException",
          "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null".formatted(lower));
    }
    return value;
  }

  boolean has(String member) {
    return body.hasNonNull(member);
  }

  boolean flag(String member) {
    return body.path(member).asBoolean(false);
  }

  /** A number within bounds, or the default where it is missing. */
  int number(String member, int min, int max, int missing) {
    if (!has(member)) {
      return missing;
    }
    int value = body.path(member).asInt();
    String lower = Character.toLowerCase(member.charAt(0)) + member.substring(1);
    if (value < min) {
      throw AwsError.validation(value, lower, "Member must have value greater than or equal to " + min);
    }
    if (value > max) {
      throw AwsError.validation(value, lower, "Member must have value less than or equal to " + max);
    }
    return value;
  }

  List<String> texts(String member) {
    List<String> values = new ArrayList<>();
    body.path(member).forEach(node -> values.add(node.asText()));
    return values;
  }

  SortedMap<String, String> tags() {
    SortedMap<String, String> tags = new TreeMap<>();
    body.path("Tags").forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText("")));
    return tags;
  }

  /** What the call log shows as asked for. */
  static List<String> idsOf(ObjectNode body) {
    List<String> ids = new ArrayList<>();
    for (String member : List.of("SecretId", "Name", "SecretIdList", "Names")) {
      JsonNode node = body.path(member);
      if (node.isTextual()) {
        ids.add(node.asText());
      }
      if (node.isArray()) {
        node.forEach(each -> ids.add(each.asText()));
      }
    }
    return ids;
  }

  /** The members of a form as one map. */
  static Map<String, String> form(String body) {
    Map<String, String> members = new TreeMap<>();
    for (String pair : body.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        members.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
      }
    }
    return members;
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
