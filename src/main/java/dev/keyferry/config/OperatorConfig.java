package dev.keyferry.config;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The operator's configuration. {@link Setting} has each value's flag, environment name, default and bounds.
 *
 * @param httpPort port of {@code /metrics}, {@code /healthz} and {@code /readyz}; 0 picks a free one
 * @param namespace where the operator runs: its Lease and its digest key stand there
 * @param watchNamespaces namespaces to serve; empty means all
 * @param leaderElection whether one of several replicas is chosen to work
 * @param leaseName name of the Lease
 * @param leaseDuration how long a lease holds without renewal
 * @param renewDeadline how long the leader tries to renew before it gives up
 * @param retryPeriod time between two tries
 * @param refreshInterval for ExternalSecrets that name none
 * @param cacheTtl how long a payload stays in memory; zero keeps none
 * @param cacheBytes bytes of payloads in memory, at most
 * @param rotationInterval between two looks at a secret's rotation, at the least; zero looks at none
 * @param kubernetesRequests Kubernetes requests under way at once
 * @param awsRequests AWS requests under way at once
 * @param awsRegion region for the operator's own STS calls where a store names none; null where unset
 * @param allowedEndpoints hosts that a SecretStore's {@code endpoint} may name
 * @param operatorIdentity the operator's own AWS identity: {@code auto}, {@code irsa}, {@code pod-identity}, {@code environment} or
 *     {@code instance-profile}
 * @param namespacedStoresAllowed whether a SecretStore without auth may read as the operator
 * @param allowedRoles patterns of roles that such a store may assume; empty means all
 * @param prices what AWS's services ask for calls; a service that is not among them is free
 * @param eventQueues queues that EventBridge sends changes to; may be empty
 * @param restarts what restarts are held to
 * @param logLevel {@code debug}, {@code info}, {@code warn} or {@code error}
 */
public record OperatorConfig(
    int httpPort,
    String namespace,
    List<String> watchNamespaces,
    boolean leaderElection,
    String leaseName,
    Duration leaseDuration,
    Duration renewDeadline,
    Duration retryPeriod,
    Duration refreshInterval,
    Duration cacheTtl,
    long cacheBytes,
    Duration rotationInterval,
    int kubernetesRequests,
    int awsRequests,
    @Nullable String awsRegion,
    List<Pattern> allowedEndpoints,
    String operatorIdentity,
    boolean namespacedStoresAllowed,
    List<String> allowedRoles,
    List<Price> prices,
    List<QueueAddress> eventQueues,
    Restarts restarts,
    String logLevel) {

  /**
   * What a service asks for.
   *
   * @param service such as {@code SecretsManager}, {@code SSM} or {@code SQS}
   * @param dollars for 10,000 calls, at least 0
   */
  public record Price(String service, double dollars) {}

  /**
   * What restarts are held to.
   *
   * @param mode {@code Enforce}, {@code Report} or {@code Off}
   * @param debounce how long Secrets have to be quiet; zero for no wait
   * @param debounceMax how long a series of changes may hold a restart back
   * @param inFlight restarts under way at once
   * @param inFlightNamespace the same in one namespace
   * @param inFlightSecret the same among the workloads that use one Secret
   * @param spacing between two restarts; zero for none
   * @param cooldown between two restarts of one workload; zero for none
   * @param budget restarts of one workload within an hour; 0 for any number
   * @param timeout when a rollout counts as failed
   * @param canary whether one workload goes first
   * @param byDefault whether workloads restart of which nobody says anything
   * @param fieldManager owns the pod template's annotation
   * @param reloaderIgnore {@code Auto}, {@code Always} or {@code Never}
   */
  public record Restarts(
      String mode,
      Duration debounce,
      Duration debounceMax,
      int inFlight,
      int inFlightNamespace,
      int inFlightSecret,
      Duration spacing,
      Duration cooldown,
      int budget,
      Duration timeout,
      boolean canary,
      boolean byDefault,
      String fieldManager,
      String reloaderIgnore) {}

  /** Lists never change. */
  public OperatorConfig {
    watchNamespaces = List.copyOf(watchNamespaces);
    allowedEndpoints = List.copyOf(allowedEndpoints);
    allowedRoles = List.copyOf(allowedRoles);
    eventQueues = List.copyOf(eventQueues);
  }
}
