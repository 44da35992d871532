package dev.keyferry.cluster;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The ExternalSecrets and Secrets of a rig's namespace as they stand: looking at many of them costs the API server nothing. */
final class Watched implements AutoCloseable {

  private final String namespace;
  private final SharedIndexInformer<ExternalSecret> objects;
  private final SharedIndexInformer<Secret> secrets;

  Watched(Rig rig) {
    this.namespace = rig.namespace;
    this.objects = rig.cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespace).inform();
    this.secrets = rig.cluster.adminClient().secrets().inNamespace(namespace).inform();
  }

  /** An ExternalSecret's status; empty before the first. */
  Optional<ExternalSecretStatus> status(String name) {
    return Optional.ofNullable(objects.getStore().getByKey(namespace + "/" + name)).map(ExternalSecret::getStatus);
  }

  /** A Secret's value {@code a}; the empty text where there is none. */
  String value(String name) {
    return secret(name)
        .map(Secret::getData)
        .map(data -> data.get("a"))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8))
        .orElse("");
  }

  /** A Secret's name, uid and version; only the name where there is none. */
  String version(String name) {
    return secret(name)
        .map(secret -> name + " " + secret.getMetadata().getUid() + " " + secret.getMetadata().getResourceVersion())
        .orElse(name);
  }

  private Optional<Secret> secret(String name) {
    return Optional.ofNullable(secrets.getStore().getByKey(namespace + "/" + name));
  }

  @Override
  public void close() {
    objects.close();
    secrets.close();
  }
}
