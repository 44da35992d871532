package dev.keyferry.restart;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.Version;

/** A Rollout of Argo Rollouts, known by name only: none of its fields is fixed here, so that no version of Argo stops a watch. */
@Group("argoproj.io")
@Version("v1alpha1")
@Kind("Rollout")
@Plural("rollouts")
public final class ArgoRollout extends GenericKubernetesResource implements Namespaced {

  private static final long serialVersionUID = 1;
}
