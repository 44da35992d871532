package dev.keyferry.source.aws;

import java.time.Duration;

/** Told of every call to AWS, after all its attempts. */
@FunctionalInterface
public interface AwsCallListener {

  /**
   * A call ended.
   *
   * @param service such as {@code SecretsManager}, {@code STS}, {@code SSM}
   * @param operation such as {@code BatchGetSecretValue}
   * @param errorCode AWS's code, {@code Network} for a failure before an answer, or {@code none}
   * @param attempts requests that were sent, at least 1
   * @param duration of all attempts together
   */
  void called(String service, String operation, String errorCode, int attempts, Duration duration);
}
