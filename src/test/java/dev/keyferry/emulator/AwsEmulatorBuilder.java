package dev.keyferry.emulator;

import java.time.InstantSource;

/** Settings of an emulator, each with a default. */
public final class AwsEmulatorBuilder {

  int port;
  String region = "us-east-1";
  String accountId = "123456789012";
  long seed = 20_260_101;
  InstantSource clock = InstantSource.system();
  InstantSource signingClock = InstantSource.system();

  AwsEmulatorBuilder() {}

  /** The port on 127.0.0.1; 0 for a free one. */
  public AwsEmulatorBuilder port(int number) {
    port = number;
    return this;
  }

  /** Region of the fluent methods; other regions exist and are empty. */
  public AwsEmulatorBuilder region(String name) {
    region = name;
    return this;
  }

  /** The account, 12 digits. */
  public AwsEmulatorBuilder accountId(String id) {
    accountId = id;
    return this;
  }

  /** What ids and ARN suffixes follow from. */
  public AwsEmulatorBuilder seed(long number) {
    seed = number;
    return this;
  }

  /** What dates, expiry, deletion and lag are measured by. Signatures are judged by the real time, since SDKs sign with it. */
  public AwsEmulatorBuilder clock(InstantSource source) {
    clock = source;
    return this;
  }

  /** What the date of a signature is judged by: at most 15 minutes off. */
  public AwsEmulatorBuilder signingClock(InstantSource source) {
    signingClock = source;
    return this;
  }

  /** Starts it. */
  public AwsEmulator start() {
    return new AwsEmulator(this);
  }
}
