package dev.keyferry.restart;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Rollout of Argo Rollouts. What is of another type than here counts as missing, so that no version of Argo stops a watch. */
@Group("argoproj.io")
@Version("v1alpha1")
@Kind("Rollout")
@Plural("rollouts")
final class ArgoRollout extends PartialObject<ArgoRollout.Spec, ArgoRollout.Status> {

  private static final long serialVersionUID = 1;
  private static final Spec EMPTY_SPEC = new Spec(null, null, null, null, null, null, null);
  private static final Status EMPTY_STATUS = new Status(null, null, null, null, null, null, null, null, null);

  /** What is asked for; with nothing in it where it is missing. */
  Spec spec() {
    return getSpec() instanceof Spec spec ? spec : EMPTY_SPEC;
  }

  /** What Argo has seen; with nothing in it where it is missing. */
  Status status() {
    return getStatus() instanceof Status status ? status : EMPTY_STATUS;
  }

  @Override
  @JsonDeserialize(using = Tolerant.class)
  public void setSpec(@Nullable Spec spec) {
    super.setSpec(spec);
  }

  @Override
  @JsonDeserialize(using = Tolerant.class)
  public void setStatus(@Nullable Status status) {
    super.setStatus(status);
  }

  /**
   * What is asked for.
   *
   * @param workloadRef whose pod template it takes
   * @param restartAt when pods made before then are to go
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Spec(
      @JsonDeserialize(using = Tolerant.class) @Nullable Integer replicas,
      @JsonDeserialize(using = Tolerant.class) @Nullable Boolean paused,
      @JsonDeserialize(using = Tolerant.class) @Nullable Integer progressDeadlineSeconds,
      @JsonDeserialize(using = Tolerant.class) @Nullable LabelSelector selector,
      @JsonDeserialize(using = Tolerant.class) @Nullable WorkloadRef workloadRef,
      @JsonDeserialize(using = Tolerant.class) @Nullable String restartAt,
      @JsonDeserialize(using = Tolerant.class) @Nullable PodTemplate template)
      implements Serializable {

    Spec with(@Nullable PodTemplate other) {
      return new Spec(replicas, paused, progressDeadlineSeconds, selector, workloadRef, restartAt, other);
    }
  }

  /** Names another workload. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record WorkloadRef(@Nullable String kind, @Nullable String name) implements Serializable {}

  /**
   * What Argo has seen.
   *
   * @param observedGeneration a number as text; before Argo 1.0, a hash
   * @param workloadObservedGeneration that of the workload whose pod template it takes
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Status(
      @JsonDeserialize(using = Tolerant.class) @Nullable String observedGeneration,
      @JsonDeserialize(using = Tolerant.class) @Nullable String workloadObservedGeneration,
      @JsonDeserialize(using = Tolerant.class) @Nullable String phase,
      @JsonDeserialize(using = Tolerant.class) @Nullable Boolean abort,
      @JsonDeserialize(using = Tolerant.class) @Nullable List<Condition> pauseConditions,
      @JsonDeserialize(using = Tolerant.class) @Nullable String restartedAt,
      @JsonDeserialize(using = Tolerant.class) @Nullable Integer updatedReplicas,
      @JsonDeserialize(using = Tolerant.class) @Nullable Integer availableReplicas,
      @JsonDeserialize(using = Tolerant.class) @Nullable List<Condition> conditions)
      implements Serializable {}

  /** Why a condition stands, or why it is paused. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Condition(@Nullable String reason) implements Serializable {}
}
