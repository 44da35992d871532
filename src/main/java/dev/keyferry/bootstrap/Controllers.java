package dev.keyferry.bootstrap;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.config.OperatorConfig;
import dev.keyferry.reconcile.ClusterSecretStoreReconciler;
import dev.keyferry.reconcile.ExternalSecretReconciler;
import dev.keyferry.reconcile.SecretStoreReconciler;
import dev.keyferry.reconcile.StoreParts;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Executors;

/** How JOSDK is set up: what it watches and keeps of it, how it retries, how it elects a leader. */
final class Controllers {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final Duration LAST_WORK = Duration.ofSeconds(7);

  private static final List<Class<? extends HasMetadata>> WATCHED =
      List.of(ExternalSecret.class, SecretStore.class, ClusterSecretStore.class);

  private final OperatorConfig config;
  private final KubernetesClient client;
  private final Metrics metrics;

  Controllers(OperatorConfig config, KubernetesClient client, Metrics metrics) {
    this.config = config;
    this.client = client;
    this.metrics = metrics;
    // What a watch tells is read as the class known for its kind, and only then made what was asked for.
    WATCHED.forEach(client.getKubernetesSerialization()::registerKubernetesResource);
  }

  /** The operator with every reconciler registered; not started. */
  Operator operator(String instance, LeaderCallbacks leadership, StoreParts parts, ExternalSecretReconciler externalSecrets) {
    Operator operator =
        new Operator(
            overrider -> {
              overrider
                  .withKubernetesClient(client)
                  .withCloseClientOnStop(false)
                  .withResourceCloner(new SharedObjects())
                  .withExecutorService(Executors.newVirtualThreadPerTaskExecutor())
                  .withMetrics(metrics)
                  .withReconciliationTerminationTimeout(LAST_WORK)
                  .checkingCRDAndValidateLocalModel(false);
              if (config.leaderElection()) {
                overrider.withLeaderElectionConfiguration(election(instance, leadership));
              }
            });
    operator.register(new SecretStoreReconciler(parts), this::<SecretStore>namespaced);
    operator.register(new ClusterSecretStoreReconciler(parts), this::<ClusterSecretStore>everywhere);
    operator.register(externalSecrets, this::<ExternalSecret>namespaced);
    return operator;
  }

  private LeaderElectionConfiguration election(String instance, LeaderCallbacks leadership) {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(config.leaseName())
        .withLeaseNamespace(config.namespace())
        .withIdentity(instance)
        .withLeaseDuration(config.leaseDuration())
        .withRenewDeadline(config.renewDeadline())
        .withRetryPeriod(config.retryPeriod())
        .withExitOnStopLeading(false)
        .withLeaderCallbacks(leadership)
        .build();
  }

  private <R extends HasMetadata> void namespaced(ControllerConfigurationOverrider<R> overrider) {
    if (config.watchNamespaces().isEmpty()) {
      everywhere(overrider);
    } else {
      // Without an item store: the namespaces' informers would share it, and each would remove what the others hold.
      overrider.settingNamespaces(new HashSet<>(config.watchNamespaces())).withRetry(retry());
    }
  }

  private <R extends HasMetadata> void everywhere(ControllerConfigurationOverrider<R> overrider) {
    overrider.watchingAllNamespaces().withRetry(retry()).withItemStore(new TransformingItemStore<>(Controllers::lean));
  }

  /* For bugs and for a Kubernetes API that does not answer; expected failures have outcomes. */
  private static GenericRetry retry() {
    return new GenericRetry().setInitialInterval(1_000).setIntervalMultiplier(2).setMaxInterval(120_000).withoutMaxAttempts();
  }

  /* Without what nobody here reads, which is most of an object. */
  private static <R extends HasMetadata> R lean(R object) {
    object.getMetadata().setManagedFields(null);
    if (object.getMetadata().getAnnotations() != null) {
      object.getMetadata().getAnnotations().remove(LAST_APPLIED);
    }
    return object;
  }
}
