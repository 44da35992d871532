package dev.keyferry.restart;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.StatusApply;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Writes the condition {@code WorkloadsUpToDate} under a field manager of its own, and only where it differs; takes it away again. */
final class WorkloadConditions {

  /** Owns the condition. */
  static final String MANAGER = "keyferry.dev/workloads";

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final InstantSource clock;
  private final RestartListener listener;
  private final Map<Key, UpToDate> written = new ConcurrentHashMap<>();

  WorkloadConditions(KubernetesClient client, RequestPermits permits, InstantSource clock, RestartListener listener) {
    this.client = client;
    this.permits = permits;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * An ExternalSecret and its target.
   *
   * @param namespace of both
   * @param externalSecret the ExternalSecret's name
   * @param secret the target's name
   */
  record Key(String namespace, String externalSecret, String secret) {}

  /**
   * Writes what is so now.
   *
   * @return false where it is to be tried again
   */
  boolean write(Key key, UpToDate now) {
    if (now.equals(written.get(key))) {
      return true;
    }
    try {
      var resource = client.resources(ExternalSecret.class).inNamespace(key.namespace()).withName(key.externalSecret());
      ExternalSecret live = permits.with(resource::get);
      if (live != null) {
        change(live, now);
      }
      written.put(key, now);
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  /**
   * Takes the condition away, since no workload is left that it tells of. Does nothing where none was written.
   *
   * @return false where it is to be tried again
   */
  boolean remove(Key key) {
    if (!written.containsKey(key)) {
      return true;
    }
    try {
      var resource = client.resources(ExternalSecret.class).inNamespace(key.namespace()).withName(key.externalSecret());
      ExternalSecret live = permits.with(resource::get);
      if (live != null && live.getStatus() != null) {
        apply(live, List.of());
      }
      written.remove(key);
      return true;
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private void change(ExternalSecret live, UpToDate now) {
    Optional<StatusCondition> before =
        live.getStatus() == null
            ? Optional.empty()
            : live.getStatus().conditions().stream().filter(condition -> condition.type().equals(UpToDate.TYPE)).findFirst();
    String status = now.status() ? "True" : "False";
    boolean sameStatus = before.filter(condition -> condition.status().equals(status)).isPresent();
    boolean same =
        before.filter(c -> sameStatus && c.reason().equals(now.reason()) && now.message().equals(c.message())).isPresent();
    if (same) {
      return;
    }
    Instant since =
        before
            .filter(_ -> sameStatus)
            .map(StatusCondition::lastTransitionTime)
            .orElseGet(() -> clock.instant().truncatedTo(ChronoUnit.SECONDS));
    apply(live, List.of(new StatusCondition(UpToDate.TYPE, status, now.reason(), now.message(), null, since)));
    ObjectMeta metadata = live.getMetadata();
    listener.workloads(metadata.getNamespace(), metadata.getName(), metadata.getUid(), now.status(), now.reason(), now.message());
  }

  private void apply(ExternalSecret live, List<StatusCondition> conditions) {
    ExternalSecret body = new ExternalSecret();
    body.setStatus(new ExternalSecretStatus(null, conditions, List.of(), null, null));
    permits.with(() -> StatusApply.as(MANAGER, client, live, body));
  }
}
