package dev.keyferry.contract;

import static org.assertj.core.api.Assertions.catchThrowable;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** What the parts of the contract have to work with. Each test begins with an empty account. */
interface Contract {

  /** Secrets Manager, with keys that may do everything. */
  SecretsManagerClient secrets();

  /** Secrets Manager, with keys that nobody gave out. */
  SecretsManagerClient secretsOfNobody();

  /** Parameter Store. */
  SsmClient parameters();

  /** STS. */
  StsClient sts();

  /** A role that the keys may assume. */
  String roleArn();

  /** A token that the role of {@link #webIdentityRoleArn} trusts. */
  String webIdentityToken();

  /** A role that trusts {@link #webIdentityToken}. */
  String webIdentityRoleArn();

  /** Lets time pass, so that two changes have different dates; dates are compared at whole seconds. */
  void passTime();

  /** Asserts a rule that some emulator is known to break; where it is, asserts that it still is. */
  void holds(Rule rule, ThrowingCallable assertion);

  /** The service's error that a call ends in. */
  static AwsServiceException errorOf(ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    if (thrown instanceof AwsServiceException error) {
      return error;
    }
    throw new AssertionError("expected an error of the service, got " + (thrown == null ? "a success" : thrown.getClass().getName()));
  }

  /** The code of the error that a call ends in. */
  static String codeOf(ThrowingCallable call) {
    return errorOf(call).awsErrorDetails().errorCode();
  }
}
