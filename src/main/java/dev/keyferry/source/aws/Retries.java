package dev.keyferry.source.aws;

import java.io.IOException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** Which failures the SDK tries again by itself where whoever calls slows down when AWS throttles. */
final class Retries {

  private static final Set<Integer> FAULTS = Set.of(500, 502, 503, 504);
  private static final int DEPTH = 10;

  private Retries() {}

  /** The SDK's standard way for faults, lost connections and clocks that differ, and none for throttles. */
  static RetryStrategy ofFaults(int attempts) {
    return DefaultRetryStrategy.standardStrategyBuilder()
        .maxAttempts(attempts)
        .retryOnException(Retries::isFault)
        .useClientDefaults(false)
        .build();
  }

  private static boolean isFault(Throwable error) {
    if (error instanceof SdkServiceException answer) {
      return !isThrottle(answer) && (FAULTS.contains(answer.statusCode()) || answer.isClockSkewException());
    }
    Throwable cause = error;
    for (int i = 0; cause != null && i < DEPTH; i++) {
      if (cause instanceof IOException || cause instanceof ApiCallAttemptTimeoutException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private static boolean isThrottle(SdkServiceException answer) {
    return answer.isThrottlingException()
        || answer instanceof AwsServiceException aws && ErrorCodes.THROTTLED.contains(AwsErrors.code(aws));
  }
}
