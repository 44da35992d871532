package dev.keyferry.restart;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/** The kinds that are restarted. Jobs and CronJobs never are: their next run reads the new Secret. */
enum WorkloadKind {
  DEPLOYMENT("Deployment", "deployments"),
  STATEFUL_SET("StatefulSet", "statefulsets"),
  DAEMON_SET("DaemonSet", "daemonsets");

  static final String API_VERSION = "apps/v1";

  private final String kind;
  private final String plural;

  WorkloadKind(String kind, String plural) {
    this.kind = kind;
    this.plural = plural;
  }

  String kind() {
    return kind;
  }

  ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup("apps")
        .withVersion("v1")
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }
}
