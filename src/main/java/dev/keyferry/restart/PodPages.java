package dev.keyferry.restart;

import dev.keyferry.kube.RequestPermits;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Lists the pods that a workload's selector names, page after page; none where it has no selector. */
final class PodPages {

  private static final long PAGE = 500;

  private final KubernetesClient client;
  private final RequestPermits permits;

  PodPages(KubernetesClient client, RequestPermits permits) {
    this.client = client;
    this.permits = permits;
  }

  /** Gives each page on, until there is none left or {@code more} is false. */
  void read(WorkloadView workload, Predicate<List<WorkloadPod>> more) {
    if (workload.selector() == null) {
      return;
    }
    String next = null;
    boolean wanted;
    do {
      KubernetesResourceList<WorkloadPod> page = page(workload, next);
      wanted = more.test(page.getItems());
      next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
    } while (wanted && next != null && !next.isEmpty());
  }

  private KubernetesResourceList<WorkloadPod> page(WorkloadView workload, @Nullable String next) {
    return permits.with(
        () ->
            client
                .resources(WorkloadPod.class)
                .inNamespace(workload.key().namespace())
                .withLabelSelector(workload.selector())
                .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build()));
  }
}
