package dev.keyferry.contract;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Keys;
import dev.keyferry.emulator.Trust;
import java.net.URI;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;

/** The emulator keeps the whole contract. */
class EmulatorContractTest extends AwsContract {

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private final AwsEmulator aws = AwsEmulator.builder().clock(now::get).start();

  @AfterEach
  void stop() {
    aws.close();
  }

  @Override
  URI emptyAccount() {
    return aws.endpoint();
  }

  @Override
  Keys keys() {
    return new Keys(aws.accessKeyId(), aws.secretAccessKey(), null, null);
  }

  @Override
  public String roleArn() {
    return aws.addRole("reader", Trust.externalId("e-1"));
  }

  @Override
  public String webIdentityRoleArn() {
    return aws.addRole("app", Trust.serviceAccount("ns", "sa"));
  }

  @Override
  public String webIdentityToken() {
    return aws.issueToken("ns", "sa");
  }

  @Override
  public void passTime() {
    now.updateAndGet(before -> before.plusSeconds(1));
  }

  @Override
  public void holds(Rule rule, ThrowingCallable assertion) {
    Assertions.assertThatCode(assertion).as(rule.name()).doesNotThrowAnyException();
  }
}
