package dev.keyferry.write;

import dev.keyferry.kube.Applies;
import dev.keyferry.kube.Marks;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.TargetRecord;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Carries write plans out. Every write is a server-side apply, never a POST: what was made by POST would survive later applies. Each
 * ExternalSecret has a field manager of its own, since with one for all, the second of two that merge into one Secret would delete the
 * first one's keys. Values never appear in what it returns.
 */
public final class TargetWriter {

  private static final String API_VERSION = "keyferry.dev/v1";
  private static final String KIND = "ExternalSecret";
  private static final int TRIES = 4;

  /* etcd's first revision is nobody's: an apply with it makes what is absent, and is a conflict where there is anything. */
  private static final String ONLY_IF_ABSENT = "1";

  private static final int MAX_MANAGER = 128;
  private static final Pattern CONFLICT = Pattern.compile("conflicts? with \"([^\"]+)\"[^:]*: ?(\\.data\\.\\S+|[^,\\n]*)");

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final TargetCache cache;
  private final DataDigests digests;
  private final RestartMarks marks;
  private final InstantSource clock;
  private final RepairPace pace = new RepairPace();
  private final Set<String> metUnawares = ConcurrentHashMap.newKeySet();

  /** Writes through that client, holding a permit for each request. */
  public TargetWriter(
      KubernetesClient client, RequestPermits permits, TargetCache cache, DataDigests digests, RestartMarks marks, InstantSource clock) {
    this.client = client;
    this.permits = permits;
    this.cache = cache;
    this.digests = digests;
    this.marks = marks;
    this.clock = clock;
  }

  /** Makes the target what is desired, or says why not. Calls for one target may not overlap. */
  public WriteResult write(WriteRequest request) {
    if (request.creation() == CreationPolicy.NONE) {
      return new WriteResult.Unchanged(null);
    }
    return writeMarked(marks.complete(request));
  }

  private WriteResult writeMarked(WriteRequest request) {
    try {
      Optional<TargetView> cached = cache.get(request.owner().namespace(), request.target());
      Optional<WriteResult> created = cached.isEmpty() ? createUnlessThere(request) : Optional.empty();
      return created.isPresent() ? created.get() : write(request, cached, TRIES);
    } catch (KubernetesClientException e) {
      return failed(request, e);
    }
  }

  /**
   * Deletes a target that the ExternalSecret made.
   *
   * @return whether there was one
   */
  public boolean delete(WriteRequest.Owner owner, String target) {
    Optional<TargetView> view = live(owner.namespace(), target);
    if (view.isEmpty() || !view.get().records().containsKey(owner.name())) {
      return false;
    }
    delete(view.get());
    return true;
  }

  /** Deletes what the ExternalSecret made and owns under names other than the present one. */
  public void deleteFormer(WriteRequest.Owner owner, String target) {
    for (TargetView view : cache.writtenBy(owner.namespace(), owner.name())) {
      boolean owned = view.controller() != null && view.controller().uid().equals(owner.uid());
      if (owned && !view.name().equals(target) && !view.terminating()) {
        delete(view);
      }
    }
  }

  /** The field manager of that ExternalSecret's writes; Kubernetes allows 128 bytes. */
  static String fieldManager(String externalSecret) {
    String manager = "keyferry.dev/" + externalSecret;
    return manager.length() <= MAX_MANAGER ? manager : "keyferry.dev/x-" + TargetRecord.shortDigest(externalSecret);
  }

  /* Spares the look at each target of a cold start. What is there after all is looked at first from then on. */
  private Optional<WriteResult> createUnlessThere(WriteRequest request) {
    String target = request.owner().namespace() + "/" + request.target();
    if (metUnawares.contains(target)
        || !(WritePlanner.plan(request, digests.of(request.secret().data()), Optional.empty(), clock.instant())
            instanceof WritePlan.Apply plan)) {
      return Optional.empty();
    }
    Secret desired = desired(request, Optional.empty(), plan.record());
    desired.getMetadata().setResourceVersion(ONLY_IF_ABSENT);
    try {
      apply(request, desired, false);
      return Optional.of(new WriteResult.Created(plan.record().token()));
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
      metUnawares.add(target);
      return Optional.empty();
    }
  }

  private WriteResult write(WriteRequest request, Optional<TargetView> cached, int triesLeft) {
    Optional<TargetView> observed = cached.isPresent() ? cached : live(request.owner().namespace(), request.target());
    if (observed.isEmpty() || observed.get().managed()) {
      metUnawares.remove(request.owner().namespace() + "/" + request.target());
    }
    SortedMap<String, String> desired = digests.of(request.secret().data());
    WritePlan plan = WritePlanner.plan(request, desired, observed, clock.instant());
    return switch (plan) {
      case WritePlan.Nothing(var record) -> new WriteResult.Unchanged(record.token());
      case WritePlan.Wait(var message) -> new WriteResult.Absent(message);
      case WritePlan.Refuse(var refusal, var message) -> new WriteResult.Refused(refusal, message);
      case WritePlan.Apply apply -> apply(request, observed, apply, triesLeft);
    };
  }

  private WriteResult apply(WriteRequest request, Optional<TargetView> observed, WritePlan.Apply plan, int triesLeft) {
    String target = request.owner().namespace() + "/" + request.target();
    boolean repair = observed.isPresent() && !plan.dataMoved();
    if (repair) {
      Optional<Duration> wait = pace.wait(target, clock.instant());
      if (wait.isPresent()) {
        return new WriteResult.Refused(
            Refusal.CONTESTED,
            "something keeps changing Secret " + target + " back"
                + lastOtherManager(request).map(manager -> " (field manager \"" + manager + "\")").orElse("")
                + ": it is repaired at most every 5 minutes until that stops");
      }
    }
    try {
      Secret applied = applyResolvingConflicts(request, observed, plan.record());
      removeForeignKeys(request, applied);
    } catch (KeyConflictException e) {
      return new WriteResult.Refused(Refusal.KEY_CONFLICT, e.getMessage());
    } catch (KubernetesClientException e) {
      boolean outdated = e.getCode() == 409 || (e.getCode() == 422 && observed.isPresent() && isUidMismatch(e));
      if (outdated && triesLeft > 1) {
        return write(request, live(request.owner().namespace(), request.target()), triesLeft - 1);
      }
      throw e;
    }
    if (repair) {
      pace.repaired(target, clock.instant());
    }
    return observed.isEmpty()
        ? new WriteResult.Created(plan.record().token())
        : new WriteResult.Updated(plan.record().token(), repair);
  }

  private Secret applyResolvingConflicts(WriteRequest request, Optional<TargetView> observed, TargetRecord record) {
    Secret desired = desired(request, observed, record);
    try {
      return apply(request, desired, false);
    } catch (KubernetesClientException e) {
      Optional<String> other = conflictingManager(e);
      if (other.isEmpty()) {
        throw e;
      }
      if (other.get().startsWith("keyferry.dev/")) {
        throw new KeyConflictException(
            "Secret " + request.owner().namespace() + "/" + request.target() + ": another ExternalSecret (" + other.get().substring(13)
                + ") writes the same key: give each key to one of them");
      }
      return apply(request, desired, true);
    }
  }

  private Secret apply(WriteRequest request, Secret desired, boolean force) {
    Secret named =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(request.owner().namespace())
            .withName(request.target())
            .endMetadata()
            .build();
    PatchContext context = Applies.by(fieldManager(request.owner().name()), force);
    String text = client.getKubernetesSerialization().asJson(desired);
    Secret applied = permits.with(() -> client.resource(named).patch(context, text));
    cache.settled(TargetView.of(applied, digests));
    return applied;
  }

  private Secret desired(WriteRequest request, Optional<TargetView> observed, TargetRecord record) {
    var data = new TreeMap<String, String>();
    request.secret().data().forEach((key, value) -> data.put(key, Base64.getEncoder().encodeToString(value)));
    var metadata =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(request.owner().namespace())
            .withName(request.target())
            .withUid(observed.map(TargetView::uid).orElse(null))
            .withResourceVersion(observed.map(TargetView::resourceVersion).orElse(null))
            .addToLabels(Marks.MANAGED, "true")
            .addToAnnotations(TargetRecord.annotationOf(request.owner().name()), record.text());
    if (request.restarts().reloaderIgnore()) {
      metadata.addToAnnotations(Marks.RELOADER_IGNORE, "true");
    }
    if (request.creation() == CreationPolicy.OWNER) {
      metadata.addToOwnerReferences(
          new OwnerReferenceBuilder()
              .withApiVersion(API_VERSION)
              .withKind(KIND)
              .withName(request.owner().name())
              .withUid(request.owner().uid())
              .withController(true)
              .withBlockOwnerDeletion(false)
              .build());
    }
    SecretBuilder secret = metadata.endMetadata().withData(data);
    if (observed.isEmpty()) {
      secret.withType("Opaque");
    }
    boolean immutable = request.immutable() || observed.map(TargetView::immutable).orElse(false);
    return secret.withImmutable(immutable ? Boolean.TRUE : null).build();
  }

  /* An apply cannot remove what others wrote, so a JSON Patch does, against the very state that the apply returned. */
  private void removeForeignKeys(WriteRequest request, Secret applied) {
    if (!request.creation().exclusive() || applied.getData() == null) {
      return;
    }
    List<String> foreign =
        applied.getData().keySet().stream().filter(key -> !request.secret().keys().contains(key)).sorted().toList();
    if (foreign.isEmpty()) {
      return;
    }
    StringBuilder patch = new StringBuilder("[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"");
    patch.append(applied.getMetadata().getResourceVersion()).append("\"}");
    foreign.forEach(key -> patch.append(",{\"op\":\"remove\",\"path\":\"/data/").append(key).append("\"}"));
    patch.append(']');
    Secret patched =
        permits.with(
            () ->
                client
                    .secrets()
                    .inNamespace(request.owner().namespace())
                    .withName(request.target())
                    .patch(
                        new PatchContext.Builder()
                            .withPatchType(PatchType.JSON)
                            .withFieldManager(fieldManager(request.owner().name()))
                            .build(),
                        patch.toString()));
    cache.settled(TargetView.of(patched, digests));
  }

  private Optional<TargetView> live(String namespace, String name) {
    Secret secret = permits.with(() -> client.secrets().inNamespace(namespace).withName(name).get());
    return Optional.ofNullable(secret).map(found -> TargetView.of(found, digests));
  }

  private void delete(TargetView view) {
    Secret identified =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(view.namespace())
            .withName(view.name())
            .withUid(view.uid())
            .withResourceVersion(view.resourceVersion())
            .endMetadata()
            .build();
    permits.with(() -> client.resource(identified).lockResourceVersion(view.resourceVersion()).delete());
    cache.removed(view.namespace(), view.name());
  }

  private Optional<String> lastOtherManager(WriteRequest request) {
    Secret secret =
        permits.with(() -> client.secrets().inNamespace(request.owner().namespace()).withName(request.target()).get());
    if (secret == null || secret.getMetadata().getManagedFields() == null) {
      return Optional.empty();
    }
    return secret.getMetadata().getManagedFields().stream()
        .filter(entry -> !fieldManager(request.owner().name()).equals(entry.getManager()))
        .max(Comparator.comparing(entry -> entry.getTime() == null ? "" : entry.getTime()))
        .map(ManagedFieldsEntry::getManager);
  }

  private WriteResult failed(WriteRequest request, KubernetesClientException e) {
    String target = request.owner().namespace() + "/" + request.target();
    return switch (e.getCode()) {
      case 403 ->
          new WriteResult.Refused(
              Refusal.NOT_ACCEPTED,
              "Kubernetes forbids the operator to write Secret " + target + ": check its role, quotas and admission policies");
      case 400, 413, 422 ->
          new WriteResult.Refused(Refusal.NOT_ACCEPTED, "Kubernetes does not accept Secret " + target + causes(e));
      default -> new WriteResult.Failed("Secret " + target + " could not be written (Kubernetes answered " + e.getCode() + "); it is tried again");
    };
  }

  /* Only the fields of the answer's causes: their texts may quote values. */
  private static String causes(KubernetesClientException e) {
    if (e.getStatus() == null || e.getStatus().getDetails() == null || e.getStatus().getDetails().getCauses() == null) {
      return "";
    }
    List<String> fields =
        e.getStatus().getDetails().getCauses().stream().map(cause -> cause.getField()).filter(f -> f != null).distinct().sorted().toList();
    return fields.isEmpty() ? "" : ": see " + String.join(", ", fields);
  }

  private static boolean isUidMismatch(KubernetesClientException e) {
    return e.getMessage() != null && e.getMessage().contains("metadata.uid");
  }

  private static Optional<String> conflictingManager(KubernetesClientException e) {
    String message = e.getStatus() == null || e.getStatus().getMessage() == null ? e.getMessage() : e.getStatus().getMessage();
    if (e.getCode() != 409 || message == null || !message.contains("Apply failed")) {
      return Optional.empty();
    }
    Matcher matcher = CONFLICT.matcher(message);
    @Nullable String first = null;
    while (matcher.find()) {
      if (matcher.group(1).startsWith("keyferry.dev/")) {
        return Optional.of(matcher.group(1));
      }
      first = first == null ? matcher.group(1) : first;
    }
    return Optional.of(first == null ? "unknown" : first);
  }

  /** Two ExternalSecrets write one key; carries the message for people. */
  private static final class KeyConflictException extends RuntimeException {
    KeyConflictException(String message) {
      super(message, null, false, false);
    }
  }
}
