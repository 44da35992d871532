package dev.keyferry.restart;

import dev.keyferry.kube.Applies;
import dev.keyferry.kube.Marks;
import dev.keyferry.kube.RequestPermits;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests about a workload. Each write applies the operator's own annotations and nothing else, to the object of that uid alone, so that
 * it neither creates one nor touches what others own. Restarts and records have field managers of their own: an apply drops what its manager
 * applied before and leaves out now.
 */
final class WorkloadRequests implements Requests {

  /** Owns the pod template's annotation, and when it was written, unless another is chosen. */
  static final String RESTART_MANAGER = "keyferry.dev/restart";

  /**
   * Owns what restarts without another pod template leave behind. It is not {@link #RESTART_MANAGER}, whose apply would take an older
   * annotation of the pod template away, which is a rollout.
   */
  static final String PODS_MANAGER = "keyferry.dev/restart-pods";

  /** Owns what the workload's own metadata says about its pods. */
  static final String OBSERVED_MANAGER = "keyferry.dev/observed";

  private static final Set<String> OVER = Set.of("Succeeded", "Failed");

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final PodPages pages;
  private final Evictions evictions;
  private final String restartManager;

  WorkloadRequests(KubernetesClient client, RequestPermits permits) {
    this(client, permits, RESTART_MANAGER);
  }

  WorkloadRequests(KubernetesClient client, RequestPermits permits, String restartManager) {
    this.client = client;
    this.permits = permits;
    this.restartManager = restartManager;
    this.pages = new PodPages(client, permits);
    this.evictions = new PodEvictions(client, permits, pages);
  }

  @Override
  public Evictions evictions() {
    return evictions;
  }

  @Override
  public String roll(WorkloadView workload, TokenMap tokens, History history) {
    Map<String, String> annotations =
        new TreeMap<>(Map.of(Marks.OBSERVED_TOKENS, tokens.text(), Marks.RESTARTED_AT, history.restartsText()));
    Map<String, String> token = Map.of(Marks.RESTART_TOKENS, tokens.text());
    return switch (workload.traits().method()) {
      case Method.Template _, Method.Behind _ -> {
        Map<String, Object> template = Map.of("metadata", Map.of("annotations", token));
        yield apply(workload, body(workload, annotations, Map.of("template", template)), restartManager);
      }
      case Method.RestartAt(Instant at) -> {
        annotations.putAll(token);
        yield apply(workload, body(workload, annotations, at == null ? null : Map.of("restartAt", at.toString())), PODS_MANAGER);
      }
      case Method.Evict(Instant before) -> {
        annotations.putAll(token);
        if (before != null) {
          annotations.put(Marks.EVICT_BEFORE, before.toString());
        }
        yield apply(workload, body(workload, annotations, null), PODS_MANAGER);
      }
    };
  }

  @Override
  public String observe(WorkloadView workload, TokenMap tokens, History history) {
    Map<String, String> annotations = new TreeMap<>(Map.of(Marks.OBSERVED_TOKENS, tokens.text()));
    if (history.verified() != null) {
      annotations.put(Marks.RESTART_VERIFIED, history.verified().toString());
    }
    return apply(workload, body(workload, annotations, null), OBSERVED_MANAGER);
  }

  @Override
  public List<PodView> pods(WorkloadView workload, Predicate<PodView> enough) {
    List<PodView> seen = new ArrayList<>();
    pages.read(
        workload,
        page -> {
          page.stream().filter(WorkloadRequests::live).map(WorkloadRequests::seen).forEach(seen::add);
          return seen.stream().allMatch(enough);
        });
    return seen;
  }

  private static boolean live(WorkloadPod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null && !over(pod);
  }

  /** Whether a pod has come to its end. */
  static boolean over(WorkloadPod pod) {
    return pod.getStatus() != null && pod.getStatus().phase() != null && OVER.contains(pod.getStatus().phase());
  }

  static PodView seen(WorkloadPod pod) {
    String created = pod.getMetadata().getCreationTimestamp();
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return new PodView(
        created == null ? Instant.EPOCH : Instant.parse(created),
        TokenMap.parse(annotations == null ? null : annotations.get(Marks.RESTART_TOKENS)));
  }

  /** What is applied to the object that carries the workload's records: itself, or the Deployment behind it. */
  private static GenericKubernetesResource body(
      WorkloadView workload, Map<String, String> annotations, @Nullable Map<String, Object> spec) {
    WorkloadKind kind = carrier(workload);
    GenericKubernetesResource body = new GenericKubernetesResource();
    body.setApiVersion(kind.apiVersion());
    body.setKind(kind.kind());
    body.setMetadata(
        new ObjectMetaBuilder()
            .withName(workload.traits().method() instanceof Method.Behind(String name, _) ? name : workload.key().name())
            .withNamespace(workload.key().namespace())
            .withUid(workload.traits().method() instanceof Method.Behind(_, String uid) ? uid : workload.uid())
            .withAnnotations(annotations)
            .build());
    if (spec != null) {
      body.setAdditionalProperty("spec", spec);
    }
    return body;
  }

  private static WorkloadKind carrier(WorkloadView workload) {
    return workload.traits().method() instanceof Method.Behind ? WorkloadKind.DEPLOYMENT : workload.key().kind();
  }

  private String apply(WorkloadView workload, GenericKubernetesResource body, String manager) {
    var resources = client.genericKubernetesResources(carrier(workload).context()).inNamespace(workload.key().namespace());
    return permits
        .with(() -> resources.resource(body).patch(Applies.by(manager, true)))
        .getMetadata()
        .getResourceVersion();
  }
}
