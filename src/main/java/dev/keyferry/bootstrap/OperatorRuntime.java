package dev.keyferry.bootstrap;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.config.OperatorConfig;
import dev.keyferry.kube.ClusterCredentials;
import dev.keyferry.kube.DigestKey;
import dev.keyferry.kube.Marks;
import dev.keyferry.kube.OwnInformer;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.observe.Health;
import dev.keyferry.observe.HttpEndpoints;
import dev.keyferry.observe.KeyferryMetrics;
import dev.keyferry.observe.KubernetesEvents;
import dev.keyferry.reconcile.Dependents;
import dev.keyferry.reconcile.ExternalSecretReconciler;
import dev.keyferry.reconcile.Gate;
import dev.keyferry.reconcile.IncidentReport;
import dev.keyferry.reconcile.RotationConditions;
import dev.keyferry.reconcile.StoreCaches;
import dev.keyferry.reconcile.StoreParts;
import dev.keyferry.reconcile.StoreScopes;
import dev.keyferry.reconcile.SyncInputs;
import dev.keyferry.reconcile.SyncListener;
import dev.keyferry.reconcile.SyncReport;
import dev.keyferry.restart.RestartController;
import dev.keyferry.restart.RestartSettings;
import dev.keyferry.status.Conditions;
import dev.keyferry.store.OperatorUse;
import dev.keyferry.store.Stores;
import dev.keyferry.write.DataDigests;
import dev.keyferry.write.ReloaderIgnore;
import dev.keyferry.write.RestartMarks;
import dev.keyferry.write.TargetInformer;
import dev.keyferry.write.TargetView;
import dev.keyferry.write.TargetWriter;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running operator: everything it consists of, started and stopped in order. */
public final class OperatorRuntime implements AutoCloseable {

  private static final Logger LOGGER = LoggerFactory.getLogger(OperatorRuntime.class);
  private static final Duration CACHES = Duration.ofMinutes(2);

  private final OperatorConfig config;
  private final Clock clock;
  private final Runnable lostLeadership;
  private final KubernetesClient client;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final VirtualTimer timer = new VirtualTimer(threads);
  private final KeyferryMetrics metrics;
  private final KubernetesEvents events;
  private final Reading reading;
  private final TargetInformer targets;
  private final OwnInformer<Namespace> namespaces;
  private final RestartController restarts;
  private final Dependents dependents = new Dependents();
  private final StoreScopes storeScopes = new StoreScopes();
  private final Gate gate = new Gate();
  private final ExternalSecretReconciler reconciler;
  private final RotationConditions rotations;
  private final Operator operator;
  private final HttpEndpoints endpoints;
  private final HeldLease lease;
  private final WatchHealth watches;
  private volatile boolean started;
  private volatile boolean leading;
  private volatile boolean stopping;
  private volatile boolean holding;

  /**
   * Wires everything; only the HTTP port is opened.
   *
   * @param config what to run with
   * @param environment the process's variables; null for unset
   * @param client talks to Kubernetes; closed with this
   * @param instance names this replica, such as the pod's name
   * @param version the running build's
   * @param lostLeadership ends the process: a replica that has lost its lease must not go on
   * @throws IOException where the HTTP port cannot be bound
   */
  public OperatorRuntime(
      OperatorConfig config,
      Function<String, @Nullable String> environment,
      KubernetesClient client,
      String instance,
      String version,
      Runnable lostLeadership)
      throws IOException {
    this.config = config;
    this.clock = Clock.systemUTC();
    this.client = client;
    this.lostLeadership = lostLeadership;
    SecureRandom random = new SecureRandom();
    RequestPermits permits = new RequestPermits(config.kubernetesRequests());
    metrics = new KeyferryMetrics(version);
    metrics.prices(config.prices().stream().collect(Collectors.toMap(OperatorConfig.Price::service, OperatorConfig.Price::dollars, (_, last) -> last)));
    events = new KubernetesEvents(client, permits, clock, instance);
    reading =
        new Reading(config, environment, new ClusterCredentials(client, permits), metrics, clock, random, threads, timer, version);
    restarts =
        new RestartController(
            client,
            permits,
            settings(config.restarts()),
            choices(config.restarts()),
            clock,
            random,
            new RestartEvents(metrics, events),
            config.watchNamespaces());
    DataDigests digests = new DataDigests(random.generateSeed(32));
    targets = new TargetInformer(client, config.watchNamespaces(), digests, this::targetChanged);
    namespaces =
        new OwnInformer<>(client, Namespace.class, null, List.of(), OperatorRuntime::stripped, this::namespaceChanged);
    StoreCaches caches = new StoreCaches(namespaces);
    Stores stores =
        new Stores(
            caches,
            Marks.DEFAULT_STORE,
            host -> config.allowedEndpoints().stream().anyMatch(pattern -> pattern.matcher(host).matches()),
            new OperatorUse(config.namespacedStoresAllowed(), config.allowedRoles()));
    DigestKey digestKey = new DigestKey(client, permits, config.namespace(), () -> random.generateSeed(32));
    RestartMarks marks = new RestartMarks(digestKey::get, ReloaderIgnore.ofWord(config.restarts().reloaderIgnore()).orElseThrow());
    TargetWriter writer = new TargetWriter(client, permits, targets, digests, marks, clock);
    SyncInputs inputs = new SyncInputs(stores, reading.identities(), config.refreshInterval());
    IncidentReport incidents = new IncidentReport(events, caches::about, timer, clock);
    SyncReport report = new SyncReport(events, metrics, incidents);
    metrics.showIncidents(incidents::standing);
    reconciler =
        new ExternalSecretReconciler(
            gate,
            inputs,
            reading.planner(),
            reading.finder(),
            reading.rotations(),
            writer,
            dependents,
            report,
            client,
            permits,
            clock);
    rotations = new RotationConditions(reading.rotations(), dependents, client, permits, events, timer, clock);
    lease = new HeldLease(client, config.namespace(), config.leaseName(), instance);
    StoreParts parts =
        new StoreParts(
            gate, stores, caches, dependents, reading.identities(), reading.sweeps(), storeScopes, events, client, permits, clock);
    LeaderCallbacks leadership =
        new LeaderCallbacks(
            this::leadershipBegan,
            this::leadershipEnded,
            leader -> LOGGER.atInfo().addKeyValue("leader", leader).log("there is a leader"));
    operator = new Controllers(config, client, metrics.josdk()).operator(instance, leadership, parts, reconciler);
    metrics.show(this::states);
    watches = new WatchHealth(this::watching, this::kubernetesAnswers, clock);
    endpoints = new HttpEndpoints(config.httpPort(), metrics::scrape, this::live, this::ready);
  }

  /**
   * Starts; returns once every cache is complete, whether or not this replica leads.
   *
   * @throws StartFailure where Kubernetes is not reached, refuses what the operator needs, or lets it wait for longer than 2 minutes
   */
  public void start() throws InterruptedException, StartFailure {
    LOGGER.atInfo().addKeyValue("port", endpoints.port()).log("serving metrics and health");
    List<String> problems = new Preflight(client, config).problems();
    if (!problems.isEmpty()) {
      throw new StartFailure(problems);
    }
    targets.start();
    namespaces.start();
    restarts.startInformers();
    operator.start();
    if (!cachesCompleteBy(clock.instant().plus(CACHES))) {
      throw new StartFailure(
          List.of("Kubernetes did not list everything within " + CACHES.toSeconds() + " s: see the warnings before this"));
    }
    started = true;
    LOGGER.atInfo().addKeyValue("leaderElection", config.leaderElection()).log("every cache is complete");
    if (!config.leaderElection()) {
      lead();
    }
  }

  /** The port of the HTTP server. */
  public int httpPort() {
    return endpoints.port();
  }

  /**
   * Stops: lets what runs come to its end for up to 12 seconds, gives the lease back, sends the last events. What fails on the way does not
   * keep the rest from being stopped.
   */
  @Override
  public void close() {
    stopping = true;
    LOGGER.atInfo().log("stopping");
    List<Runnable> steps =
        List.of(
            reading::stop,
            restarts::stop,
            operator::stop,
            this::giveLeaseBack,
            targets::close,
            namespaces::close,
            events::close,
            timer::close,
            reading::close,
            endpoints::close,
            metrics::close,
            client::close,
            threads::shutdownNow);
    steps.forEach(OperatorRuntime::attempt);
    LOGGER.atInfo().log("stopped");
  }

  private void giveLeaseBack() {
    if (holding) {
      lease.release();
    }
  }

  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      LOGGER.atWarn().addKeyValue("failure", e.getClass().getName()).log("a part did not stop as it should");
    }
  }

  private static RestartController.Choices choices(OperatorConfig.Restarts restarts) {
    return new RestartController.Choices(restarts.byDefault(), restarts.fieldManager());
  }

  private static RestartSettings settings(OperatorConfig.Restarts restarts) {
    return new RestartSettings(
        RestartSettings.Mode.valueOf(restarts.mode().toUpperCase(Locale.ROOT)),
        restarts.debounce(),
        restarts.debounceMax(),
        restarts.inFlight(),
        restarts.inFlightNamespace(),
        restarts.inFlightSecret(),
        restarts.spacing(),
        restarts.cooldown(),
        restarts.budget(),
        restarts.timeout(),
        restarts.canary());
  }

  private void leadershipBegan() {
    holding = true;
    threads.execute(this::leadOnceStarted);
  }

  private void leadOnceStarted() {
    try {
      cachesCompleteBy(Instant.MAX);
      lead();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lead() {
    if (stopping) {
      return;
    }
    reading.start(dependents::sourceChanged, storeScopes::detectionChanged, reconciler.expectedReads());
    reading.rotations().start(rotations::update);
    leading = true;
    metrics.leader(true);
    gate.open();
    namespaces.list().forEach(namespace -> restarts.namespaceChanged(namespace.getMetadata().getName(), restartOnChange(namespace)));
    // Their events may still be on the way, and a workload is not to be judged without its targets.
    targets.all().forEach(target -> restarts.targetChanged(target.namespace(), target.name(), target.records(), false));
    restarts.start();
    LOGGER.atInfo().log("leading");
  }

  private void leadershipEnded() {
    leading = false;
    metrics.leader(false);
    if (!stopping) {
      holding = false;
      LOGGER.atError().log("the lease is lost; this replica ends");
      lostLeadership.run();
    }
  }

  private boolean cachesCompleteBy(Instant end) throws InterruptedException {
    while (!(targets.synced() && namespaces.synced() && restarts.synced())) {
      if (clock.instant().isAfter(end)) {
        return false;
      }
      Thread.sleep(Duration.ofMillis(20));
    }
    return true;
  }

  private void targetChanged(TargetView target, boolean gone, boolean own) {
    restarts.targetChanged(target.namespace(), target.name(), target.records(), gone);
    if (!own && leading) {
      dependents.targetChanged(target.namespace(), target.name());
    }
  }

  private void namespaceChanged(OwnInformer.Event<Namespace> event) {
    boolean gone = event.kind() == OwnInformer.Event.Kind.DELETED;
    restarts.namespaceChanged(event.object().getMetadata().getName(), gone ? null : restartOnChange(event.object()));
    Map<String, String> before = event.previous() == null ? Map.of() : labels(event.previous());
    if (leading && !Objects.equals(before, labels(event.object()))) {
      dependents.namespaceChanged(event.object().getMetadata().getName());
    }
  }

  private Collection<SyncListener.State> states() {
    return dependents.all().stream().map(this::state).toList();
  }

  private SyncListener.State state(ExternalSecret object) {
    ExternalSecretStatus status = object.getStatus();
    var ready = status == null ? null : Conditions.find(status.conditions(), Conditions.READY).orElse(null);
    String owner = object.getMetadata().getNamespace() + "/" + object.getMetadata().getName();
    return new SyncListener.State(
        object.getMetadata().getNamespace(),
        object.getMetadata().getName(),
        ready != null && "True".equals(ready.status()),
        ready == null ? "Pending" : ready.reason(),
        reading.planner().lastSuccess(owner).orElse(null));
  }

  private Health live() {
    if (!leading) {
      return new Health.Ok();
    }
    return reading.health() instanceof Health.Bad bad ? bad : watches.check();
  }

  private boolean watching() {
    return targets.watching()
        && namespaces.watching()
        && restarts.watching()
        && operator.getRuntimeInfo().allEventSourcesAreHealthy();
  }

  private boolean kubernetesAnswers() {
    try {
      return client.getKubernetesVersion() != null;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private Health ready() {
    if (!started) {
      return new Health.Bad("caches are not complete yet");
    }
    return new Health.Ok();
  }

  private static Namespace stripped(Namespace namespace) {
    var metadata = namespace.getMetadata();
    return new NamespaceBuilder()
        .withNewMetadata()
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .withResourceVersion(metadata.getResourceVersion())
        .withLabels(metadata.getLabels())
        .withAnnotations(restartOnChange(namespace) == null ? null : Map.of(Marks.RESTART_ON_CHANGE, restartOnChange(namespace)))
        .endMetadata()
        .build();
  }

  private static @Nullable String restartOnChange(Namespace namespace) {
    Map<String, String> annotations = namespace.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(Marks.RESTART_ON_CHANGE);
  }

  private static Map<String, String> labels(Namespace namespace) {
    return namespace.getMetadata().getLabels() == null ? Map.of() : namespace.getMetadata().getLabels();
  }
}
