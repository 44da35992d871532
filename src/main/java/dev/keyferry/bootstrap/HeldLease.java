package dev.keyferry.bootstrap;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease that replicas contend for, as one of them gives it back: with no holder, the next one to look takes it, and need not wait until
 * it runs out. JOSDK 5.2.3 builds its elector so that it keeps the lease when it ends.
 *
 * @param client may get and update the lease
 * @param namespace of the lease
 * @param name of the lease
 * @param holder names this replica in it
 */
record HeldLease(KubernetesClient client, String namespace, String name, String holder) {

  private static final Logger LOGGER = LoggerFactory.getLogger(HeldLease.class);

  /** Gives it back, if this replica still holds it. To be called when nothing renews it any more. */
  void release() {
    try {
      Lease lease = client.leases().inNamespace(namespace).withName(name).get();
      if (lease == null || lease.getSpec() == null || !holder.equals(lease.getSpec().getHolderIdentity())) {
        return;
      }
      lease.getSpec().setHolderIdentity(null);
      client.resource(lease).lockResourceVersion(lease.getMetadata().getResourceVersion()).update();
      LOGGER.atInfo().log("the lease is given back");
    } catch (KubernetesClientException e) {
      LOGGER.atWarn().addKeyValue("code", e.getCode()).log("the lease could not be given back; it runs out by itself");
    }
  }
}
