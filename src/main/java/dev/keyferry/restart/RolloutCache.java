package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.OwnInformer;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.restart.AppsWorkload.Deployment;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Argo's Rollouts, where they are installed and may be watched. Whether they are is asked with one request at the start and then now and
 * again; where they are not, nothing else is done.
 *
 * <p>A Rollout may run the pod template of a Deployment. Then this one is taken care of here, and its own replicas do not count.
 */
final class RolloutCache implements WorkloadCache {

  private static final Duration ASKED_AGAIN = Duration.ofMinutes(10);
  private static final String ASK = "rollouts";
  private static final int FAILURES = 3;
  private static final int NOT_FOUND = 404;
  private static final int FORBIDDEN = 403;

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final Collection<String> namespaces;
  private final WorkloadIndex index;
  private final UnaryOperator<WorkloadView> optIn;
  private final WorkloadStep step;
  private final WorkloadStep.Wakes wakes;
  private final Function<WorkloadKey, Optional<Deployment>> deployments;
  private final OwnInformer<ArgoRollout> informer;
  private final SerialQueue<String> asking;
  private final CompletableFuture<Void> known = new CompletableFuture<>();
  private final Map<WorkloadKey, WorkloadKey> byDeployment = new ConcurrentHashMap<>();
  private final Map<WorkloadKey, WorkloadKey> behind = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean counted;

  /**
   * Watches nothing yet.
   *
   * @param namespaces to watch; empty means all
   * @param optIn decides which Secrets restart a workload
   * @param deployments what the watch of Deployments has of one
   */
  RolloutCache(
      KubernetesClient client,
      RequestPermits permits,
      RandomGenerator random,
      Collection<String> namespaces,
      WorkloadIndex index,
      UnaryOperator<WorkloadView> optIn,
      WorkloadStep step,
      WorkloadStep.Wakes wakes,
      Function<WorkloadKey, Optional<Deployment>> deployments) {
    this.client = client;
    this.permits = permits;
    this.namespaces = List.copyOf(namespaces);
    this.index = index;
    this.optIn = optIn;
    this.step = step;
    this.wakes = wakes;
    this.deployments = deployments;
    this.informer = new OwnInformer<>(client, ArgoRollout.class, null, namespaces, ArgoRollouts::strip, this::changed);
    this.asking = new SerialQueue<>(this::ask, new Backoff(random));
  }

  @Override
  public CompletableFuture<Void> start() {
    askAgain();
    return known;
  }

  void askAgain() {
    asking.add(ASK);
  }

  @Override
  public boolean synced() {
    return known.isDone();
  }

  @Override
  public boolean watching() {
    return informer.watching();
  }

  @Override
  public void close() {
    asking.close();
    informer.close();
  }

  /** Whether a Deployment's pod template is run by a Rollout. */
  boolean runs(WorkloadKey deployment) {
    return byDeployment.containsKey(deployment);
  }

  /** Takes that a workload is another one than before. Returns whether it is left to a Rollout. */
  boolean changed(WorkloadKey workload) {
    WorkloadKey rollout = byDeployment.get(workload);
    if (rollout != null) {
      wakes.now(rollout);
    }
    return rollout != null;
  }

  @Override
  public void countAll() {
    counted = true;
    for (ArgoRollout rollout : informer.list()) {
      try {
        Seen seen = seen(rollout);
        index.put(seen.view);
        step.count(seen.view, seen.version);
      } catch (KubernetesClientException e) {
        wakes.now(key(rollout));
      }
    }
  }

  @Override
  public void addAll() {
    informer.list().forEach(rollout -> wakes.now(key(rollout)));
  }

  @Override
  public boolean take(WorkloadKey key) {
    Optional<ArgoRollout> rollout = informer.get(key.namespace(), key.name());
    if (rollout.isEmpty()) {
      index.remove(key);
      step.forget(key);
      return true;
    }
    try {
      Seen seen = seen(rollout.get());
      index.put(seen.view);
      return step.take(seen.view, seen.version);
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /** Returns false where it could not be found out: nothing else waits for that for long. */
  private boolean ask(String ignored) {
    try {
      var all = client.resources(ArgoRollout.class);
      var some = namespaces.isEmpty() ? all.inAnyNamespace() : all.inNamespace(namespaces.iterator().next());
      permits.with(() -> some.list(new ListOptionsBuilder().withLimit(1L).build()));
      informer.start().thenRun(this::complete);
      return true;
    } catch (KubernetesClientException e) {
      boolean absent = e.getCode() == NOT_FOUND || e.getCode() == FORBIDDEN;
      if (absent || failures.incrementAndGet() >= FAILURES) {
        known.complete(null);
      }
      if (absent) {
        asking.addAfter(ASK, ASKED_AGAIN);
      }
      return absent;
    }
  }

  /** Those that become known late are counted late. */
  private void complete() {
    if (counted) {
      countAll();
      addAll();
    }
    known.complete(null);
  }

  private void changed(OwnInformer.Event<ArgoRollout> event) {
    WorkloadKey key = key(event.object());
    boolean gone = event.kind() == OwnInformer.Event.Kind.DELETED;
    Optional<String> deployment = gone ? Optional.empty() : ArgoRollouts.behind(event.object());
    attach(key, deployment.map(name -> new WorkloadKey(WorkloadKind.DEPLOYMENT, key.namespace(), name)).orElse(null));
    if (gone) {
      index.remove(key);
    } else if (deployment.isEmpty()) {
      WorkloadView now = optIn.apply(ArgoRollouts.view(event.object()));
      index.put(now);
      if (event.previous() != null && optIn.apply(ArgoRollouts.view(event.previous())).equals(now)) {
        return;
      }
    }
    wakes.now(key);
  }

  /** A Deployment that is not run by the Rollout any more is looked at for its own sake. */
  private void attach(WorkloadKey rollout, @Nullable WorkloadKey deployment) {
    WorkloadKey before = deployment == null ? behind.remove(rollout) : behind.put(rollout, deployment);
    if (before != null && !before.equals(deployment) && byDeployment.remove(before, rollout)) {
      wakes.now(before);
    }
    if (deployment != null && !rollout.equals(byDeployment.put(deployment, rollout))) {
      index.remove(deployment);
      wakes.now(deployment);
    }
  }

  private Seen seen(ArgoRollout rollout) {
    Optional<Deployment> deployment = ArgoRollouts.behind(rollout).flatMap(name -> deployment(rollout, name));
    WorkloadView view = deployment.map(found -> ArgoRollouts.view(rollout, found)).orElseGet(() -> ArgoRollouts.view(rollout));
    boolean elsewhere = view.traits().method() instanceof Method.Behind;
    var carrier = elsewhere ? deployment.orElseThrow().getMetadata() : rollout.getMetadata();
    return new Seen(refused(rollout) ? view.with(new OptIn.Off()) : optIn.apply(view), carrier.getResourceVersion());
  }

  /** Whether the Deployment behind it, of which then no more is kept, is never to be restarted and the Rollout itself does not say. */
  private boolean refused(ArgoRollout rollout) {
    return Workloads.annotation(rollout.getMetadata(), Marks.RESTART_ON_CHANGE) == null
        && ArgoRollouts.behind(rollout)
            .map(name -> new WorkloadKey(WorkloadKind.DEPLOYMENT, rollout.getMetadata().getNamespace(), name))
            .flatMap(deployments)
            .filter(found -> found.getSpec() == null)
            .isPresent();
  }

  /** The watch of Deployments keeps no pod template of one that never restarts; what nobody asks to restart is not read either. */
  private Optional<Deployment> deployment(ArgoRollout rollout, String name) {
    WorkloadKey key = new WorkloadKey(WorkloadKind.DEPLOYMENT, rollout.getMetadata().getNamespace(), name);
    Optional<Deployment> cached = deployments.apply(key);
    if (cached.isPresent() && cached.get().getSpec() != null) {
      return cached;
    }
    return cached.isEmpty() || Workloads.annotation(rollout.getMetadata(), Marks.RESTART_ON_CHANGE) == null
        ? Optional.empty()
        : Optional.ofNullable(
            permits.with(() -> client.resources(Deployment.class).inNamespace(key.namespace()).withName(name).get()));
  }

  private static WorkloadKey key(ArgoRollout rollout) {
    return new WorkloadKey(WorkloadKind.ROLLOUT, rollout.getMetadata().getNamespace(), rollout.getMetadata().getName());
  }

  private record Seen(WorkloadView view, @Nullable String version) {}
}
