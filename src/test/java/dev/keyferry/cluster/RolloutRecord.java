package dev.keyferry.cluster;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every state that the Deployments of a namespace go through, in the order in which the API server stored them: how many roll at each
 * instant, and how often each begins to.
 */
final class RolloutRecord implements AutoCloseable, Watcher<Deployment> {

  private final Watch watch;
  private final Map<String, String> tokens = new HashMap<>();
  private final Map<String, Integer> begun = new HashMap<>();
  private final Set<String> rolling = new HashSet<>();
  private final Set<String> complete = new HashSet<>();
  private int most;
  private int mostBeforeFirst;
  private @Nullable Exception broken;

  /** Records from now on; every Deployment has to be at rest. */
  RolloutRecord(Rig rig) {
    var deployments = rig.cluster.adminClient().apps().deployments().inNamespace(rig.namespace);
    var now = deployments.list();
    now.getItems().forEach(deployment -> tokens.put(deployment.getMetadata().getName(), tokens(deployment)));
    watch = deployments.withResourceVersion(now.getMetadata().getResourceVersion()).watch(this);
  }

  @Override
  public synchronized void eventReceived(Action action, Deployment deployment) {
    String name = deployment.getMetadata().getName();
    String now = tokens(deployment);
    if (!now.equals(tokens.put(name, now))) {
      begun.merge(name, 1, Integer::sum);
      rolling.add(name);
    }
    if (atRest(deployment) && rolling.remove(name)) {
      complete.add(name);
    }
    most = Math.max(most, rolling.size());
    mostBeforeFirst = complete.isEmpty() ? most : mostBeforeFirst;
  }

  @Override
  public synchronized void onClose(WatcherException cause) {
    broken = cause;
  }

  /** How often each was changed so that it rolls. */
  synchronized Map<String, Integer> begun() {
    return Map.copyOf(begun);
  }

  /** How many have rolled to the end. */
  synchronized int complete() {
    requireWhole();
    return complete.size();
  }

  /** How many rolled at once, at the worst instant. */
  synchronized int most() {
    requireWhole();
    return most;
  }

  /** How many rolled at once, at the worst instant, before the first was complete. */
  synchronized int mostBeforeFirst() {
    return mostBeforeFirst;
  }

  private void requireWhole() {
    if (broken != null) {
      throw new IllegalStateException("the watch was lost, so that states are missing", broken);
    }
  }

  private static String tokens(Deployment deployment) {
    Map<String, String> annotations = deployment.getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations == null ? "" : annotations.getOrDefault("keyferry.dev/restart-tokens", "");
  }

  /** By the rules of {@code kubectl rollout status}. */
  private static boolean atRest(Deployment deployment) {
    var status = deployment.getStatus();
    int wanted = deployment.getSpec().getReplicas();
    return status.getObservedGeneration() != null
        && status.getObservedGeneration() >= deployment.getMetadata().getGeneration()
        && number(status.getUpdatedReplicas()) == wanted
        && number(status.getReplicas()) == wanted
        && number(status.getAvailableReplicas()) == wanted;
  }

  private static int number(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  @Override
  public void close() {
    watch.close();
  }
}
