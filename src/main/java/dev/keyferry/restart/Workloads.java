package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvFromSourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
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

  private static final String PROGRESSING = "Progressing";

  private Workloads() {}

  /** What a cache keeps of a Deployment. */
  static Deployment strip(Deployment full) {
    var small = new DeploymentBuilder().withMetadata(metadata(full));
    var spec = full.getSpec();
    if (spec == null || never(full)) {
      return small.build();
    }
    return small
        .withNewSpec()
        .withReplicas(spec.getReplicas())
        .withPaused(spec.getPaused())
        .withProgressDeadlineSeconds(spec.getProgressDeadlineSeconds())
        .withSelector(spec.getSelector())
        .withStrategy(spec.getStrategy())
        .withTemplate(template(full, spec.getTemplate()))
        .endSpec()
        .withStatus(status(full.getStatus()))
        .build();
  }

  /** What a cache keeps of a StatefulSet. */
  static StatefulSet strip(StatefulSet full) {
    var small = new StatefulSetBuilder().withMetadata(metadata(full));
    var spec = full.getSpec();
    if (spec == null || never(full)) {
      return small.build();
    }
    return small
        .withNewSpec()
        .withReplicas(spec.getReplicas())
        .withSelector(spec.getSelector())
        .withUpdateStrategy(spec.getUpdateStrategy())
        .withTemplate(template(full, spec.getTemplate()))
        .endSpec()
        .withStatus(full.getStatus())
        .build();
  }

  /** What a cache keeps of a DaemonSet. */
  static DaemonSet strip(DaemonSet full) {
    var small = new DaemonSetBuilder().withMetadata(metadata(full));
    var spec = full.getSpec();
    if (spec == null || never(full)) {
      return small.build();
    }
    return small
        .withNewSpec()
        .withSelector(spec.getSelector())
        .withUpdateStrategy(spec.getUpdateStrategy())
        .withTemplate(template(full, spec.getTemplate()))
        .endSpec()
        .withStatus(full.getStatus())
        .build();
  }

  /** A Deployment as decisions see it, full or stripped. */
  static WorkloadView view(Deployment workload) {
    var spec = workload.getSpec();
    return spec == null
        ? view(WorkloadKind.DEPLOYMENT, workload, Rollout.of(workload), null, null, null, null, Traits.PLAIN)
        : view(
            WorkloadKind.DEPLOYMENT,
            workload,
            Rollout.of(workload),
            spec.getTemplate(),
            spec.getReplicas(),
            spec.getPaused(),
            spec.getSelector(),
            TraitsOf.workload(workload, Method.TEMPLATE, spec.getProgressDeadlineSeconds(), spec.getReplicas()));
  }

  /** A StatefulSet as decisions see it, full or stripped. */
  static WorkloadView view(StatefulSet workload) {
    var spec = workload.getSpec();
    return spec == null
        ? view(WorkloadKind.STATEFUL_SET, workload, Rollout.of(workload), null, null, null, null, Traits.PLAIN)
        : view(
            WorkloadKind.STATEFUL_SET,
            workload,
            Rollout.of(workload),
            spec.getTemplate(),
            spec.getReplicas(),
            null,
            spec.getSelector(),
            TraitsOf.workload(workload, Method.TEMPLATE, null, spec.getReplicas()));
  }

  /** A DaemonSet as decisions see it, full or stripped. */
  static WorkloadView view(DaemonSet workload) {
    var spec = workload.getSpec();
    return spec == null
        ? view(WorkloadKind.DAEMON_SET, workload, Rollout.of(workload), null, null, null, null, Traits.PLAIN)
        : view(
            WorkloadKind.DAEMON_SET,
            workload,
            Rollout.of(workload),
            spec.getTemplate(),
            null,
            null,
            spec.getSelector(),
            TraitsOf.workload(
                workload, Method.TEMPLATE, null, workload.getStatus() == null ? null : workload.getStatus().getDesiredNumberScheduled()));
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
      HasMetadata workload,
      Rollout rollout,
      @Nullable PodTemplateSpec template,
      @Nullable Integer replicas,
      @Nullable Boolean paused,
      @Nullable LabelSelector selector,
      Traits traits) {
    ObjectMeta metadata = workload.getMetadata();
    return new WorkloadView(
        new WorkloadKey(kind, metadata.getNamespace(), metadata.getName()),
        metadata.getUid(),
        OptIn.parse(annotation(metadata, Marks.RESTART_ON_CHANGE)),
        References.of(template, annotation(metadata, Marks.HOT_RELOAD)),
        TokenMap.parse(annotation(traits.method().template() ? of(template) : metadata, Marks.RESTART_TOKENS)),
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

  private static @Nullable ObjectMeta of(@Nullable PodTemplateSpec template) {
    return template == null ? null : template.getMetadata();
  }

  private static boolean never(HasMetadata workload) {
    return OptIn.parse(annotation(workload.getMetadata(), Marks.RESTART_ON_CHANGE)) instanceof OptIn.Off;
  }

  private static @Nullable DeploymentStatus status(@Nullable DeploymentStatus full) {
    if (full == null) {
      return null;
    }
    List<DeploymentCondition> conditions =
        full.getConditions() == null ? List.of() : full.getConditions().stream().filter(one -> PROGRESSING.equals(one.getType())).map(Workloads::condition).toList();
    return new DeploymentStatusBuilder()
        .withObservedGeneration(full.getObservedGeneration())
        .withReplicas(full.getReplicas())
        .withUpdatedReplicas(full.getUpdatedReplicas())
        .withAvailableReplicas(full.getAvailableReplicas())
        .withConditions(conditions)
        .build();
  }

  private static DeploymentCondition condition(DeploymentCondition full) {
    return new DeploymentConditionBuilder().withType(full.getType()).withReason(full.getReason()).build();
  }

  static @Nullable String annotation(@Nullable ObjectMeta metadata, String key) {
    return metadata == null || metadata.getAnnotations() == null ? null : metadata.getAnnotations().get(key);
  }

  static ObjectMeta metadata(HasMetadata full) {
    ObjectMeta metadata = full.getMetadata();
    return new ObjectMetaBuilder()
        .withName(metadata.getName())
        .withNamespace(metadata.getNamespace())
        .withUid(metadata.getUid())
        .withResourceVersion(metadata.getResourceVersion())
        .withGeneration(metadata.getGeneration())
        .withDeletionTimestamp(metadata.getDeletionTimestamp())
        .withAnnotations(ours(metadata, KEPT))
        .withOwnerReferences(TraitsOf.controller(metadata).map(List::of).orElse(List.of()))
        .build();
  }

  private static Map<String, String> ours(@Nullable ObjectMeta metadata, List<String> keys) {
    Map<String, String> kept = new TreeMap<>();
    for (String key : keys) {
      String value = annotation(metadata, key);
      if (value != null) {
        kept.put(key, value);
      }
    }
    return kept;
  }

  /** What a cache keeps of a workload's pod template; null where nothing of it matters. */
  static @Nullable PodTemplateSpec template(HasMetadata workload, @Nullable PodTemplateSpec full) {
    Map<String, String> tokens = ours(full == null ? null : full.getMetadata(), List.of(Marks.RESTART_TOKENS));
    List<EnvFromSource> references =
        References.of(full, annotation(workload.getMetadata(), Marks.HOT_RELOAD)).stream()
            .map(name -> new EnvFromSourceBuilder().withNewSecretRef(name, null).build())
            .toList();
    if (references.isEmpty() && tokens.isEmpty()) {
      return null;
    }
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withAnnotations(tokens)
        .endMetadata()
        .withNewSpec()
        .withContainers(new ContainerBuilder().withEnvFrom(references).build())
        .endSpec()
        .build();
  }
}
