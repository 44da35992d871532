package dev.keyferry.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;

/** Applies what one field manager says in the status of an object, and nothing else of it. */
public final class StatusApply {

  private StatusApply() {}

  /**
   * Applies a status; what the manager said before and says no more goes.
   *
   * @param manager owns it
   * @param live the object that is meant; one of its name but of another uid stays untouched
   * @param body holds the status; gets the rest of what the request needs
   * @return the object as it then is
   * @throws io.fabric8.kubernetes.client.KubernetesClientException where it is refused, or the object is gone
   */
  public static <R extends HasMetadata> R as(String manager, KubernetesClient client, R live, R body) {
    body.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(live.getMetadata().getNamespace())
            .withName(live.getMetadata().getName())
            .withUid(live.getMetadata().getUid())
            .build());
    PatchContext context =
        new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager(manager).withForce(true).build();
    // As text: given the object, the client would make copies of it.
    return client.resource(body).subresource("status").patch(context, client.getKubernetesSerialization().asJson(body));
  }
}
