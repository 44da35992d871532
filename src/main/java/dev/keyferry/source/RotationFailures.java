package dev.keyferry.source;

/** Told where AWS announces that a rotation has failed. It is a hint: whether that is so, only the secret's description tells. */
@FunctionalInterface
public interface RotationFailures {

  /** Hears nothing. */
  RotationFailures NONE = (arn, region) -> {};

  /**
   * A rotation may have failed. Returns soon.
   *
   * @param arn the secret's full ARN, or its ARN without the random suffix
   * @param region the secret's region
   */
  void failed(String arn, String region);
}
