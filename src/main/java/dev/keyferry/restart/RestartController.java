package dev.keyferry.restart;

import dev.keyferry.kube.OwnInformer;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.TargetRecord;
import dev.keyferry.restart.AppsWorkload.DaemonSet;
import dev.keyferry.restart.AppsWorkload.Deployment;
import dev.keyferry.restart.AppsWorkload.StatefulSet;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The loop that restarts workloads. It watches Deployments, StatefulSets and DaemonSets, is told what targets say, and takes a workload
 * whenever one or the other moves. What it does follows from state alone, so that whatever it missed it finds at the next start.
 *
 * <p>Warm on standbys: {@link #startInformers} and {@link #targetChanged} only collect; {@link #start} begins to act.
 */
public final class RestartController implements AutoCloseable {

  /** What is watched everywhere, and must be there to be listed. */
  public static final List<Class<? extends HasMetadata>> WATCHED = List.of(Deployment.class, StatefulSet.class, DaemonSet.class);

  /** How long what changes at once is collected before a condition is written. */
  private static final Duration TOGETHER = Duration.ofMillis(500);

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final TargetTokens targets = new TargetTokens();
  private final WorkloadIndex index = new WorkloadIndex();
  private final OptIns optIns;
  private final WorkloadStep step;
  private final SerialQueue<WorkloadKey> queue;
  private final WorkloadConditions conditions;
  private final SerialQueue<WorkloadConditions.Key> reports;
  private final Kept<Deployment> deployments;
  private final Kept<StatefulSet> statefulSets;
  private final Kept<DaemonSet> daemonSets;
  private final RolloutCache rollouts;
  private volatile boolean acting;
  private volatile boolean counted;

  /**
   * What the operator's owner chooses of restarts besides their bounds.
   *
   * @param byDefault whether workloads restart where neither they, nor an ExternalSecret, nor their namespace say
   * @param fieldManager owns the pod template's annotation; not one of the operator's others
   */
  public record Choices(boolean byDefault, String fieldManager) {

    /** What holds where nothing is chosen. */
    public static final Choices DEFAULT = new Choices(false, WorkloadRequests.RESTART_MANAGER);
  }

  /**
   * A loop that does nothing yet.
   *
   * @param client may get, list, watch and patch the three kinds, and list pods; Argo's Rollouts too where they are to be restarted
   * @param permits bounds the requests; the informers' are outside of it
   * @param settings what restarts are held to
   * @param choices what the operator's owner has chosen besides
   * @param clock tells how long ago changes and restarts were
   * @param random draws the waits between tries
   * @param listener told of what becomes of workloads; called on many threads
   * @param namespaces to watch; empty means all
   */
  public RestartController(
      KubernetesClient client,
      RequestPermits permits,
      RestartSettings settings,
      Choices choices,
      InstantSource clock,
      RandomGenerator random,
      RestartListener listener,
      Collection<String> namespaces) {
    this.optIns = new OptIns(targets, choices.byDefault());
    this.queue = new SerialQueue<>(this::take, new Backoff(random));
    this.conditions = new WorkloadConditions(client, permits, clock, listener);
    this.reports = new SerialQueue<>(this::report, new Backoff(random));
    this.step = new WorkloadStep(new WorkloadRequests(client, permits, choices.fieldManager()), targets, settings, clock, listener, new Wakes());
    this.deployments = new Kept<>(client, Deployment.class, namespaces);
    this.statefulSets = new Kept<>(client, StatefulSet.class, namespaces);
    this.daemonSets = new Kept<>(client, DaemonSet.class, namespaces);
    this.rollouts =
        new RolloutCache(client, permits, random, namespaces, index, optIns::resolved, step, new Wakes(), key -> deployments.informer.get(key.namespace(), key.name()));
  }

  /** Begins to watch, without waiting. Standbys do so too. */
  public void startInformers() {
    CompletableFuture.allOf(kinds().stream().map(WorkloadCache::start).toArray(CompletableFuture<?>[]::new)).thenRun(this::addAll);
  }

  /**
   * Begins to act, once the informers have synced; to be called by the leader, when every target has been told. Every workload is looked at
   * once.
   */
  public void start() {
    acting = true;
    addAll();
  }

  /** Ends for good: what runs comes to its end within 5 s, nothing new begins, the informers stop. */
  public void stop() {
    acting = false;
    queue.close(PATIENCE);
    reports.close(PATIENCE);
    kinds().forEach(WorkloadCache::close);
  }

  @Override
  public void close() {
    stop();
  }

  /** Whether every workload that existed at the start is known. */
  public boolean synced() {
    return kinds().stream().allMatch(WorkloadCache::synced);
  }

  /** Whether changes of workloads are heard of now. */
  public boolean watching() {
    return kinds().stream().allMatch(WorkloadCache::watching);
  }

  /** How many workloads wait for a restart, paused ones and failed tries among them; 0 on a standby. */
  public int pending() {
    return step.pending();
  }

  /**
   * Takes what a target says now. To be called for every labelled Secret at the start and whenever one changes, also on standbys.
   *
   * @param namespace of the Secret
   * @param name of the Secret
   * @param records its records, by the ExternalSecret's name
   * @param deleted whether the Secret is gone
   */
  public void targetChanged(String namespace, String name, Map<String, TargetRecord> records, boolean deleted) {
    SecretKey secret = new SecretKey(namespace, name);
    Map<String, SecretWish> wishes = targets.wishes(secret);
    Set<String> named = targets.named(secret);
    boolean news = deleted ? targets.remove(secret) : targets.put(secret, records);
    if (!wishes.equals(targets.wishes(secret))) {
      index.concerned(secret).forEach(this::lookAgain);
      Stream.concat(named.stream(), targets.named(secret).stream()).distinct().flatMap(text -> keys(namespace, text)).forEach(this::lookAgain);
    }
    if (news) {
      index.users(secret).forEach(queue::add);
      reportOn(secret);
    }
  }

  /**
   * Takes what a namespace says of its workloads. To be called for every namespace at the start and whenever one changes, also on standbys.
   *
   * @param namespace its name
   * @param restartOnChange its annotation; null where it has none, or is gone
   */
  public void namespaceChanged(String namespace, @Nullable String restartOnChange) {
    if (optIns.namespaceSays(namespace, restartOnChange)) {
      index.in(namespace).forEach(this::lookAgain);
    }
  }

  /** Decides anew which Secrets restart a workload. */
  private void lookAgain(WorkloadKey key) {
    kept(key.kind()).reindex(key);
    queue.add(key);
  }

  private static Stream<WorkloadKey> keys(String namespace, String named) {
    return Stream.of(WorkloadKind.values())
        .filter(kind -> named.startsWith(kind.kind() + "/"))
        .map(kind -> new WorkloadKey(kind, namespace, named.substring(kind.kind().length() + 1)));
  }

  private void reportOn(SecretKey secret) {
    if (acting) {
      targets
          .externalSecrets(secret)
          .forEach(name -> reports.addAfter(new WorkloadConditions.Key(secret.namespace(), name, secret.name()), TOGETHER));
    }
  }

  private boolean take(WorkloadKey key) {
    if (!acting || !counted) {
      return true;
    }
    if (rollouts.runs(key)) {
      step.forget(key);
      return true;
    }
    return kept(key.kind()).take(key);
  }

  /** Asks again whether there are Argo's Rollouts, as it does by itself now and then. */
  void askForRollouts() {
    rollouts.askAgain();
  }

  /** Has every workload looked at. All are counted first, so that no bound is judged by a part of them. */
  void addAll() {
    if (acting && synced()) {
      kinds().forEach(WorkloadCache::countAll);
      counted = true;
      kinds().forEach(WorkloadCache::addAll);
    }
  }

  private void reportOn(WorkloadView workload) {
    workload.secrets().forEach(secret -> reportOn(new SecretKey(workload.key().namespace(), secret)));
  }

  /** Says on the ExternalSecret how its workloads stand, once each of them was looked at. */
  private boolean report(WorkloadConditions.Key key) {
    Map<WorkloadKey, RestartListener.Result> states = new HashMap<>();
    for (WorkloadKey user : index.users(new SecretKey(key.namespace(), key.secret()))) {
      Optional<RestartListener.Result> state = step.state(user);
      if (state.isEmpty()) {
        return true;
      }
      states.put(user, state.get());
    }
    return states.isEmpty() ? conditions.remove(key) : conditions.write(key, UpToDate.of(states));
  }

  private List<WorkloadCache> kinds() {
    return List.of(deployments, statefulSets, daemonSets, rollouts);
  }

  private WorkloadCache kept(WorkloadKind kind) {
    return switch (kind) {
      case DEPLOYMENT -> deployments;
      case STATEFUL_SET -> statefulSets;
      case DAEMON_SET -> daemonSets;
      case ROLLOUT -> rollouts;
    };
  }

  private final class Wakes implements WorkloadStep.Wakes {

    @Override
    public void now(WorkloadKey key) {
      queue.add(key);
    }

    @Override
    public void after(WorkloadKey key, Duration wait) {
      queue.addAfter(key, wait);
    }

    @Override
    public void stands(WorkloadView workload) {
      reportOn(workload);
    }
  }

  /** The workloads of one kind. */
  private final class Kept<T extends AppsWorkload> implements WorkloadCache {

    private final OwnInformer<T> informer;

    Kept(KubernetesClient client, Class<T> type, Collection<String> namespaces) {
      this.informer = new OwnInformer<>(client, type, null, namespaces, Workloads::strip, this::changed);
    }

    @Override
    public CompletableFuture<Void> start() {
      return informer.start().toCompletableFuture();
    }

    @Override
    public boolean synced() {
      return informer.synced();
    }

    @Override
    public boolean watching() {
      return informer.watching();
    }

    @Override
    public void close() {
      informer.close();
    }

    @Override
    public void countAll() {
      for (T workload : informer.list()) {
        WorkloadView seen = seen(workload);
        if (!rollouts.runs(seen.key())) {
          step.count(seen, workload.getMetadata().getResourceVersion());
        }
      }
    }

    @Override
    public void addAll() {
      informer.list().forEach(workload -> queue.add(Workloads.key(workload)));
    }

    @Override
    public boolean take(WorkloadKey key) {
      Optional<T> workload = informer.get(key.namespace(), key.name());
      if (workload.isEmpty()) {
        step.forget(key);
        queue.forget(key);
        return true;
      }
      WorkloadView seen = seen(workload.get());
      index.putMissing(seen);
      return step.take(seen, workload.get().getMetadata().getResourceVersion());
    }

    /** Under one lock with the decision, so that of two threads the one that knows more comes last. */
    @Override
    public void reindex(WorkloadKey key) {
      synchronized (index) {
        informer.get(key.namespace(), key.name()).filter(_ -> !rollouts.runs(key)).ifPresent(workload -> index.put(seen(workload)));
      }
    }

    private WorkloadView seen(T workload) {
      return optIns.resolved(Workloads.view(workload));
    }

    private void changed(OwnInformer.Event<T> event) {
      WorkloadView now = seen(event.object());
      if (rollouts.changed(now.key())) {
        return;
      }
      switch (event.kind()) {
        case ADDED -> look(now, null);
        case UPDATED -> look(now, event.previous());
        case DELETED -> {
          index.remove(now.key());
          queue.add(now.key());
          reportOn(now);
        }
      }
    }

    private void look(WorkloadView now, @Nullable T previous) {
      synchronized (index) {
        index.put(optIns.resolved(now));
      }
      WorkloadView before = previous == null ? null : seen(previous);
      if (before == null || !(before.equals(now) || before.idle() && now.idle())) {
        queue.add(now.key());
      }
      if (before != null && !before.secrets().equals(now.secrets())) {
        reportOn(before);
      }
    }
  }
}
