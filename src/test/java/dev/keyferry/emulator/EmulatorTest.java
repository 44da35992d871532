package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** An emulator with a clock that a test moves, and AWS's own clients for it. */
abstract class EmulatorTest {

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T12:00:00Z"));
  private final InstantSource clock = now::get;
  final AwsEmulator aws = AwsEmulator.builder().clock(clock).start();
  final SdkClients clients = SdkClients.of(aws);
  final Keys tester = new Keys(aws.accessKeyId(), aws.secretAccessKey(), null, null);
  final SecretsManagerClient secrets = clients.secrets(tester);

  Instant now() {
    return now.get();
  }

  void advance(Duration by) {
    now.updateAndGet(before -> before.plus(by));
  }

  /** Code and text of the error that a call ends in. */
  static String errorOf(ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);
    return thrown == null ? "no error" : SdkClients.error(thrown);
  }

  @AfterEach
  void stop() {
    clients.close();
    aws.close();
  }
}
