package dev.keyferry.restart;

import dev.keyferry.restart.RestartListener.WorkloadRef;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All of a workload that matters to a decision.
 *
 * @param key where it stands
 * @param uid which one it is
 * @param optIn what it asks for
 * @param references the Secrets that its pods reference
 * @param template the tokens on its pod template: what it was last rolled for
 * @param observed the tokens on its own metadata: what its pods are known to run with
 * @param history its restarts
 * @param rollout how far its controller is
 * @param wishes when it wants to be restarted
 * @param replicas how many pods it asks for; 1 where it does not say, as for a DaemonSet
 * @param paused whether it is a Deployment that holds its rollouts back
 * @param deleting whether it is going away
 * @param selector finds its pods; null where it names none
 * @param traits what else tells how it is restarted
 */
record WorkloadView(
    WorkloadKey key,
    String uid,
    OptIn optIn,
    Set<String> references,
    TokenMap template,
    TokenMap observed,
    History history,
    Rollout rollout,
    Wishes wishes,
    int replicas,
    boolean paused,
    boolean deleting,
    @Nullable LabelSelector selector,
    Traits traits) {

  /** A workload whose pod template is changed. */
  WorkloadView(
      WorkloadKey key,
      String uid,
      OptIn optIn,
      Set<String> references,
      TokenMap template,
      TokenMap observed,
      History history,
      Rollout rollout,
      Wishes wishes,
      int replicas,
      boolean paused,
      boolean deleting,
      @Nullable LabelSelector selector) {
    this(key, uid, optIn, references, template, observed, history, rollout, wishes, replicas, paused, deleting, selector, Traits.PLAIN);
  }

  /** The same with other records. */
  WorkloadView with(TokenMap template, TokenMap observed, History history, Rollout rollout) {
    return new WorkloadView(
        key, uid, optIn, references, template, observed, history, rollout, wishes, replicas, paused, deleting, selector, traits);
  }

  /** The same, restarted otherwise. */
  WorkloadView by(Method method) {
    return new WorkloadView(
        key, uid, optIn, references, template, observed, history, rollout, wishes, replicas, paused, deleting, selector, traits.by(method));
  }

  /** The same with another opt-in. */
  WorkloadView with(OptIn other) {
    return new WorkloadView(
        key, uid, other, references, template, observed, history, rollout, wishes, replicas, paused, deleting, selector, traits);
  }

  /** Whether nothing restarts it, and nothing ever did. */
  boolean idle() {
    return secrets().isEmpty()
        && !(optIn instanceof OptIn.Invalid)
        && template.tokens().isEmpty()
        && observed.tokens().isEmpty()
        && history.restarts().isEmpty();
  }

  /** The Secrets whose change restarts it. */
  Set<String> secrets() {
    return optIn.secrets(references);
  }

  WorkloadRef ref() {
    return new WorkloadRef(key.kind().kind(), key.namespace(), key.name(), uid);
  }
}
