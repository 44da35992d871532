package dev.keyferry.restart;

import dev.keyferry.restart.RestartListener.Result;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is to be done about a workload. */
sealed interface Decision {

  /** Nothing: not opted in, or up to date. */
  record Nothing() implements Decision {}

  /** Nothing, since the annotation is not understood. */
  record Invalid(String value) implements Decision {}

  /**
   * Writes tokens down in the workload's own metadata. No pod rolls.
   *
   * @param observed all of what the annotation is to hold
   * @param notes what people are told of it; may be empty
   */
  record Note(TokenMap observed, List<Reason> notes) implements Decision {}

  /**
   * Waits for the workload to be resumed.
   *
   * @param keys what has moved
   * @param meanwhile what can be written down already
   */
  record Defer(Set<String> keys, Optional<Note> meanwhile) implements Decision {}

  /**
   * Restarts unless every pod is newer than the change.
   *
   * @param keys what has moved
   * @param changed when the last of it moved
   * @param since when the first of it moved that the workload was not restarted for
   * @param restart what is done if a pod is older
   * @param fresh what is done if none is
   */
  record Examine(Set<String> keys, Instant changed, Instant since, Restart restart, Note fresh) implements Decision {}

  /**
   * Looks how the rollout of the last restart goes.
   *
   * @param restarted when that was
   * @param changed when the last of what the workload was restarted for moved; the distant past where nothing tells
   */
  record Verify(Instant restarted, Instant changed) implements Decision {}

  /**
   * Restarts whatever stands against it, since somebody asks for that.
   *
   * @param restart what is done
   */
  record Force(Restart restart) implements Decision {}

  /**
   * Patches the pod template, then writes the same tokens down.
   *
   * @param tokens all of what both annotations are to hold
   * @param keys what has moved
   */
  record Restart(TokenMap tokens, Set<String> keys) implements Decision {}

  /**
   * Why tokens are written down.
   *
   * @param result for metrics and events
   * @param keys which tokens
   */
  record Reason(Result result, Set<String> keys) {}
}
