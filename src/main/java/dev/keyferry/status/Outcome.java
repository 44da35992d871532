package dev.keyferry.status;

import dev.keyferry.fetch.Answer;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.store.StoreResolution;
import dev.keyferry.write.WriteResult;
import java.util.List;

/** How one reconcile ended. Every outcome is mapped in {@link Verdict}; a new one does not compile until it is. */
public sealed interface Outcome {

  /** Nothing is done for a suspended object. */
  record Suspended() implements Outcome {}

  /**
   * A field holds a word that the operator does not know.
   *
   * @param message the field and the fix
   */
  record SpecInvalid(String message) implements Outcome {}

  /**
   * There is no usable store.
   *
   * @param resolution why; never {@code Usable}
   */
  record NoStore(StoreResolution resolution) implements Outcome {}

  /**
   * The store does not let the namespace read what is asked for.
   *
   * @param message which key, and which are allowed
   */
  record KeyNotAllowed(String message) implements Outcome {}

  /**
   * There is no usable identity.
   *
   * @param failure why
   */
  record NoIdentity(SourceFailure failure) implements Outcome {}

  /**
   * At least one source could not be read.
   *
   * @param failures why, in the order of the spec; not empty
   */
  record NotFetched(List<Answer.Failed> failures) implements Outcome {
    /** The list never changes. */
    public NotFetched {
      failures = List.copyOf(failures);
    }
  }

  /**
   * The values do not make a Secret.
   *
   * @param message names the key and the fix
   */
  record NotRendered(String message) implements Outcome {}

  /** The target was deleted, since its sources are gone. */
  record Deleted() implements Outcome {}

  /**
   * The target was asked to be written.
   *
   * @param result what came of it
   */
  record Written(WriteResult result) implements Outcome {}
}
