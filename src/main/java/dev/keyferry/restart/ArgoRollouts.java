package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import dev.keyferry.restart.Method.Strategy;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads Argo's Rollouts, and makes the small ones that the cache keeps. */
final class ArgoRollouts {

  private static final List<String> SPEC =
      List.of("replicas", "paused", "selector", "workloadRef", "restartAt", "progressDeadlineSeconds");

  private static final List<String> STATUS =
      List.of(
          "observedGeneration",
          "workloadObservedGeneration",
          "phase",
          "abort",
          "pauseConditions",
          "restartedAt",
          "updatedReplicas",
          "availableReplicas",
          "conditions");

  private static final List<String> RECORDS =
      List.of(Marks.OBSERVED_TOKENS, Marks.RESTARTED_AT, Marks.RESTART_VERIFIED, Marks.RESTART_TOKENS, Marks.EVICT_BEFORE);

  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private ArgoRollouts() {}

  /** What a cache keeps of a Rollout. */
  static ArgoRollout strip(ArgoRollout full) {
    ArgoRollout small = new ArgoRollout();
    small.setApiVersion(full.getApiVersion());
    small.setKind(full.getKind());
    small.setMetadata(Workloads.metadata(full));
    Map<String, Object> spec = some(ArgoFields.map(full, "spec"), SPEC);
    if (template(full) instanceof PodTemplateSpec template && Workloads.template(full, template) instanceof PodTemplateSpec kept) {
      spec.put("template", JSON.convertValue(kept, Map.class));
    }
    small.setAdditionalProperty("spec", spec);
    small.setAdditionalProperty("status", some(ArgoFields.map(full, "status"), STATUS));
    return small;
  }

  /** The name of the Deployment that it takes its pod template from; empty where it has its own. */
  static Optional<String> behind(ArgoRollout rollout) {
    return ArgoFields.map(rollout, "spec").get("workloadRef") instanceof Map<?, ?> ref
            && "Deployment".equals(ref.get("kind"))
            && ref.get("name") instanceof String name
        ? Optional.of(name)
        : Optional.empty();
  }

  /** A Rollout with a pod template of its own as decisions see it. */
  static WorkloadView view(ArgoRollout rollout) {
    boolean template = TraitsOf.strategy(rollout.getMetadata()).filter(Strategy.ROLLOUT::equals).isPresent();
    Map<?, ?> spec = ArgoFields.map(rollout, "spec");
    Method method = template ? Method.TEMPLATE : new Method.RestartAt(TraitsOf.instant(ArgoFields.text(spec, "restartAt")));
    return view(rollout, rollout.getMetadata(), template(rollout), selector(spec), ArgoStatus.of(rollout, null), method);
  }

  /**
   * A Rollout with another's pod template as decisions see it. The Deployment has the records, save for evictions, which leave it alone. Of
   * the annotations about restarts those of the Rollout count, and where it does not say whether it restarts, those of the Deployment.
   *
   * @param behind the Deployment, full or stripped
   */
  static WorkloadView view(ArgoRollout rollout, Deployment behind) {
    ObjectMeta own = rollout.getMetadata();
    ObjectMeta wishes = Workloads.annotation(own, Marks.RESTART_ON_CHANGE) == null ? behind.getMetadata() : own;
    boolean evicts = TraitsOf.strategy(wishes).filter(Strategy.EVICT::equals).isPresent();
    ObjectMeta both = own.edit().withAnnotations(together(wishes, evicts ? own : behind.getMetadata())).build();
    LabelSelector selector = selector(ArgoFields.map(rollout, "spec"));
    return view(
        rollout,
        both,
        behind.getSpec().getTemplate(),
        selector == null ? behind.getSpec().getSelector() : selector,
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
      @Nullable PodTemplateSpec template,
      @Nullable LabelSelector selector,
      Rollout progress,
      Method method) {
    Map<?, ?> spec = ArgoFields.map(rollout, "spec");
    int replicas = ArgoFields.number(spec, "replicas", 1);
    int deadline = ArgoFields.number(spec, "progressDeadlineSeconds", 0);
    ArgoRollout seen = new ArgoRollout();
    seen.setMetadata(metadata);
    return Workloads.view(
        WorkloadKind.ROLLOUT,
        seen,
        progress,
        template,
        replicas,
        ArgoStatus.held(rollout),
        selector,
        TraitsOf.workload(seen, method, deadline == 0 ? null : deadline, replicas));
  }

  private static @Nullable PodTemplateSpec template(ArgoRollout rollout) {
    return read(ArgoFields.map(rollout, "spec").get("template"), PodTemplateSpec.class);
  }

  private static @Nullable LabelSelector selector(Map<?, ?> spec) {
    return read(spec.get("selector"), LabelSelector.class);
  }

  /** The custom resource's schema holds less than a built-in kind's, so that a field may be of another type than it should be. */
  private static <T> @Nullable T read(@Nullable Object value, Class<T> type) {
    try {
      return value == null ? null : JSON.convertValue(value, type);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static Map<String, Object> some(Map<?, ?> all, List<String> names) {
    Map<String, Object> kept = new TreeMap<>();
    names.stream().filter(all::containsKey).forEach(name -> kept.put(name, all.get(name)));
    return kept;
  }
}
