package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads workloads, and makes the small ones that the caches keep: of a workload that is never to be restarted its metadata, of any other what
 * {@link WorkloadView} needs, its references as the environment of one container.
 */
final class Workloads {

  private static final List<String> KEPT =
      List.of(
          Marks.RESTART_ON_CHANGE,
          Marks.OBSERVED_TOKENS,
          Marks.RESTARTED_AT,
          Marks.RESTART_VERIFIED,
          Marks.RESTART_NOW,
          Marks.RESTART_WINDOW,
          Marks.RESTART_MAX_DEFER,
          Marks.HOT_RELOAD,
          Marks.RESTART_PRIORITY,
          Marks.RESTART_TOKENS,
          Marks.RESTART_STRATEGY,
          Marks.EVICT_BEFORE);

  private Workloads() {}

  /** Leaves of a workload what a cache keeps. */
  static <T extends AppsWorkload> T strip(T full) {
    ObjectMeta metadata = full.getMetadata();
    AppsWorkload.Spec spec = full.getSpec();
    full.setMetadata(metadata(metadata));
    if (spec == null || never(metadata)) {
      full.setSpec(null);
      full.setStatus(null);
    } else {
      full.setSpec(spec.with(template(metadata, spec.template())));
    }
    return full;
  }

  /** A workload as decisions see it, full or stripped. */
  static WorkloadView view(AppsWorkload workload) {
    WorkloadKind kind = workload.workloadKind();
    ObjectMeta metadata = workload.getMetadata();
    AppsWorkload.Spec spec = workload.getSpec();
    if (spec == null) {
      return view(kind, metadata, Rollout.of(workload), null, null, null, null, Traits.PLAIN);
    }
    Traits traits = TraitsOf.workload(metadata, Method.TEMPLATE, spec.progressDeadlineSeconds(), workload.pods());
    return view(kind, metadata, Rollout.of(workload), spec.template(), spec.replicas(), spec.paused(), spec.selector(), traits);
  }

  static WorkloadKey key(AppsWorkload workload) {
    return new WorkloadKey(workload.workloadKind(), workload.getMetadata().getNamespace(), workload.getMetadata().getName());
  }

  /**
   * A workload of any kind as decisions see it.
   *
   * @param template the pod template; null for none
   * @param replicas how many it asks for; null where it does not say
   * @param paused whether it holds back; null where it does not say
   */
  static WorkloadView view(
      WorkloadKind kind,
      ObjectMeta metadata,
      Rollout rollout,
      @Nullable PodTemplate template,
      @Nullable Integer replicas,
      @Nullable Boolean paused,
      @Nullable LabelSelector selector,
      Traits traits) {
    String tokens = traits.method().template() ? tokens(template) : annotation(metadata, Marks.RESTART_TOKENS);
    return new WorkloadView(
        new WorkloadKey(kind, metadata.getNamespace(), metadata.getName()),
        metadata.getUid(),
        OptIn.parse(annotation(metadata, Marks.RESTART_ON_CHANGE)),
        References.of(template, annotation(metadata, Marks.HOT_RELOAD)),
        TokenMap.parse(tokens),
        TokenMap.parse(annotation(metadata, Marks.OBSERVED_TOKENS)),
        History.parse(annotation(metadata, Marks.RESTARTED_AT), annotation(metadata, Marks.RESTART_VERIFIED)),
        rollout,
        TraitsOf.checked(
                Wishes.parse(
                    annotation(metadata, Marks.RESTART_NOW),
                    annotation(metadata, Marks.RESTART_WINDOW),
                    annotation(metadata, Marks.RESTART_MAX_DEFER)),
                metadata)
            .with(annotation(metadata, Marks.RESTART_PRIORITY), annotation(metadata, Marks.HOT_RELOAD)),
        replicas == null ? 1 : replicas,
        Boolean.TRUE.equals(paused),
        metadata.getDeletionTimestamp() != null,
        selector,
        traits);
  }

  private static @Nullable String tokens(@Nullable PodTemplate template) {
    return template == null ? null : template.annotation(Marks.RESTART_TOKENS);
  }

  private static boolean never(ObjectMeta metadata) {
    return OptIn.parse(annotation(metadata, Marks.RESTART_ON_CHANGE)) instanceof OptIn.Off;
  }

  static @Nullable String annotation(@Nullable ObjectMeta metadata, String key) {
    return metadata == null || metadata.getAnnotations() == null ? null : metadata.getAnnotations().get(key);
  }

  /** What a cache keeps of an object's metadata. */
  static ObjectMeta metadata(ObjectMeta full) {
    Map<String, String> kept = new TreeMap<>();
    for (String key : KEPT) {
      if (annotation(full, key) instanceof String value) {
        kept.put(key, value);
      }
    }
    return new ObjectMetaBuilder()
        .withName(full.getName())
        .withNamespace(full.getNamespace())
        .withUid(full.getUid())
        .withResourceVersion(full.getResourceVersion())
        .withGeneration(full.getGeneration())
        .withDeletionTimestamp(full.getDeletionTimestamp())
        .withAnnotations(kept)
        .withOwnerReferences(TraitsOf.controller(full).map(List::of).orElse(List.of()))
        .build();
  }

  /** What a cache keeps of a workload's pod template; null where nothing of it matters. */
  static @Nullable PodTemplate template(ObjectMeta workload, @Nullable PodTemplate full) {
    String tokens = tokens(full);
    Set<String> references = References.of(full, annotation(workload, Marks.HOT_RELOAD));
    return tokens == null && references.isEmpty()
        ? null
        : PodTemplate.of(tokens == null ? Map.of() : Map.of(Marks.RESTART_TOKENS, tokens), references);
  }
}
