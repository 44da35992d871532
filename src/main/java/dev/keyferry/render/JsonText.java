package dev.keyferry.render;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON value that keeps the text it was written as: {@code 1.0} stays {@code 1.0}, and an object keeps its spaces and the order of its
 * fields. It shows nothing of its text in {@link #toString}, and parsing never passes on a message of the parser, since those quote the
 * input.
 */
final class JsonText {

  /** How deep a document may be nested. */
  static final int MAX_DEPTH = 200;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private final Kind kind;
  private final String text;

  private enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    OTHER
  }

  private JsonText(Kind kind, String text) {
    this.kind = kind;
    this.text = text;
  }

  /** Reads a whole document; empty where it is no JSON, holds more than one value, or is nested deeper than {@link #MAX_DEPTH}. */
  static Optional<JsonText> parse(String document) {
    try (JsonParser parser = FACTORY.createParser(document.toCharArray())) {
      if (parser.nextToken() == null) {
        return Optional.empty();
      }
      JsonText value = read(parser, document);
      return parser.nextToken() == null ? Optional.of(value) : Optional.empty();
    } catch (IOException quotesItsInput) {
      return Optional.empty();
    }
  }

  /** Whether it is an object. */
  boolean isObject() {
    return kind == Kind.OBJECT;
  }

  /** What a Secret's key holds of it: a string without its quotes, nothing for null, else the text as it was written. */
  String text() {
    return text;
  }

  /** The fields of an object, in their order; of fields of one name the last. Empty for anything else. */
  Map<String, JsonText> fields() {
    Map<String, JsonText> fields = new LinkedHashMap<>();
    if (kind == Kind.OBJECT) {
      walk((parser, ignored) -> fields.put(parser.currentName(), read(parser, text)));
    }
    return fields;
  }

  /** A field of an object, or an element of an array where the name is a number. */
  Optional<JsonText> child(String name) {
    return switch (kind) {
      case OBJECT -> Optional.ofNullable(fields().get(name));
      case ARRAY -> element(name);
      case STRING, OTHER -> Optional.empty();
    };
  }

  private Optional<JsonText> element(String name) {
    if (name.isEmpty() || name.length() > 9 || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int wanted = Integer.parseInt(name);
    JsonText[] found = new JsonText[1];
    walk(
        (parser, index) -> {
          if (index == wanted) {
            found[0] = read(parser, text);
          } else {
            parser.skipChildren();
          }
        });
    return Optional.ofNullable(found[0]);
  }

  private interface Visitor {
    void child(JsonParser parser, int index) throws IOException;
  }

  /** Stops at the first token of each child; the text has been parsed once, so that it cannot fail. */
  private void walk(Visitor visitor) {
    try (JsonParser parser = FACTORY.createParser(text.toCharArray())) {
      parser.nextToken();
      int index = 0;
      for (JsonToken token = parser.nextToken(); token != null && !token.isStructEnd(); token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          parser.nextToken();
        }
        visitor.child(parser, index++);
      }
    } catch (IOException quotesItsInput) {
      throw new UncheckedIOException(new IOException("JSON that was read before cannot be read again"));
    }
  }

  private static JsonText read(JsonParser parser, String document) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> nested(Kind.OBJECT, parser, document);
      case START_ARRAY -> nested(Kind.ARRAY, parser, document);
      case VALUE_STRING -> new JsonText(Kind.STRING, parser.getText());
      case VALUE_NULL -> new JsonText(Kind.OTHER, "");
      default -> new JsonText(Kind.OTHER, parser.getText());
    };
  }

  private static JsonText nested(Kind kind, JsonParser parser, String document) throws IOException {
    int start = Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    parser.skipChildren();
    int end = Math.toIntExact(parser.currentLocation().getCharOffset());
    return new JsonText(kind, document.substring(start, end));
  }

  @Override
  public String toString() {
    return "JsonText[" + kind + ", not shown]";
  }
}
