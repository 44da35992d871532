package dev.keyferry.reconcile;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.fetch.Answer;
import dev.keyferry.render.RenderItem;
import dev.keyferry.render.RenderResult;
import dev.keyferry.render.RenderedSecret;
import dev.keyferry.render.Renderer;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.write.DeletionPolicy;
import dev.keyferry.write.WriteRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the answers for an object's refs lead to. Pure. */
sealed interface SyncStep {

  /**
   * The target is written.
   *
   * @param request what is desired of it
   * @param found the values that it holds
   */
  record Write(WriteRequest request, List<Fetched.Found> found) implements SyncStep {}

  /** The target is deleted: every source is gone for certain, and the policy says so. */
  record Delete() implements SyncStep {}

  /**
   * The target stays: a source cannot be read.
   *
   * @param failures why, in the order of the spec
   */
  record KeepUnread(List<Answer.Failed> failures) implements SyncStep {}

  /**
   * The target stays: the values do not make a Secret.
   *
   * @param message names the key and the fix
   */
  record KeepInvalid(String message) implements SyncStep {}

  /**
   * The target stays: the store does not let the namespace read what answered.
   *
   * @param message which key
   */
  record KeepForbidden(String message) implements SyncStep {}

  /** Decides for the answers. */
  static SyncStep of(ExternalSecret object, SyncInputs.Complete inputs, Map<SourceRef, Answer> answers) {
    SyncSpec.Valid spec = inputs.spec();
    Map<SourceRef, Fetched.Found> found = new LinkedHashMap<>();
    List<Answer.Failed> failures = new ArrayList<>();
    for (SourceRef ref : spec.refs()) {
      switch (answers.get(ref)) {
        case Answer.Ready(var value) -> found.put(ref, value);
        case Answer.Failed failed -> {
          boolean dropped = failed.confirmedMissing() && spec.deletion() != DeletionPolicy.RETAIN;
          if (!dropped) {
            failures.add(failed);
          }
        }
      }
    }
    Optional<String> forbidden = KeyRules.refused(inputs.store(), found.values());
    if (forbidden.isPresent()) {
      return new KeepForbidden(forbidden.get());
    }
    if (!failures.isEmpty()) {
      return new KeepUnread(failures);
    }
    if (found.isEmpty() && spec.deletion() == DeletionPolicy.DELETE) {
      return new Delete();
    }
    List<RenderItem> items = spec.items().stream().filter(item -> found.containsKey(item.ref())).toList();
    return switch (Renderer.render(items, found)) {
      case RenderResult.Invalid(var message) -> new KeepInvalid(message);
      case RenderResult.Rendered(var secret) -> new Write(request(object, inputs, secret, found), List.copyOf(found.values()));
    };
  }

  private static WriteRequest request(
      ExternalSecret object, SyncInputs.Complete inputs, RenderedSecret secret, Map<SourceRef, Fetched.Found> found) {
    Map<String, String> revisions = new TreeMap<>();
    Map<String, String> quiet = new TreeMap<>();
    found.forEach(
        (ref, value) ->
            (restarts(ref.version()) ? revisions : quiet).put(inputs.store().store() + "|" + ref, value.revision().restartForm()));
    var metadata = object.getMetadata();
    return new WriteRequest(
        new WriteRequest.Owner(metadata.getNamespace(), metadata.getName(), metadata.getUid()),
        inputs.spec().target(),
        inputs.spec().creation(),
        inputs.spec().immutable(),
        secret,
        revisions,
        quiet,
        RestartWords.of(object.getSpec().restart()));
  }

  /* A pinned version never moves, and a pending one is not in force. */
  private static boolean restarts(VersionSelector version) {
    return switch (version) {
      case VersionSelector.Current() -> true;
      case VersionSelector.Stage(var label) -> !label.equals("AWSPENDING");
      case VersionSelector.Id(_) -> false;
    };
  }
}
