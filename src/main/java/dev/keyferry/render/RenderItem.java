package dev.keyferry.render;

import dev.keyferry.source.SourceRef;
import org.jspecify.annotations.Nullable;

/** One request of an ExternalSecret, as render sees it. Later items win over earlier ones. */
public sealed interface RenderItem {

  /** The ref whose payload is used. */
  SourceRef ref();

  /**
   * One key.
   *
   * @param secretKey the key in the target
   * @param ref the ref whose payload is used
   * @param property a field of its JSON; null takes the whole value
   */
  record Single(String secretKey, SourceRef ref, @Nullable String property) implements RenderItem {}

  /**
   * Every field of a JSON object.
   *
   * @param ref the ref whose payload is used
   * @param property a field of its JSON that holds the object; null takes the whole value
   */
  record Extract(SourceRef ref, @Nullable String property) implements RenderItem {}
}
