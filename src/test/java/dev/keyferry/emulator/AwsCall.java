package dev.keyferry.emulator;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request that reached the emulator; a retry is another one.
 *
 * @param service {@code secretsmanager}, {@code ssm} or {@code sts}
 * @param operation its operation, e.g. {@code BatchGetSecretValue}
 * @param principal ARN of the caller; {@code anonymous} where there is none
 * @param region region that the request was signed for; empty where it was not signed
 * @param ids names or ARNs that were asked for, in order
 * @param errorCode code of the error that was answered; null for a success; {@code ConnectionDropped} where nothing was answered
 */
public record AwsCall(String service, String operation, String principal, String region, List<String> ids, @Nullable String errorCode) {
  /** The list never changes. */
  public AwsCall {
    ids = List.copyOf(ids);
  }
}
