package dev.keyferry.restart;

import dev.keyferry.kube.RequestPermits;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.policy.v1.Eviction;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.RequestConfigBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Evicts pods by the Eviction API alone, so that PodDisruptionBudgets hold; nothing is ever deleted. */
final class PodEvictions implements Evictions {

  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;

  private final PodPages pages;
  private final KubernetesClient once;
  private final RequestPermits permits;

  PodEvictions(KubernetesClient client, RequestPermits permits, PodPages pages) {
    this.pages = pages;
    this.permits = permits;
    // A refusal because of a budget is an answer: the client would ask again at once.
    this.once =
        client
            .newClient(new RequestConfigBuilder(client.getConfiguration().getRequestConfig()).withRequestRetryBackoffLimit(0).build())
            .adapt(KubernetesClient.class);
  }

  @Override
  public List<EvictablePod> pods(WorkloadView workload) {
    List<EvictablePod> pods = new ArrayList<>();
    pages.read(
        workload,
        page -> {
          page.stream().filter(pod -> owned(workload, pod) && !WorkloadRequests.over(pod)).map(PodEvictions::seen).forEach(pods::add);
          return true;
        });
    return pods;
  }

  @Override
  public Answer evict(WorkloadView workload, EvictablePod pod) {
    Eviction eviction =
        new EvictionBuilder()
            .withNewMetadata()
            .withNamespace(workload.key().namespace())
            .withName(pod.name())
            .endMetadata()
            .withDeleteOptions(new DeleteOptionsBuilder().withNewPreconditions().withUid(pod.uid()).endPreconditions().build())
            .build();
    try {
      String path = "/api/v1/namespaces/" + workload.key().namespace() + "/pods/" + pod.name() + "/eviction";
      permits.with(() -> once.raw(path, "POST", eviction));
      return Answer.EVICTED;
    } catch (KubernetesClientException e) {
      return switch (e.getCode()) {
        case NOT_FOUND, CONFLICT -> Answer.GONE;
        case TOO_MANY -> Answer.BLOCKED;
        case FORBIDDEN -> Answer.FORBIDDEN;
        default -> throw e;
      };
    }
  }

  /** A Deployment and a Rollout have their pods by ReplicaSets, which are called after them and a hash without hyphens. */
  private static boolean owned(WorkloadView workload, WorkloadPod pod) {
    OwnerReference owner = TraitsOf.controller(pod.getMetadata()).orElse(null);
    return owner != null
        && switch (workload.key().kind()) {
          case STATEFUL_SET, DAEMON_SET -> owner.getUid().equals(workload.uid());
          case DEPLOYMENT, ROLLOUT -> owner.getKind().equals("ReplicaSet") && named(owner.getName(), workload.key().name());
        };
  }

  private static boolean named(String replicaSet, String workload) {
    return replicaSet.startsWith(workload + "-") && replicaSet.indexOf('-', workload.length() + 1) < 0;
  }

  private static EvictablePod seen(WorkloadPod pod) {
    boolean ready =
        pod.getStatus() != null
            && Objects.requireNonNullElse(pod.getStatus().conditions(), List.<WorkloadPod.Condition>of()).stream()
                .anyMatch(condition -> "Ready".equals(condition.type()) && "True".equals(condition.status()));
    Instant going = TraitsOf.instant(pod.getMetadata().getDeletionTimestamp());
    return new EvictablePod(pod.getMetadata().getName(), pod.getMetadata().getUid(), WorkloadRequests.seen(pod), ready, going);
  }
}
