package dev.keyferry.config;

import java.util.Locale;

/** Every setting of the operator: its flag, its environment name, its default and what it is for. The order is that of {@code --help}. */
public enum Setting {
  /** Port of the operator's own HTTP server. */
  HTTP_PORT("8080", "port of /metrics, /healthz and /readyz (0: any free one)"),
  /** Namespace that the operator runs in. */
  NAMESPACE("", "namespace that the operator runs in (default: its ServiceAccount's, else keyferry-system)"),
  /** Namespaces to serve. */
  WATCH_NAMESPACES("", "namespaces to serve, with commas (default: all)"),
  /** Leader election. */
  LEADER_ELECTION("true", "let one of several replicas work"),
  /** Name of the Lease. */
  LEASE_NAME("keyferry", "name of the Lease that replicas contend for"),
  /** Lease duration. */
  LEASE_DURATION("15s", "how long a lease holds without renewal"),
  /** Renew deadline. */
  RENEW_DEADLINE("10s", "how long the leader tries to renew its lease; less than the lease duration"),
  /** Retry period. */
  RETRY_PERIOD("2s", "time between two tries for the lease; less than the renew deadline"),
  /** Default refresh interval. */
  REFRESH_INTERVAL("5m", "refreshInterval of ExternalSecrets that name none"),
  /** Payload cache TTL. */
  CACHE_TTL("5m", "how long a secret's value stays in memory after it was read (0: not at all)"),
  /** Payload cache size. */
  CACHE_BYTES("67108864", "bytes of secret values in memory, at most"),
  /** Looks at rotations. */
  ROTATION_INTERVAL("6h", "how often a secret's rotation is looked at with DescribeSecret, at the most (0: not at all)"),
  /** Kubernetes request permits. */
  KUBERNETES_REQUESTS("32", "Kubernetes requests under way at once"),
  /** AWS request permits. */
  AWS_REQUESTS("16", "AWS requests under way at once"),
  /** What AWS asks for calls. */
  AWS_PRICES(
      "SecretsManager=0.05,SQS=0.004",
      "dollars for 10,000 calls of AWS's services, with commas; those that are left out are free"),
  /** Endpoints that a namespaced store may name. */
  ALLOWED_ENDPOINTS(
      "",
      "hosts that a SecretStore's endpoint may name besides AWS's own, with commas; * stands for one or more labels"),
  /** Where the operator's own credentials come from. */
  OPERATOR_IDENTITY(
      "auto",
      "the operator's own AWS identity: irsa, pod-identity, environment, auto (the first of these), or instance-profile"),
  /** Whether namespaced stores may use the operator's identity. */
  NAMESPACED_STORES("Allow", "whether a SecretStore without auth may read as the operator: Allow or Deny"),
  /** Roles that namespaced stores may assume as the operator. */
  ALLOWED_ROLES(
      "",
      "ARNs of roles that a SecretStore without auth may assume, with commas; * and {namespace} may stand in them (default: all)"),
  /** Queues with events of AWS. */
  EVENT_QUEUES(
      "",
      "URLs of SQS queues that EventBridge sends changes to, with commas; @region after a URL whose host names none"),
  /** Whether workloads are restarted. */
  RESTART_MODE("Enforce", "Enforce; Report: only tell what would be restarted; Off"),
  /** Quiet time before a restart. */
  RESTART_DEBOUNCE("15s", "how long a workload's Secrets have to be quiet before it is restarted (0: not at all)"),
  /** Longest wait for quiet. */
  RESTART_DEBOUNCE_MAX("2m", "how long a series of changes may hold a restart back, at most"),
  /** Restarts under way over all. */
  RESTART_IN_FLIGHT("10", "restarts whose rollout is not complete, at most"),
  /** Restarts under way in a namespace. */
  RESTART_IN_FLIGHT_NAMESPACE("3", "the same in one namespace"),
  /** Restarts under way among the users of a Secret. */
  RESTART_IN_FLIGHT_SECRET("5", "the same among the workloads that use one Secret"),
  /** Time between two restarts. */
  RESTART_SPACING("1s", "time between two restarts of whatever workloads (0: none)"),
  /** Time between two restarts of one workload. */
  RESTART_COOLDOWN("5m", "time between two restarts of one workload (0: none)"),
  /** Restarts of one workload within an hour. */
  RESTART_BUDGET("6", "restarts of one workload within an hour, at most (0: any number)"),
  /** Timeout of rollouts. */
  RESTART_TIMEOUT("10m", "when a rollout that has not come to its end counts as failed"),
  /** One first. */
  RESTART_CANARY("true", "restart one of the workloads that use a Secret, and the others once it runs well"),
  /** Whether workloads restart of which nobody says anything. */
  RESTART_DEFAULT("Off", "whether workloads restart where neither they, nor an ExternalSecret, nor their namespace say: On or Off"),
  /** Owner of the pod template's annotation. */
  RESTART_FIELD_MANAGER("keyferry.dev/restart", "field manager of the pod template's annotation"),
  /** Targets that Reloader leaves alone. */
  RELOADER_IGNORE("Auto", "keep Stakater's Reloader away from targets: Auto (where spec.restart.enabled is true), Always or Never"),
  /** Log level. */
  LOG_LEVEL("info", "debug, info, warn or error");

  private final String defaultText;
  private final String description;

  Setting(String defaultText, String description) {
    this.defaultText = defaultText;
    this.description = description;
  }

  /** Such as {@code --http-port}. */
  public String flag() {
    return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Such as {@code KEYFERRY_HTTP_PORT}. */
  public String environmentName() {
    return "KEYFERRY_" + name();
  }

  /** The value where neither flag nor environment gives one, as text. */
  public String defaultText() {
    return defaultText;
  }

  /** What it is for, in one line. */
  public String description() {
    return description;
  }
}
