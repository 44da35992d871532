package dev.keyferry.source.aws;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/** Tells the listener of every call of one service, once, after its last attempt. */
final class CallReporter implements ExecutionInterceptor {

  private static final ExecutionAttribute<Instant> STARTED = new ExecutionAttribute<>("KeyferryStarted");
  private static final ExecutionAttribute<Integer> ATTEMPTS = new ExecutionAttribute<>("KeyferryAttempts");

  private final AwsService service;
  private final AwsCallListener listener;
  private final Clock clock;

  CallReporter(AwsService service, AwsCallListener listener, Clock clock) {
    this.service = service;
    this.listener = listener;
    this.clock = clock;
  }

  @Override
  public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
    attributes.putAttribute(STARTED, clock.instant());
    attributes.putAttribute(ATTEMPTS, 0);
  }

  @Override
  public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
    Integer sent = attributes.getAttribute(ATTEMPTS);
    attributes.putAttribute(ATTEMPTS, sent == null ? 1 : sent + 1);
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    report(attributes, "none");
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
    report(attributes, code(context.exception()));
  }

  private static String code(Throwable error) {
    if (error instanceof AwsServiceException answer) {
      String code = AwsErrors.code(answer);
      return ErrorCodes.known(code) ? code : "Other";
    }
    return "Network";
  }

  private void report(ExecutionAttributes attributes, String code) {
    Instant started = attributes.getAttribute(STARTED);
    Integer attempts = attributes.getAttribute(ATTEMPTS);
    Instant now = clock.instant();
    Duration duration = started == null || now.isBefore(started) ? Duration.ZERO : Duration.between(started, now);
    String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    int sent = attempts == null ? 1 : Math.max(1, attempts);
    listener.called(service.label(), operation == null ? "Unknown" : operation, code, sent, duration);
  }
}
