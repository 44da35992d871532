package dev.keyferry.render;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.SourceRef;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a target's data from what was read. The semantics are External Secrets Operator's: strings without quotes, every other JSON value
 * as it was written, null as nothing; later items win.
 */
public final class Renderer {

  private final Map<SourceRef, Fetched.Found> found;
  private final Map<SourceRef, Optional<JsonText>> documents = new HashMap<>();
  private final Map<String, byte[]> data = new HashMap<>();

  private Renderer(Map<SourceRef, Fetched.Found> found) {
    this.found = found;
  }

  /**
   * Renders.
   *
   * @param items what is asked, in rising order of precedence
   * @param found what was read; must hold every item's ref
   * @return the data, or the first error; no message holds a value or a part of one
   * @throws IllegalArgumentException where an item's ref was not read
   */
  public static RenderResult render(List<RenderItem> items, Map<SourceRef, Fetched.Found> found) {
    Renderer renderer = new Renderer(found);
    Optional<String> error = Optional.empty();
    for (RenderItem item : items) {
      error = renderer.add(item);
      if (error.isPresent()) {
        break;
      }
    }
    return error
        .or(() -> SecretChecks.size(renderer.data))
        .<RenderResult>map(RenderResult.Invalid::new)
        .orElseGet(() -> new RenderResult.Rendered(new RenderedSecret(renderer.data, items.toString())));
  }

  private Optional<String> add(RenderItem item) {
    return switch (item) {
      case RenderItem.Single single -> addSingle(single);
      case RenderItem.Extract extract -> addExtract(extract);
    };
  }

  private Optional<String> addSingle(RenderItem.Single single) {
    String key = single.secretKey();
    Optional<String> bad = SecretChecks.key(key, "");
    if (bad.isPresent()) {
      return bad;
    }
    String property = single.property();
    if (blank(property)) {
      Payload payload = payload(single.ref());
      return payload.isText() ? putText(key, payload.text(), single.ref()) : put(key, payload.bytes());
    }
    String subject = "Key " + SecretChecks.shown(key) + ": ";
    return switch (property(single.ref(), property, subject)) {
      case Looked.At at -> putText(key, at.value().text(), single.ref());
      case Looked.Wrong wrong -> Optional.of(wrong.message());
    };
  }

  private Optional<String> addExtract(RenderItem.Extract extract) {
    return switch (object(extract)) {
      case Looked.Wrong wrong -> Optional.of(wrong.message());
      case Looked.At at -> addFields(at.value(), extract.ref());
    };
  }

  private Optional<String> addFields(JsonText object, SourceRef ref) {
    for (Map.Entry<String, JsonText> field : object.fields().entrySet()) {
      Optional<String> error =
          SecretChecks.key(field.getKey(), " of " + name(ref)).or(() -> putText(field.getKey(), field.getValue().text(), ref));
      if (error.isPresent()) {
        return error;
      }
    }
    return Optional.empty();
  }

  private Looked object(RenderItem.Extract extract) {
    SourceRef ref = extract.ref();
    String property = extract.property();
    if (blank(property)) {
      return switch (document(ref, "")) {
        case Looked.At at when !at.value().isObject() -> new Looked.Wrong(notAnObject(name(ref)));
        case Looked looked -> looked;
      };
    }
    return switch (property(ref, property, "")) {
      case Looked.At at -> objectIn(at.value(), "property " + SecretChecks.shown(property) + " of " + name(ref));
      case Looked.Wrong wrong -> wrong;
    };
  }

  /** An object, or a string that holds the text of one. */
  private static Looked objectIn(JsonText value, String what) {
    Optional<JsonText> object = value.isObject() ? Optional.of(value) : JsonText.parse(value.text()).filter(JsonText::isObject);
    return object.<Looked>map(Looked.At::new).orElseGet(() -> new Looked.Wrong(notAnObject(what)));
  }

  private static String notAnObject(String what) {
    return "dataFrom extract needs a JSON object, and " + what + " is none. Store an object there, or take the value with data[].";
  }

  private Looked property(SourceRef ref, String property, String subject) {
    return switch (document(ref, subject)) {
      case Looked.Wrong wrong -> wrong;
      case Looked.At at ->
          PropertyPath.find(at.value(), property)
              .<Looked>map(Looked.At::new)
              .orElseGet(
                  () ->
                      new Looked.Wrong(
                          subject
                              + name(ref)
                              + " has no property "
                              + SecretChecks.shown(property)
                              + ". Correct the property, or add the field to its JSON."));
    };
  }

  private Looked document(SourceRef ref, String subject) {
    Optional<JsonText> document =
        documents.computeIfAbsent(ref, wanted -> text(payload(wanted)).flatMap(JsonText::parse));
    return document
        .<Looked>map(Looked.At::new)
        .orElseGet(() -> new Looked.Wrong(subject + name(ref) + " " + noJson(payload(ref))));
  }

  private static String noJson(Payload payload) {
    return payload.isText() || text(payload).isPresent()
        ? "is no valid JSON (or is nested deeper than "
            + JsonText.MAX_DEPTH
            + " levels), and a property or extract needs JSON. Leave the property out to take the whole value."
        : "is binary, and a property or extract needs JSON. Leave the property out to take all its bytes.";
  }

  /** The payload as text; empty where its bytes are no UTF-8. */
  private static Optional<String> text(Payload payload) {
    if (payload.isText()) {
      return Optional.of(payload.text());
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload.bytes())).toString());
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }

  private Optional<String> putText(String key, String value, SourceRef ref) {
    if (value.indexOf('\0') >= 0) {
      return Optional.of(
          "Key "
              + SecretChecks.shown(key)
              + ": the text from "
              + name(ref)
              + " holds a NUL character, which no environment variable can. Remove it, or store the value as binary.");
    }
    return put(key, value.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<String> put(String key, byte[] value) {
    data.put(key, value);
    return Optional.empty();
  }

  private Payload payload(SourceRef ref) {
    Fetched.Found answer = found.get(ref);
    if (answer == null) {
      throw new IllegalArgumentException("Not read: " + ref.service().word() + " " + ref.key());
    }
    return answer.payload();
  }

  private static boolean blank(@Nullable String property) {
    return property == null || property.isEmpty();
  }

  private static String name(SourceRef ref) {
    return switch (ref.service()) {
      case SECRETS_MANAGER -> "secret " + ref.key();
      case PARAMETER_STORE -> "parameter " + ref.key();
    };
  }

  /** A JSON value, or why there is none. */
  private sealed interface Looked {
    record At(JsonText value) implements Looked {}

    record Wrong(String message) implements Looked {}
  }
}
