package dev.keyferry.kube;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Applies what one field manager says in the status of an object, and nothing else of it. */
public final class StatusApply {

  private StatusApply() {}

  /**
   * Applies a status; what the manager said before and says no more goes.
   *
   * @param manager owns it
   * @param live the object that is meant; one of its name but of another uid stays untouched
   * @param body holds the status; is of no use afterwards
   * @return the object as it then is
   * @throws io.fabric8.kubernetes.client.KubernetesClientException where it is refused, or the object is gone
   */
  public static <R extends CustomResource<?, ?>> R as(String manager, KubernetesClient client, R live, R body) {
    body.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(live.getMetadata().getNamespace())
            .withName(live.getMetadata().getName())
            .withUid(live.getMetadata().getUid())
            .build());
    String text = client.getKubernetesSerialization().asJson(body);
    body.setStatus(null);
    return client.resource(body).subresource("status").patch(Applies.by(manager, true), text);
  }
}
