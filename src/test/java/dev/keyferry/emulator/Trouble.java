package dev.keyferry.emulator;

import java.util.concurrent.CountDownLatch;

/** What goes wrong with every call until it ends. */
public enum Trouble {
  /** Answers 500. */
  FAULTS,
  /** Answers 503 without a code. */
  UNAVAILABLE,
  /** Answers {@code Rate exceeded}. */
  THROTTLES,
  /** Closes the connection without an answer. */
  DROPS,
  /** Takes the request and does not answer before it is over. */
  HANGS,
  /** Closes the connection in the middle of the answer. */
  CUTS,
  /** Answers 200 with what is no JSON. */
  GARBAGE,
  /** Answers 200 without end. */
  ENDLESS,
  /** Says that the session has expired. */
  EXPIRED,
  /** Says that the request's time is off. */
  SKEWED,
  /** Says the same in the words of Secrets Manager: the signature has expired. */
  SIGNED_LATE;

  Faults.Fault fault() {
    return switch (this) {
      case FAULTS -> new Faults.Fail(500, "InternalServiceError", "An error was ordered.");
      case UNAVAILABLE -> new Faults.Fail(503, "", "");
      case THROTTLES -> new Faults.Fail(400, "ThrottlingException", "Rate exceeded");
      case DROPS -> new Faults.Drop();
      case HANGS -> new Faults.Hang(new CountDownLatch(1));
      case CUTS -> new Faults.Cut();
      case GARBAGE -> new Faults.Garbage("{\"ARN\": [[[\u0000");
      case ENDLESS -> new Faults.Endless();
      case EXPIRED -> new Faults.Fail(400, "ExpiredTokenException", "The security token included in the request is expired");
      case SKEWED -> new Faults.Fail(400, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.");
      case SIGNED_LATE ->
          new Faults.Fail(
              400,
              "InvalidSignatureException",
              "Signature expired: 20260101T120000Z is now earlier than 20260101T120100Z (20260101T121600Z - 15 min.)");
    };
  }
}
