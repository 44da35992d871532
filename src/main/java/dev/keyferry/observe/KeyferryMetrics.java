package dev.keyferry.observe;

import dev.keyferry.fetch.FetchListener;
import dev.keyferry.fetch.RotationListener;
import dev.keyferry.reconcile.SyncListener;
import dev.keyferry.restart.RestartListener;
import dev.keyferry.source.ChangeFeedListener;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.aws.AwsCallListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * The operator's Prometheus metrics. It hears every step's listener; every label is bounded, and none holds a secret's key or version. What
 * is kept per ExternalSecret is read at each scrape and kept nowhere.
 */
public final class KeyferryMetrics
    implements FetchListener,
        RotationListener,
        SyncListener,
        RestartListener,
        AwsCallListener,
        ChangeFeedListener,
        HttpEndpoints.Scrape,
        AutoCloseable {

  private static final List<Duration> WORK = seconds(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);
  private static final List<Duration> PROPAGATION = seconds(0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600);

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final AwsCost cost = new AwsCost(registry);
  private final JosdkMetrics josdk = new JosdkMetrics(registry);
  private final SweepMetrics sweeps = new SweepMetrics(registry);
  private final AtomicInteger pendingRestarts = new AtomicInteger();
  private final AtomicInteger restartsInFlight = new AtomicInteger();
  private final AtomicInteger stalePods = new AtomicInteger();
  private final AtomicInteger leader = new AtomicInteger();
  private final AtomicInteger healthyRotations = new AtomicInteger();
  private final AtomicInteger overdueRotations = new AtomicInteger();
  private final AtomicInteger failedRotations = new AtomicInteger();
  private final BoundedLabel results = BoundedLabel.of("created", "updated", "unchanged", "deleted", "skipped", "failed");
  private final BoundedLabel reasons = BoundedLabel.first(64);
  private final BoundedLabel kinds = BoundedLabel.of("Deployment", "StatefulSet", "DaemonSet");
  private final BoundedLabel services = BoundedLabel.first(8);
  private final BoundedLabel operations = BoundedLabel.first(64);
  private final BoundedLabel errorCodes = AwsErrorCodes.label();
  private final BoundedLabel regions = BoundedLabel.first(64);
  private final AtomicReference<Rates> rates = new AtomicReference<>(new Rates(0, 0));
  private final Counter older;
  private final BoundedLabel eventKinds = BoundedLabel.of("label", "api_call", "service_event", "parameter", "other");
  private final BoundedLabel eventResults = BoundedLabel.of("change", "rotation_failed", "irrelevant", "poison");
  private final Counter hits;
  private final Counter misses;
  private final Timer propagation;
  private final DistributionSummary fill;
  private final Counter batchRefs;
  private final Counter bytesReceived;
  private volatile SyncListener.States states = List::of;
  private volatile SyncListener.Incidents incidents = List::of;

  /**
   * Registers everything.
   *
   * @param version the running build's version
   */
  public KeyferryMetrics(String version) {
    registry.getPrometheusRegistry().register(new StateCollector(version, () -> states, () -> incidents));
    hits = cacheRequests("hit");
    misses = cacheRequests("miss");
    older = counter("keyferry.older.reads", "Reads that gave an older version than the one applied");
    Gauge.builder("keyferry.rate.limited", rates, current -> current.get().callers())
        .description("Callers that AWS throttled and that are held to a rate, by operation and region")
        .register(registry);
    Gauge.builder("keyferry.rate.slowest", rates, current -> current.get().slowest())
        .description("Reads a second of the caller that is held to the lowest rate; 0 where none is")
        .register(registry);
    batchRefs = counter("keyferry.batch.refs", "Sources that were asked for in batches");
    bytesReceived = counter("keyferry.source.bytes", "Bytes of secret values that AWS gave");
    propagation = timer("keyferry.propagation", "From a version's creation in AWS to the write of its target", PROPAGATION);
    fill =
        DistributionSummary.builder("keyferry.batch.fill.ratio")
            .description("Share of a batch's places that were used")
            .serviceLevelObjectives(0.1, 0.25, 0.5, 0.75, 0.9, 1)
            .register(registry);
    Gauge.builder("keyferry.restarts.pending", pendingRestarts, AtomicInteger::get)
        .description("Workloads that wait for a restart")
        .register(registry);
    Gauge.builder("keyferry.restarts.in.flight", restartsInFlight, AtomicInteger::get)
        .description("Restarts whose rollout is not complete")
        .register(registry);
    Gauge.builder("keyferry.stale.pods", stalePods, AtomicInteger::get)
        .description("Pods that run with what their Secret held before, of workloads that wait for a restart or were left behind by one")
        .register(registry);
    Gauge.builder("keyferry.leader", leader, AtomicInteger::get)
        .description("1 where this replica is the one that works")
        .register(registry);
    gauge("keyferry.rotation.healthy", "Secrets that are rotated, and were in time", healthyRotations);
    gauge("keyferry.rotation.overdue", "Secrets that were not rotated by their date", overdueRotations);
    gauge("keyferry.rotation.failed", "Secrets whose last rotation failed", failedRotations);
    for (FailureKind kind : FailureKind.values()) {
      sourceErrors(kind);
    }
    bindProcess();
  }

  private void bindProcess() {
    gc.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** Gives what is shown per ExternalSecret; before that, nothing is. */
  public void show(SyncListener.States current) {
    states = current;
  }

  /** Gives the incidents that stand; before that, none are shown. */
  public void showIncidents(SyncListener.Incidents current) {
    incidents = current;
  }

  /** Gives what each of AWS's services asks for 10,000 calls; before that, none costs anything. */
  public void prices(Map<String, Double> dollarsByService) {
    cost.prices(dollarsByService);
  }

  /** Says whether this replica is the one that works. */
  public void leader(boolean leads) {
    leader.set(leads ? 1 : 0);
  }

  /** The bridge to hand to the operator framework. */
  public JosdkMetrics josdk() {
    return josdk;
  }

  /** Counts passes over lists. */
  public SweepMetrics sweeps() {
    return sweeps;
  }

  @Override
  public void reconciled(String result, String reason, Duration took) {
    counter("keyferry.sync", "Reconciles of ExternalSecrets", "result", results.of(result), "reason", reasons.of(reason)).increment();
    timer("keyferry.sync.duration", "Duration of reconciles of ExternalSecrets", WORK).record(took);
  }

  @Override
  public void propagated(Duration delay) {
    propagation.record(delay.isNegative() ? Duration.ZERO : delay);
  }

  @Override
  public void hit() {
    hits.increment();
  }

  @Override
  public void miss() {
    misses.increment();
  }

  @Override
  public void batch(SourceService service, int refs, int capacity) {
    counter("keyferry.batches", "Batches that were sent", "service", service.word()).increment();
    batchRefs.increment(refs);
    if (capacity > 0) {
      fill.record((double) refs / capacity);
    }
  }

  @Override
  public void received(int bytes) {
    bytesReceived.increment(bytes);
  }

  @Override
  public void failed(FailureKind kind) {
    sourceErrors(kind).increment();
  }

  @Override
  public void throttled(SourceService service, boolean batch) {
    counter("keyferry.throttled", "Reads that AWS throttled", "service", service.word(), "batch", Boolean.toString(batch)).increment();
  }

  @Override
  public void limited(int callers, double slowest) {
    rates.set(new Rates(callers, slowest));
  }

  @Override
  public void older() {
    older.increment();
  }

  @Override
  public void failedOver(String region) {
    counter("keyferry.failover.reads", "Sources that were read in a failover region", "region", regions.of(region)).increment();
  }

  @Override
  public void rotations(int healthy, int overdue, int failed) {
    healthyRotations.set(healthy);
    overdueRotations.set(overdue);
    failedRotations.set(failed);
  }

  @Override
  public void called(String service, String operation, String errorCode, int attempts, Duration duration) {
    String[] call = {"service", services.of(service), "operation", operations.of(operation)};
    String[] answer = Stream.concat(Stream.of(call), Stream.of("error_code", errorCodes.of(errorCode))).toArray(String[]::new);
    counter("keyferry.aws.calls", "Calls to AWS, each with all its attempts", answer).increment();
    counter("keyferry.aws.requests", "Requests that were sent to AWS", call).increment(attempts);
    cost.called(service, attempts, call);
    timer("keyferry.aws.call.duration", "Duration of calls to AWS with all their attempts", WORK, call).record(duration);
  }

  @Override
  public void message(String kind, String result) {
    counter(
            "keyferry.event.messages",
            "Messages of event queues, as often as they were received",
            "kind",
            eventKinds.of(kind),
            "result",
            eventResults.of(result))
        .increment();
  }

  @Override
  public void receiveFailed(FailureKind kind) {
    counter("keyferry.event.errors", "Calls to event queues that failed, by class", "class", kind.label()).increment();
  }

  @Override
  public void settled(Duration lag) {
    timer("keyferry.event.lag", "From a change's time in AWS, which is whole seconds, to its sources' answers", PROPAGATION).record(lag);
  }

  @Override
  public void restart(WorkloadRef workload, Result result, String message) {
    String[] labels = {"kind", kinds.of(workload.kind()), "result", result.word(), "reason", result.reason()};
    counter("keyferry.restarts", "What became of workloads", labels).increment();
  }

  @Override
  public void pending(int pending) {
    pendingRestarts.set(pending);
  }

  @Override
  public void inFlight(int inFlight) {
    restartsInFlight.set(inFlight);
  }

  @Override
  public void stalePods(int pods) {
    stalePods.set(pods);
  }

  @Override
  public void rolled(WorkloadRef workload, Duration sinceChange) {
    timer("keyferry.rotation.to.rolled", "From the write of a changed Secret to the end of a rollout that it began", PROPAGATION)
        .record(sinceChange.isNegative() ? Duration.ZERO : sinceChange);
  }

  /** Nothing is counted per ExternalSecret. */
  @Override
  public void workloads(String namespace, String name, String uid, boolean upToDate, String reason, String message) {}

  @Override
  public void scrape(OutputStream out, String contentType) throws IOException {
    registry.scrape(out, contentType);
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }

  private record Rates(int callers, double slowest) {}

  private Counter cacheRequests(String result) {
    return counter("keyferry.cache.requests", "Refs, by whether they were answered from memory", "result", result);
  }

  private Counter sourceErrors(FailureKind kind) {
    return counter("keyferry.source.errors", "Reads of sources that failed, by class", "class", kind.label());
  }

  private void gauge(String name, String description, AtomicInteger value) {
    Gauge.builder(name, value, AtomicInteger::get).description(description).register(registry);
  }

  private Counter counter(String name, String description, String... tags) {
    return Counter.builder(name).description(description).tags(tags).register(registry);
  }

  private Timer timer(String name, String description, List<Duration> buckets, String... tags) {
    Duration[] objectives = buckets.toArray(Duration[]::new);
    return Timer.builder(name).description(description).serviceLevelObjectives(objectives).tags(tags).register(registry);
  }

  private static List<Duration> seconds(double... seconds) {
    return DoubleStream.of(seconds).mapToObj(s -> Duration.ofMillis(Math.round(s * 1000))).toList();
  }
}
