package dev.keyferry.cluster;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.status.Conditions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one team has in its namespace.
 *
 * @param cluster where
 * @param namespace its namespace
 */
record Tenant(Cluster cluster, String namespace) {

  private static final String NONE = "no status yet";

  /** Applies a ServiceAccount with a role. */
  void serviceAccount(String name, String roleArn) {
    serviceAccountWith(name, "eks.amazonaws.com/role-arn: \"" + roleArn + "\"");
  }

  /** Applies a ServiceAccount with annotations. */
  void serviceAccountWith(String name, String annotations) {
    apply(
        """
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: %s, annotations: {%s}}
        """
            .formatted(name, annotations));
  }

  /** Applies a SecretStore that reads as a ServiceAccount; more of its {@code provider.aws} may follow. */
  void store(String name, String serviceAccount, String... aws) {
    storeWith(name, "auth: {jwt: {serviceAccountRef: {name: %s}}}".formatted(serviceAccount), aws);
  }

  /** Applies a SecretStore with that {@code auth}; more of its {@code provider.aws} may follow. */
  void storeWith(String name, String auth, String... aws) {
    apply(
        """
        apiVersion: keyferry.dev/v1
        kind: SecretStore
        metadata: {name: %s}
        spec:
          provider:
            aws:
              service: SecretsManager
              region: %s
              %s
              %s
        """
            .formatted(name, Rig.REGION, auth, String.join("\n      ", aws)));
  }

  /** Applies an ExternalSecret that extracts one source every 2 seconds through a SecretStore. */
  void extract(String name, String store, String key) {
    apply(externalSecret(name, "{name: %s, kind: SecretStore}".formatted(store), key));
  }

  /** Applies an ExternalSecret that extracts one source every 2 seconds through a ClusterSecretStore. */
  void extractThroughCluster(String name, String clusterStore, String key) {
    apply(externalSecret(name, "{name: %s, kind: ClusterSecretStore}".formatted(clusterStore), key));
  }

  /** An ExternalSecret of this namespace as a document. */
  String externalSecret(String name, String storeRef, String key) {
    return """
    apiVersion: keyferry.dev/v1
    kind: ExternalSecret
    metadata: {name: %s, namespace: %s}
    spec: {secretStoreRef: %s, refreshInterval: 2s, dataFrom: [{extract: {key: %s}}]}
    """
        .formatted(name, namespace, storeRef, key);
  }

  void apply(String yaml) {
    cluster.apply(namespace, yaml).orFail();
  }

  /** A value of a Secret as text; null where there is none. */
  @Nullable String value(String secret, String key) {
    var found = cluster.adminClient().secrets().inNamespace(namespace).withName(secret).get();
    Map<String, String> data = found == null || found.getData() == null ? Map.of() : found.getData();
    var encoded = data.get(key);
    return encoded == null ? null : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  /** Names of the namespace's Secrets. */
  List<String> secrets() {
    return cluster.adminClient().secrets().inNamespace(namespace).list().getItems().stream().map(it -> it.getMetadata().getName()).toList();
  }

  /** An ExternalSecret's Ready as {@code status/reason: message}. */
  String ready(String externalSecret) {
    var found = cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespace).withName(externalSecret).get();
    return found == null || found.getStatus() == null ? NONE : ready(found.getStatus().conditions());
  }

  /** A SecretStore's Ready as {@code status/reason: message}. */
  String storeReady(String store) {
    var found = cluster.adminClient().resources(SecretStore.class).inNamespace(namespace).withName(store).get();
    return found == null || found.getStatus() == null ? NONE : ready(found.getStatus().conditions());
  }

  /** A ClusterSecretStore's Ready as {@code status/reason: message}. */
  static String clusterStoreReady(Cluster cluster, String store) {
    var found = cluster.adminClient().resources(ClusterSecretStore.class).withName(store).get();
    return found == null || found.getStatus() == null ? NONE : ready(found.getStatus().conditions());
  }

  private static String ready(List<StatusCondition> conditions) {
    return Conditions.find(conditions, Conditions.READY)
        .map(ready -> ready.status() + "/" + ready.reason() + ": " + ready.message())
        .orElse(NONE);
  }
}
