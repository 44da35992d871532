package dev.keyferry.observe;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the operator framework does, by controller and never by object. Submitted objects are kept as sets, so that none counts twice. */
public final class JosdkMetrics implements Metrics {

  private static final List<Duration> BUCKETS =
      List.of(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(60));

  private final MeterRegistry registry;
  private final Map<String, Work> work = new ConcurrentHashMap<>();

  /** The objects of one controller that are at some point of their way. */
  private record Work(Set<ResourceID> queued, Set<ResourceID> active) {}

  JosdkMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void receivedEvent(Event event, Map<String, Object> metadata) {
    count("keyferry.reconcile.events", "Events that reached a controller", metadata);
  }

  @Override
  public void reconcileCustomResource(HasMetadata resource, @Nullable RetryInfo retryInfo, Map<String, Object> metadata) {
    work(metadata).queued().add(ResourceID.fromResource(resource));
    if (retryInfo != null && retryInfo.getAttemptCount() > 0) {
      count("keyferry.reconcile.retries", "Reconciles that follow a failed one", metadata);
    }
  }

  @Override
  public void reconciliationExecutionStarted(HasMetadata resource, Map<String, Object> metadata) {
    ResourceID id = ResourceID.fromResource(resource);
    work(metadata).queued().remove(id);
    work(metadata).active().add(id);
  }

  @Override
  public void reconciliationExecutionFinished(HasMetadata resource, Map<String, Object> metadata) {
    work(metadata).active().remove(ResourceID.fromResource(resource));
  }

  @Override
  public void cleanupDoneFor(ResourceID id, Map<String, Object> metadata) {
    work(metadata).queued().remove(id);
    work(metadata).active().remove(id);
  }

  @Override
  public void failedReconciliation(HasMetadata resource, Exception exception, Map<String, Object> metadata) {
    count("keyferry.reconcile.failures", "Reconciles that ended in an exception", metadata);
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    Timer.Sample sample = Timer.start(registry);
    try {
      return execution.execute();
    } finally {
      sample.stop(
          Timer.builder("keyferry.reconcile.duration")
              .description("Duration of a controller's executions")
              .serviceLevelObjectives(BUCKETS.toArray(Duration[]::new))
              .tags("controller", execution.controllerName())
              .register(registry));
    }
  }

  private Work work(Map<String, Object> metadata) {
    return work.computeIfAbsent(controller(metadata), this::register);
  }

  private Work register(String controller) {
    Work created = new Work(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
    Gauge.builder("keyferry.reconcile.queue", created.queued(), Set::size)
        .description("Objects that wait for a thread")
        .tags("controller", controller)
        .register(registry);
    Gauge.builder("keyferry.reconcile.active", created.active(), Set::size)
        .description("Objects that are being reconciled")
        .tags("controller", controller)
        .register(registry);
    return created;
  }

  private void count(String name, String description, Map<String, Object> metadata) {
    Counter.builder(name).description(description).tags("controller", controller(metadata)).register(registry).increment();
  }

  private static String controller(Map<String, Object> metadata) {
    return String.valueOf(metadata.getOrDefault(Constants.CONTROLLER_NAME, "unknown"));
  }
}
