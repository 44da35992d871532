package dev.keyferry.reconcile;

import dev.keyferry.api.v1.DataEntry;
import dev.keyferry.api.v1.DataFromEntry;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretSpec;
import dev.keyferry.api.v1.FindSpec;
import dev.keyferry.api.v1.RemoteRef;
import dev.keyferry.api.v1.TargetSpec;
import dev.keyferry.config.Durations;
import dev.keyferry.render.RenderItem;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.store.NamePattern;
import dev.keyferry.write.CreationPolicy;
import dev.keyferry.write.DeletionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An ExternalSecret's spec as the steps understand it. What the CRD's rules refuse is refused here again. */
sealed interface SyncSpec {

  /** No object may have its sources read more often: reads cost money, and the others wait. */
  Duration SHORTEST = Duration.ofSeconds(1);

  /**
   * A spec that can be followed.
   *
   * @param target name of the Secret
   * @param creation who makes and owns it
   * @param deletion what becomes of it when its sources are gone
   * @param immutable whether it becomes immutable
   * @param items what to render; later ones win
   * @param searches what to find first; each gives items of its own
   * @param interval longest time between two looks at a source; zero looks once
   */
  record Valid(
      String target,
      CreationPolicy creation,
      DeletionPolicy deletion,
      boolean immutable,
      List<RenderItem> items,
      List<Search> searches,
      Duration interval)
      implements SyncSpec {

    /** The refs of all items, in their order. */
    Set<SourceRef> refs() {
      Set<SourceRef> refs = new LinkedHashSet<>();
      items.forEach(item -> refs.add(item.ref()));
      return refs;
    }

    /** The queries of all searches. */
    Set<FindQuery> queries() {
      return searches.stream().map(Search::query).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The same spec with those items and nothing left to search for. */
    Valid withItems(List<RenderItem> all) {
      return new Valid(target, creation, deletion, immutable, List.copyOf(all), List.of(), interval);
    }
  }

  /**
   * A search.
   *
   * @param query what to find
   * @param position how many of the spec's items its own come after
   */
  record Search(FindQuery query, int position) {}

  /**
   * A spec that cannot be followed.
   *
   * @param message the field and the fix
   */
  record Invalid(String message) implements SyncSpec {}

  /**
   * Reads the spec of an object.
   *
   * @param service where its store keeps sources
   * @param prefix what the store puts before every key; may be empty
   */
  static SyncSpec of(ExternalSecret object, SourceService service, String prefix, Duration defaultInterval) {
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
    Optional<String> mistake = mistake(spec, prefix).or(() -> RestartWords.mistake(spec.restart()));
    if (mistake.isPresent()) {
      return new Invalid(mistake.get());
    }
    return new Valid(
        target.name() == null ? object.getMetadata().getName() : target.name(),
        creation.get(),
        deletion.get(),
        Boolean.TRUE.equals(target.immutable()),
        items(spec, service, prefix),
        searches(spec, service, prefix),
        atLeast(SHORTEST, interval.get()));
  }

  /** Zero, which looks once, stays zero. */
  private static Duration atLeast(Duration shortest, Duration interval) {
    return interval.isZero() || interval.compareTo(shortest) >= 0 ? interval : shortest;
  }

  /** The name of the Secret that an object asks for. */
  static String targetName(ExternalSecret object) {
    TargetSpec target = object.getSpec() == null ? null : object.getSpec().target();
    return target == null || target.name() == null ? object.getMetadata().getName() : target.name();
  }

  /** What the CRD's rules refuse, and what they cannot know. */
  private static Optional<String> mistake(ExternalSecretSpec spec, String prefix) {
    for (DataFromEntry entry : spec.dataFrom()) {
      FindSpec find = entry.find();
      if ((entry.extract() == null) == (find == null)) {
        return Optional.of("spec.dataFrom[] must hold either extract or find");
      }
      if (find != null && find.path() == null && find.name() == null && find.tags().isEmpty()) {
        return Optional.of("spec.dataFrom[].find must hold path, name or tags");
      }
      if (find != null && find.name() != null && NamePattern.compile(find.name().regexp()).isEmpty()) {
        return Optional.of("spec.dataFrom[].find.name.regexp \"" + find.name().regexp() + "\" is not a regular expression (RE2)");
      }
    }
    boolean arn =
        Stream.concat(
                spec.data().stream().map(DataEntry::remoteRef),
                spec.dataFrom().stream().map(DataFromEntry::extract).filter(Objects::nonNull))
            .anyMatch(ref -> ref.key().startsWith("arn:"));
    return arn && !prefix.isEmpty()
        ? Optional.of("a remote key is an ARN, and the store puts prefix \"" + prefix + "\" before every key: name the source without it")
        : Optional.empty();
  }

  private static List<RenderItem> items(ExternalSecretSpec spec, SourceService service, String prefix) {
    List<RenderItem> items = new ArrayList<>();
    for (DataFromEntry entry : spec.dataFrom()) {
      RemoteRef extract = entry.extract();
      if (extract != null) {
        items.add(new RenderItem.Extract(ref(extract, service, prefix), extract.property()));
      }
    }
    for (DataEntry entry : spec.data()) {
      items.add(new RenderItem.Single(entry.secretKey(), ref(entry.remoteRef(), service, prefix), entry.remoteRef().property()));
    }
    return List.copyOf(items);
  }

  private static List<Search> searches(ExternalSecretSpec spec, SourceService service, String prefix) {
    List<Search> searches = new ArrayList<>();
    int items = 0;
    for (DataFromEntry entry : spec.dataFrom()) {
      FindSpec find = entry.find();
      if (find == null) {
        items++;
      } else {
        String regexp = find.name() == null ? null : find.name().regexp();
        searches.add(new Search(new FindQuery(service, prefix, find.path(), regexp, find.tags()), items));
      }
    }
    return List.copyOf(searches);
  }

  private static SourceRef ref(RemoteRef remote, SourceService service, String prefix) {
    return new SourceRef(service, prefix + remote.key(), VersionSelector.parse(service, remote.version()));
  }
}
