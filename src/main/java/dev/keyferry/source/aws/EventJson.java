package dev.keyferry.source.aws;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;

/** JSON that anybody may have written: what is missing or of another type is absent, and no text is taken that is too long. */
final class EventJson {

  /** EventBridge's limit of an event is 256 KB. */
  static final int LONGEST = 256 * 1024;

  private static final int DEEPEST = 64;

  private final JsonNode node;

  private EventJson(JsonNode node) {
    this.node = node;
  }

  /** Reads an object; empty where the text is none, is too long or nests too deeply. */
  static Optional<EventJson> object(String text) {
    if (text.length() > LONGEST || isTooDeep(text)) {
      return Optional.empty();
    }
    try {
      JsonNode node = JsonNode.parser().parse(text);
      return node != null && node.isObject() ? Optional.of(new EventJson(node)) : Optional.empty();
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The text at a path of members; null where there is none, or none of at most that many printable characters. */
  @Nullable String text(int longest, String... path) {
    JsonNode at = at(path);
    if (at == null || !at.isString()) {
      return null;
    }
    String text = at.asString();
    boolean good = !text.isEmpty() && text.length() <= longest && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return good ? text : null;
  }

  /** The text at a path, whatever it is; null where there is none. */
  @Nullable String raw(String... path) {
    JsonNode at = at(path);
    return at != null && at.isString() ? at.asString() : null;
  }

  /** Whether something other than null is at a path. */
  boolean has(String... path) {
    JsonNode at = at(path);
    return at != null && !at.isNull();
  }

  /** The first of a list of texts; null where there is no list or it begins with something else. */
  @Nullable String first(int longest, String member) {
    JsonNode list = at(member);
    boolean holds = list != null && list.isArray() && !list.asArray().isEmpty();
    return holds ? new EventJson(list.asArray().getFirst()).text(longest) : null;
  }

  /** The texts of a list; empty where there is none. */
  List<String> texts(String... path) {
    JsonNode list = at(path);
    return list == null || !list.isArray() ? List.of() : list.asArray().stream().filter(JsonNode::isString).map(JsonNode::asString).toList();
  }

  private @Nullable JsonNode at(String... path) {
    JsonNode at = node;
    for (String member : path) {
      at = at.isObject() ? at.asObject().get(member) : null;
      if (at == null) {
        return null;
      }
    }
    return at;
  }

  /* The parser calls itself for each level. */
  private static boolean isTooDeep(String text) {
    int depth = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        i += c == '\\' ? 1 : 0;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        if (++depth > DEEPEST) {
          return true;
        }
      } else if (c == '}' || c == ']') {
        depth--;
      }
    }
    return false;
  }
}
