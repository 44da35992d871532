package dev.keyferry.restart;

import dev.keyferry.kube.Marks;
import dev.keyferry.kube.RequestPermits;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests about a workload. Each write applies one annotation and nothing else, to the object of that uid alone, so that it neither
 * creates one nor touches what others own. The two annotations have field managers of their own: an apply drops what its manager applied
 * before and leaves out now.
 */
final class WorkloadRequests {

  /** Owns the pod template's annotation. */
  static final String RESTART_MANAGER = "keyferry.dev/restart";

  /** Owns the annotation in the workload's own metadata. */
  static final String OBSERVED_MANAGER = "keyferry.dev/observed";

  private static final long PAGE = 500;
  private static final Set<String> OVER = Set.of("Succeeded", "Failed");

  private final KubernetesClient client;
  private final RequestPermits permits;

  WorkloadRequests(KubernetesClient client, RequestPermits permits) {
    this.client = client;
    this.permits = permits;
  }

  /** Writes the pod template's tokens: the workload rolls. Returns the new resourceVersion. */
  String roll(WorkloadView workload, TokenMap tokens) {
    GenericKubernetesResource body = body(workload, null);
    Map<String, Object> metadata = Map.of("annotations", Map.of(Marks.RESTART_TOKENS, tokens.text()));
    body.setAdditionalProperty("spec", Map.of("template", Map.of("metadata", metadata)));
    return apply(workload, body, RESTART_MANAGER);
  }

  /** Writes the observed tokens: nothing rolls. Returns the new resourceVersion. */
  String observe(WorkloadView workload, TokenMap tokens) {
    return apply(workload, body(workload, Map.of(Marks.OBSERVED_TOKENS, tokens.text())), OBSERVED_MANAGER);
  }

  /**
   * The workload's pods, of those that run or will run. Ends with the first page on which one is not enough, so that
   * thousands of pods are not read to find an old one.
   *
   * @param workload whose selector finds them; one without a selector has none
   * @param enough whether a pod asks for a look at further ones
   */
  List<PodView> pods(WorkloadView workload, Predicate<PodView> enough) {
    List<PodView> pods = new ArrayList<>();
    if (workload.selector() == null) {
      return pods;
    }
    String next = null;
    do {
      PodList page = page(workload, next);
      page.getItems().stream().filter(WorkloadRequests::live).map(WorkloadRequests::view).forEach(pods::add);
      next = page.getMetadata() == null ? null : page.getMetadata().getContinue();
    } while (next != null && !next.isEmpty() && pods.stream().allMatch(enough));
    return pods;
  }

  private PodList page(WorkloadView workload, @Nullable String next) {
    return permits.with(
        () ->
            client
                .pods()
                .inNamespace(workload.key().namespace())
                .withLabelSelector(workload.selector())
                .list(new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build()));
  }

  private static boolean live(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && (pod.getStatus() == null || pod.getStatus().getPhase() == null || !OVER.contains(pod.getStatus().getPhase()));
  }

  private static PodView view(Pod pod) {
    String created = pod.getMetadata().getCreationTimestamp();
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return new PodView(
        created == null ? Instant.EPOCH : Instant.parse(created),
        TokenMap.parse(annotations == null ? null : annotations.get(Marks.RESTART_TOKENS)));
  }

  private static GenericKubernetesResource body(WorkloadView workload, @Nullable Map<String, String> annotations) {
    WorkloadKey key = workload.key();
    GenericKubernetesResource body = new GenericKubernetesResource();
    body.setApiVersion(WorkloadKind.API_VERSION);
    body.setKind(key.kind().kind());
    body.setMetadata(
        new ObjectMetaBuilder()
            .withName(key.name())
            .withNamespace(key.namespace())
            .withUid(workload.uid())
            .withAnnotations(annotations)
            .build());
    return body;
  }

  private String apply(WorkloadView workload, GenericKubernetesResource body, String manager) {
    PatchContext context =
        new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager(manager).withForce(true).build();
    WorkloadKey key = workload.key();
    return permits
        .with(() -> client.genericKubernetesResources(key.kind().context()).inNamespace(key.namespace()).resource(body).patch(context))
        .getMetadata()
        .getResourceVersion();
  }
}
