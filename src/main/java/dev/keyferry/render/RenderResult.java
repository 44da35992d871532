package dev.keyferry.render;

/** What rendering gave. */
public sealed interface RenderResult {

  /**
   * Data that may be written.
   *
   * @param secret the data
   */
  record Rendered(RenderedSecret secret) implements RenderResult {}

  /**
   * Data that may not be written; the target stays as it is.
   *
   * @param message names the key and the fix, never a value
   */
  record Invalid(String message) implements RenderResult {}
}
