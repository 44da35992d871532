package dev.keyferry.reconcile;

import dev.keyferry.kube.RequestPermits;
import dev.keyferry.kube.StatusApply;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Writes statuses by server-side apply, and only those that differ. The last status written is remembered for each uid until the informer
 * has seen it, since a reconcile may run before that.
 *
 * @param <S> the status
 * @param <R> the kind
 */
final class StatusWriter<S, R extends CustomResource<?, S>> {

  private static final String FIELD_MANAGER = "keyferry.dev/status";

  private final KubernetesClient client;
  private final RequestPermits permits;
  private final Supplier<R> empty;
  private final UnaryOperator<S> own;
  private final Map<String, Written<S>> written = new ConcurrentHashMap<>();

  StatusWriter(KubernetesClient client, RequestPermits permits, Supplier<R> empty) {
    this(client, permits, empty, UnaryOperator.identity());
  }

  /** Writes only a part of the status: {@code own} drops what others write. */
  StatusWriter(KubernetesClient client, RequestPermits permits, Supplier<R> empty, UnaryOperator<S> own) {
    this.own = own;
    this.client = client;
    this.permits = permits;
    this.empty = empty;
  }

  /** The status that stands, as far as anybody knows; null before the first. */
  @Nullable S current(R object) {
    Written<S> last = written.get(object.getMetadata().getUid());
    if (last != null && last.newerThan(object.getMetadata().getResourceVersion())) {
      return last.status();
    }
    written.remove(object.getMetadata().getUid());
    return object.getStatus() == null ? null : own.apply(object.getStatus());
  }

  /**
   * Writes the status where it differs from the one that stands.
   *
   * @return whether it was written
   */
  boolean write(R object, S status) {
    if (Objects.equals(current(object), status)) {
      return false;
    }
    R fresh = empty.get();
    fresh.setStatus(status);
    R stored;
    try {
      stored = permits.with(() -> StatusApply.as(FIELD_MANAGER, client, object, fresh));
    } catch (KubernetesClientException e) {
      if (isGone(e)) {
        return false;
      }
      throw e;
    }
    written.put(object.getMetadata().getUid(), new Written<>(status, stored.getMetadata().getResourceVersion()));
    return true;
  }

  /* A uid that no longer fits is 409 or 422; a 422 for another cause is a status that the CRD does not accept, which is a bug. */
  private static boolean isGone(KubernetesClientException e) {
    return e.getCode() == 404
        || e.getCode() == 409
        || (e.getCode() == 422 && e.getMessage() != null && e.getMessage().contains("metadata.uid"));
  }

  /** Forgets an object that is gone. */
  void forget(String uid) {
    written.remove(uid);
  }

  private record Written<S>(S status, String resourceVersion) {

    /* Resource versions of one kind are ordered decimals of any length (KEP-5504). */
    boolean newerThan(String seen) {
      return resourceVersion.length() != seen.length()
          ? resourceVersion.length() > seen.length()
          : resourceVersion.compareTo(seen) > 0;
    }
  }
}
