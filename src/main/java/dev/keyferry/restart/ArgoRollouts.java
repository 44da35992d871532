package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import dev.keyferry.restart.ArgoRollout.WorkloadRef;
import dev.keyferry.restart.Method.Strategy;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads Argo's Rollouts, and makes the small ones that the cache keeps. */
final class ArgoRollouts {

  private static final List<String> RECORDS =
      List.of(Marks.OBSERVED_TOKENS, Marks.RESTARTED_AT, Marks.RESTART_VERIFIED, Marks.RESTART_TOKENS, Marks.EVICT_BEFORE);

  private ArgoRollouts() {}

  /** Leaves of a Rollout what a cache keeps. */
  static ArgoRollout strip(ArgoRollout full) {
    PodTemplate template = Workloads.template(full.getMetadata(), full.spec().template());
    full.setMetadata(Workloads.metadata(full.getMetadata()));
    full.setSpec(full.spec().with(template));
    return full;
  }

  /** The name of the Deployment that it takes its pod template from; empty where it has its own. */
  static Optional<String> behind(ArgoRollout rollout) {
    return Optional.ofNullable(rollout.spec().workloadRef()).filter(ref -> "Deployment".equals(ref.kind())).map(WorkloadRef::name);
  }

  /** A Rollout with a pod template of its own as decisions see it. */
  static WorkloadView view(ArgoRollout rollout) {
    boolean template = TraitsOf.strategy(rollout.getMetadata()).filter(Strategy.ROLLOUT::equals).isPresent();
    ArgoRollout.Spec spec = rollout.spec();
    Method method = template ? Method.TEMPLATE : new Method.RestartAt(TraitsOf.instant(spec.restartAt()));
    return view(rollout, rollout.getMetadata(), spec.template(), spec.selector(), ArgoStatus.of(rollout, null), method);
  }

  /**
   * A Rollout with another's pod template as decisions see it. The Deployment has the records, save for evictions, which leave it alone. Of
   * the annotations about restarts those of the Rollout count, and where it does not say whether it restarts, those of the Deployment.
   *
   * @param behind the Deployment, full or stripped
   */
  static WorkloadView view(ArgoRollout rollout, AppsWorkload.Deployment behind) {
    ObjectMeta own = rollout.getMetadata();
    ObjectMeta wishes = Workloads.annotation(own, Marks.RESTART_ON_CHANGE) == null ? behind.getMetadata() : own;
    boolean evicts = TraitsOf.strategy(wishes).filter(Strategy.EVICT::equals).isPresent();
    ObjectMeta both = own.edit().withAnnotations(together(wishes, evicts ? own : behind.getMetadata())).build();
    LabelSelector selector = rollout.spec().selector();
    return view(
        rollout,
        both,
        behind.getSpec().template(),
        selector == null ? behind.getSpec().selector() : selector,
        ArgoStatus.of(rollout, behind.getMetadata().getGeneration()),
        new Method.Behind(behind.getMetadata().getName(), behind.getMetadata().getUid()));
  }

  private static Map<String, String> together(ObjectMeta wishes, ObjectMeta records) {
    Map<String, String> annotations = new TreeMap<>(Objects.requireNonNullElse(wishes.getAnnotations(), Map.of()));
    annotations.keySet().removeAll(RECORDS);
    for (String key : RECORDS) {
      if (Workloads.annotation(records, key) instanceof String value) {
        annotations.put(key, value);
      }
    }
    return annotations;
  }

  private static WorkloadView view(
      ArgoRollout rollout,
      ObjectMeta metadata,
      @Nullable PodTemplate template,
      @Nullable LabelSelector selector,
      Rollout progress,
      Method method) {
    ArgoRollout.Spec spec = rollout.spec();
    int replicas = Objects.requireNonNullElse(spec.replicas(), 1);
    int deadline = Objects.requireNonNullElse(spec.progressDeadlineSeconds(), 0);
    return Workloads.view(
        WorkloadKind.ROLLOUT,
        metadata,
        progress,
        template,
        replicas,
        ArgoStatus.held(rollout),
        selector,
        TraitsOf.workload(metadata, method, deadline == 0 ? null : deadline, replicas));
  }
}
