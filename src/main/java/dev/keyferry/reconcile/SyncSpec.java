package dev.keyferry.reconcile;

import dev.keyferry.api.v1.DataEntry;
import dev.keyferry.api.v1.DataFromEntry;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretSpec;
import dev.keyferry.api.v1.RemoteRef;
import dev.keyferry.api.v1.TargetSpec;
import dev.keyferry.config.Durations;
import dev.keyferry.render.RenderItem;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.write.CreationPolicy;
import dev.keyferry.write.DeletionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** An ExternalSecret's spec as the steps understand it. What the CRD's rules refuse is refused here again. */
sealed interface SyncSpec {

  /**
   * A spec that can be followed.
   *
   * @param target name of the Secret
   * @param creation who makes and owns it
   * @param deletion what becomes of it when its sources are gone
   * @param immutable whether it becomes immutable
   * @param items what to render; later ones win
   * @param interval longest time between two looks at a source; zero looks once
   */
  record Valid(
      String target, CreationPolicy creation, DeletionPolicy deletion, boolean immutable, List<RenderItem> items, Duration interval)
      implements SyncSpec {

    /** The refs of all items, in their order. */
    Set<SourceRef> refs() {
      Set<SourceRef> refs = new LinkedHashSet<>();
      items.forEach(item -> refs.add(item.ref()));
      return refs;
    }
  }

  /**
   * A spec that cannot be followed.
   *
   * @param message the field and the fix
   */
  record Invalid(String message) implements SyncSpec {}

  /** Reads the spec of an object whose store keeps its sources in that service. */
  static SyncSpec of(ExternalSecret object, SourceService service, Duration defaultInterval) {
    ExternalSecretSpec spec = object.getSpec();
    TargetSpec target = spec.target() == null ? TargetSpec.DEFAULT : spec.target();
    Optional<CreationPolicy> creation = CreationPolicy.ofWord(target.creationPolicy());
    if (creation.isEmpty()) {
      return new Invalid(
          "spec.target.creationPolicy \"" + target.creationPolicy() + "\" is not known: use Owner, Orphan, Merge, CreateOrMerge or None");
    }
    Optional<DeletionPolicy> deletion = DeletionPolicy.ofWord(target.deletionPolicy());
    if (deletion.isEmpty()) {
      return new Invalid("spec.target.deletionPolicy \"" + target.deletionPolicy() + "\" is not known: use Retain, Delete or Merge");
    }
    if (deletion.get() == DeletionPolicy.DELETE && !creation.get().exclusive()) {
      return new Invalid(
          "spec.target.deletionPolicy Delete needs creationPolicy Owner or Orphan: with " + creation.get().word()
              + " the Secret is not this object's to delete");
    }
    if (deletion.get() == DeletionPolicy.MERGE && creation.get() == CreationPolicy.NONE) {
      return new Invalid("spec.target.deletionPolicy Merge needs a Secret: creationPolicy None writes none");
    }
    Optional<Duration> interval =
        spec.refreshInterval() == null ? Optional.of(defaultInterval) : Durations.parse(spec.refreshInterval());
    if (interval.isEmpty()) {
      return new Invalid("spec.refreshInterval \"" + spec.refreshInterval() + "\" is not a duration: write 30s, 5m or 1h (0s: sync once)");
    }
    if (spec.data().isEmpty() && spec.dataFrom().isEmpty()) {
      return new Invalid("spec.data and spec.dataFrom are both empty: name at least one source");
    }
    return new Valid(
        target.name() == null ? object.getMetadata().getName() : target.name(),
        creation.get(),
        deletion.get(),
        Boolean.TRUE.equals(target.immutable()),
        items(spec, service),
        interval.get());
  }

  /** The name of the Secret that an object asks for. */
  static String targetName(ExternalSecret object) {
    TargetSpec target = object.getSpec() == null ? null : object.getSpec().target();
    return target == null || target.name() == null ? object.getMetadata().getName() : target.name();
  }

  private static List<RenderItem> items(ExternalSecretSpec spec, SourceService service) {
    List<RenderItem> items = new ArrayList<>();
    for (DataFromEntry entry : spec.dataFrom()) {
      items.add(new RenderItem.Extract(ref(entry.extract(), service), entry.extract().property()));
    }
    for (DataEntry entry : spec.data()) {
      items.add(new RenderItem.Single(entry.secretKey(), ref(entry.remoteRef(), service), entry.remoteRef().property()));
    }
    return List.copyOf(items);
  }

  private static SourceRef ref(RemoteRef remote, SourceService service) {
    return new SourceRef(service, remote.key(), VersionSelector.parse(service, remote.version()));
  }
}
