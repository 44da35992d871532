package dev.keyferry.restart;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A workload of the group {@code apps}. Its kinds share the names of fields that mean the same, so that one spec and one status hold all. */
abstract sealed class AppsWorkload extends PartialObject<AppsWorkload.Spec, AppsWorkload.Status> {

  private static final long serialVersionUID = 1;

  abstract WorkloadKind workloadKind();

  /** How many pods its controller wants; null where it does not say. */
  @Nullable Integer pods() {
    return getSpec() == null ? null : getSpec().replicas();
  }

  @Group("apps")
  @Version("v1")
  @Kind("Deployment")
  @Plural("deployments")
  static final class Deployment extends AppsWorkload {

    private static final long serialVersionUID = 1;

    @Override
    WorkloadKind workloadKind() {
      return WorkloadKind.DEPLOYMENT;
    }
  }

  @Group("apps")
  @Version("v1")
  @Kind("StatefulSet")
  @Plural("statefulsets")
  static final class StatefulSet extends AppsWorkload {

    private static final long serialVersionUID = 1;

    @Override
    WorkloadKind workloadKind() {
      return WorkloadKind.STATEFUL_SET;
    }
  }

  @Group("apps")
  @Version("v1")
  @Kind("DaemonSet")
  @Plural("daemonsets")
  static final class DaemonSet extends AppsWorkload {

    private static final long serialVersionUID = 1;

    @Override
    WorkloadKind workloadKind() {
      return WorkloadKind.DAEMON_SET;
    }

    @Override
    @Nullable Integer pods() {
      return getStatus() == null ? null : getStatus().desiredNumberScheduled();
    }
  }

  /**
   * What is asked for; null where it does not say, or where the kind has no such field.
   *
   * @param strategy of a Deployment
   * @param updateStrategy of a StatefulSet or a DaemonSet
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Spec(
      @Nullable Integer replicas,
      @Nullable Boolean paused,
      @Nullable Integer progressDeadlineSeconds,
      @Nullable LabelSelector selector,
      @Nullable Strategy strategy,
      @Nullable Strategy updateStrategy,
      @Nullable PodTemplate template)
      implements Serializable {

    Spec with(@Nullable PodTemplate other) {
      return new Spec(replicas, paused, progressDeadlineSeconds, selector, strategy, updateStrategy, other);
    }
  }

  /** How pods are replaced. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Strategy(@Nullable String type, @Nullable RollingUpdate rollingUpdate) implements Serializable {}

  /** How far up a StatefulSet is left alone. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record RollingUpdate(@Nullable Integer partition) implements Serializable {}

  /** What the controller has seen; null where it does not say, or where the kind has no such field. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Status(
      @Nullable Long observedGeneration,
      @Nullable Integer replicas,
      @Nullable Integer updatedReplicas,
      @Nullable Integer readyReplicas,
      @Nullable Integer availableReplicas,
      @Nullable String currentRevision,
      @Nullable String updateRevision,
      @Nullable Integer desiredNumberScheduled,
      @Nullable Integer updatedNumberScheduled,
      @Nullable Integer numberAvailable,
      @Nullable List<Condition> conditions)
      implements Serializable {}

  /** A condition's sort, and why it stands so. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Condition(@Nullable String type, @Nullable String reason) implements Serializable {}
}
