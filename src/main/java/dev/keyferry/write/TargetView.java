package dev.keyferry.write;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.TargetRecord;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A Secret as it is observed, without its values.
 *
 * @param namespace its namespace
 * @param name its name
 * @param uid its uid
 * @param resourceVersion the state that the rest was seen in
 * @param managed whether it carries the label by which targets are watched
 * @param immutable whether it is immutable
 * @param terminating whether it is being deleted
 * @param reloaderIgnore whether Stakater's Reloader is kept away from it
 * @param adopt name of the ExternalSecret that may take it over; null for none
 * @param controller the controller that owns it; null for none
 * @param records what ExternalSecrets wrote to it, by their names
 * @param digests keyed digest of each value, by key
 */
public record TargetView(
    String namespace,
    String name,
    String uid,
    String resourceVersion,
    boolean managed,
    boolean immutable,
    boolean terminating,
    boolean reloaderIgnore,
    @Nullable String adopt,
    @Nullable Controller controller,
    Map<String, TargetRecord> records,
    SortedMap<String, String> digests) {

  /**
   * A controlling owner.
   *
   * @param kind its kind
   * @param name its name
   * @param uid its uid
   */
  public record Controller(String kind, String name, String uid) {}

  /** The Secret without its values. */
  public static TargetView of(Secret secret, DataDigests digests) {
    return of(secret, digests.ofEncoded(secret.getData()));
  }

  /** The Secret, whose values are given as digests. */
  static TargetView of(Secret secret, SortedMap<String, String> valueDigests) {
    var metadata = secret.getMetadata();
    Map<String, String> annotations = metadata.getAnnotations() == null ? Map.of() : metadata.getAnnotations();
    Map<String, String> labels = metadata.getLabels() == null ? Map.of() : metadata.getLabels();
    return new TargetView(
        metadata.getNamespace(),
        metadata.getName(),
        metadata.getUid(),
        metadata.getResourceVersion(),
        "true".equals(labels.get(Marks.MANAGED)),
        Boolean.TRUE.equals(secret.getImmutable()),
        metadata.getDeletionTimestamp() != null,
        "true".equals(annotations.get(Marks.RELOADER_IGNORE)),
        annotations.get(Marks.ADOPT),
        controller(secret).orElse(null),
        TargetRecord.all(annotations),
        valueDigests);
  }

  /** Whether the two differ in nothing that the operator looks at. */
  public boolean sameContent(TargetView other) {
    return uid.equals(other.uid)
        && managed == other.managed
        && immutable == other.immutable
        && terminating == other.terminating
        && reloaderIgnore == other.reloaderIgnore
        && Objects.equals(adopt, other.adopt)
        && Objects.equals(controller, other.controller)
        && records.equals(other.records)
        && digests.equals(other.digests);
  }

  private static Optional<Controller> controller(Secret secret) {
    if (secret.getMetadata().getOwnerReferences() == null) {
      return Optional.empty();
    }
    return secret.getMetadata().getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .findFirst()
        .map(TargetView::controller);
  }

  private static Controller controller(OwnerReference owner) {
    return new Controller(owner.getKind(), owner.getName(), owner.getUid());
  }
}
