package dev.keyferry.restart;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads fields of an object of which only some names are known; what is of another type than expected counts as missing. */
final class ArgoFields {

  private ArgoFields() {}

  /** A map at the top of an object; empty where there is none. */
  static Map<?, ?> map(GenericKubernetesResource object, String name) {
    return object.getAdditionalProperties().get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  /** A text or a number as text. */
  static @Nullable String text(Map<?, ?> map, String name) {
    return map.get(name) instanceof Object value && (value instanceof String || value instanceof Number) ? value.toString() : null;
  }

  static int number(Map<?, ?> map, String name, int otherwise) {
    return map.get(name) instanceof Number number ? number.intValue() : otherwise;
  }
}
