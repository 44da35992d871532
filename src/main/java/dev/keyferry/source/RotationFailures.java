package dev.keyferry.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Told where AWS announces that a rotation has failed. It is a hint: whether that is so, only the secret's description tells. */
@FunctionalInterface
public interface RotationFailures {

  /** Hears nothing. */
  RotationFailures NONE = (arn, step, at) -> {};

  /**
   * A rotation may have failed. Returns soon.
   *
   * @param arn the secret's full ARN
   * @param step where it failed; null where unknown
   * @param at when, to the second
   */
  void failed(String arn, @Nullable RotationStep step, Instant at);
}
