package dev.keyferry.demo;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.kube.Marks;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What stands in the namespace of the examples at the moment. */
final class Shop {

  /** The namespace. */
  static final String NAMESPACE = "shop";

  /** The ExternalSecret of the examples, and its Secret. */
  static final String NAME = "shop-db";

  private final KubernetesClient client;

  Shop(KubernetesClient client) {
    this.client = client;
  }

  static @Nullable String annotation(@Nullable Deployment deployment) {
    if (deployment == null || deployment.getSpec().getTemplate().getMetadata().getAnnotations() == null) {
      return null;
    }
    return deployment.getSpec().getTemplate().getMetadata().getAnnotations().get(Marks.RESTART_TOKENS);
  }

  @Nullable String restartTokens() {
    return annotation(deployment());
  }

  @Nullable String observedTokens() {
    Deployment deployment = deployment();
    return deployment == null ? null : deployment.getMetadata().getAnnotations().get(Marks.OBSERVED_TOKENS);
  }

  @Nullable Deployment deployment() {
    return client.apps().deployments().inNamespace(NAMESPACE).withName("shop").get();
  }

  @Nullable Secret secret() {
    return client.secrets().inNamespace(NAMESPACE).withName(NAME).get();
  }

  static String version(@Nullable Secret secret) {
    return secret == null ? "none" : secret.getMetadata().getResourceVersion();
  }

  static boolean holds(@Nullable Secret secret, String password) {
    Map<String, String> data = secret == null || secret.getData() == null ? Map.of() : secret.getData();
    return Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8)).equals(data.get("password"));
  }

  @Nullable ExternalSecret externalSecret(String name) {
    return client.resources(ExternalSecret.class).inNamespace(NAMESPACE).withName(name).get();
  }

  @Nullable StatusCondition condition(String name) {
    ExternalSecret object = externalSecret(name);
    if (object == null || object.getStatus() == null) {
      return null;
    }
    return object.getStatus().conditions().stream().filter(c -> c.type().equals("Ready")).findFirst().orElse(null);
  }

  @Nullable String readyStatus(String name) {
    StatusCondition ready = condition(name);
    return ready == null ? null : ready.status();
  }

  /** The condition, once it names action and secret. */
  static @Nullable StatusCondition explained(@Nullable StatusCondition ready) {
    boolean said =
        ready != null
            && ready.status().equals("False")
            && ready.message() != null
            && ready.message().contains("secretsmanager:GetSecretValue")
            && ready.message().contains(Stage.PAYMENTS_SECRET)
            && ready.message().contains("user/keyferry");
    return said ? ready : null;
  }

  @Nullable Event warning() {
    return client.v1().events().inNamespace(NAMESPACE).list().getItems().stream()
        .filter(event -> "Warning".equals(event.getType()) && "payments".equals(event.getInvolvedObject().getName()))
        .findFirst()
        .orElse(null);
  }

  String revision() {
    ExternalSecret object = externalSecret(NAME);
    if (object == null || object.getStatus() == null) {
      return "";
    }
    return object.getStatus().sources().stream().map(SourceStatus::revision).findFirst().orElse("");
  }
}
