package dev.keyferry.demo;

/** Something that the demo promised did not happen. */
final class StepFailed extends RuntimeException {

  StepFailed(String expected) {
    super(expected);
  }
}
