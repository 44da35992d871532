package dev.keyferry.restart;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds that are restarted. Jobs and CronJobs never are: their next run reads the new Secret. */
enum WorkloadKind {
  DEPLOYMENT("apps", "v1", "Deployment", "deployments"),
  STATEFUL_SET("apps", "v1", "StatefulSet", "statefulsets"),
  DAEMON_SET("apps", "v1", "DaemonSet", "daemonsets"),
  /** Of Argo Rollouts, where that is installed. */
  ROLLOUT("argoproj.io", "v1alpha1", "Rollout", "rollouts");

  private final String group;
  private final String version;
  private final String kind;
  private final String plural;

  WorkloadKind(String group, String version, String kind, String plural) {
    this.group = group;
    this.version = version;
    this.kind = kind;
    this.plural = plural;
  }

  String apiVersion() {
    return group + "/" + version;
  }

  String kind() {
    return kind;
  }

  ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }
}
