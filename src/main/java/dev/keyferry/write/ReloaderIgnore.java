package dev.keyferry.write;

import java.util.Arrays;
import java.util.Optional;

/** Which targets Stakater's Reloader is kept away from. */
public enum ReloaderIgnore {
  /** Those whose ExternalSecret has restarts enabled. */
  AUTO("Auto"),
  /** All. */
  ALWAYS("Always"),
  /** None. */
  NEVER("Never");

  private final String word;

  ReloaderIgnore(String word) {
    this.word = word;
  }

  /** The one of that word. */
  public static Optional<ReloaderIgnore> ofWord(String word) {
    return Arrays.stream(values()).filter(one -> one.word.equals(word)).findFirst();
  }

  boolean applies(WriteRequest.Restarts restarts) {
    return switch (this) {
      case AUTO -> restarts.wish() != null && Boolean.TRUE.equals(restarts.wish().enabled());
      case ALWAYS -> true;
      case NEVER -> false;
    };
  }
}
