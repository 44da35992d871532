package dev.keyferry.source;

/** Asks how the rotation of a secret stands. Calls block; they return failures as values. */
@FunctionalInterface
public interface RotationSource {

  /** Asks for the secret of that full ARN; one call that neither costs more than a read nor shows a value. */
  Answer describe(Scope scope, String arn);

  /** What asking gave. */
  sealed interface Answer {}

  /**
   * An answer.
   *
   * @param facts how rotation stands
   */
  record Told(RotationFacts facts) implements Answer {}

  /** The identity may not ask. */
  record Denied() implements Answer {}

  /** There was no answer; a later try may have one. */
  record Unanswered() implements Answer {}
}
