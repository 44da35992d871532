package dev.keyferry.restart;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DatabindException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads a field whose schema is somebody else's to change: what is of another type than expected counts as missing. */
final class Tolerant extends JsonDeserializer<Object> implements ContextualDeserializer {

  private final @Nullable JavaType type;

  Tolerant() {
    this(null);
  }

  private Tolerant(@Nullable JavaType type) {
    this.type = type;
  }

  @Override
  public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty field) {
    return new Tolerant(field.getType());
  }

  @Override
  public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    try (TokenBuffer whole = context.bufferAsCopyOfValue(parser);
        JsonParser again = whole.asParserOnFirstToken()) {
      return read(again, context);
    }
  }

  private @Nullable Object read(JsonParser parser, DeserializationContext context) throws IOException {
    try {
      return context.readValue(parser, type);
    } catch (DatabindException e) {
      return null;
    }
  }
}
