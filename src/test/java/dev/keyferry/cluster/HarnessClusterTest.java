package dev.keyferry.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

/** What the other cluster tests build on: rights are enforced, requests are counted, workloads roll, tokens can be verified. */
@ClusterTest
class HarnessClusterTest {

  private static final int ROLLOUT_SECONDS = 180;

  private final Cluster cluster;
  private final String namespace;

  HarnessClusterTest(Cluster cluster) {
    this.cluster = cluster;
    this.namespace = cluster.newNamespace("harness");
  }

  @Test
  void given_requests_of_one_user_when_counted_then_the_audit_log_has_each_once() {
    account("counted");
    var mark = cluster.audit().mark();
    try (var client = cluster.client(cluster.kubeconfig(namespace, "counted"))) {
      for (var i = 0; i < 3; i++) {
        assertForbidden(() -> client.configMaps().inNamespace(namespace).withName("none").get());
      }
    }
    var user = "system:serviceaccount:%s:counted".formatted(namespace);
    await().atMost(5, SECONDS).untilAsserted(() -> assertThat(cluster.audit().since(mark).by(user).on("configmaps").count()).isEqualTo(3));
    assertThat(cluster.audit().since(mark).by(user).forbidden().count()).isEqualTo(3);
    assertThat(cluster.audit().since(mark).by(user).writes().count()).isZero();
  }

  @Test
  void given_a_write_when_audited_then_it_says_who_did_what_to_which_object() {
    var mark = cluster.audit().mark();
    cluster
        .adminClient()
        .resource(new ConfigMapBuilder().withNewMetadata().withName("written").withNamespace(namespace).endMetadata().build())
        .create();
    await().atMost(5, SECONDS).until(() -> cluster.audit().since(mark).by("admin").in(namespace).count() == 1);
    var event = cluster.audit().since(mark).by("admin").in(namespace).events().getFirst();
    assertThat(event.user()).isEqualTo("admin");
    assertThat(event.verb()).isEqualTo("create");
    assertThat(event.what()).isEqualTo("configmaps");
    assertThat(event.code()).isEqualTo(201);
    assertThat(event.write()).isTrue();
  }

  @Test
  void given_a_token_for_sts_when_decoded_then_issuer_audience_and_subject_are_right_and_its_key_is_published() {
    account("irsa");
    var token = cluster.kubectl("create", "token", "irsa", "-n", namespace, "--audience", ControlPlane.STS_AUDIENCE).orFail().strip();
    var header = decode(token.split("\\.")[0]);
    var payload = decode(token.split("\\.")[1]);
    assertThat(payload)
        .contains("\"iss\":\"" + cluster.issuer() + "\"")
        .contains("\"aud\":[\"sts.amazonaws.com\"]")
        .contains("\"sub\":\"system:serviceaccount:%s:irsa\"".formatted(namespace));
    var keyId = header.replaceAll(".*\"kid\":\"([^\"]+)\".*", "$1");
    assertThat(cluster.jwks()).contains(keyId);
  }

  @Test
  void given_controllers_when_a_deployment_is_applied_then_its_pods_become_ready_and_restart_rolls_them() {
    cluster.withControllers();
    cluster.apply(namespace, deployment()).orFail();
    rolledOut();
    var before = podNames();
    cluster.kubectl("rollout", "restart", "deployment/app", "-n", namespace).orFail();
    rolledOut();
    assertThat(before).isNotEmpty();
    await().atMost(ROLLOUT_SECONDS, SECONDS).untilAsserted(() -> assertThat(podNames()).isNotEmpty().doesNotContain(before));
  }

  @Test
  void given_controllers_when_an_owner_is_deleted_then_what_it_owns_is_collected() {
    cluster.withControllers();
    cluster.apply(namespace, deployment()).orFail();
    rolledOut();
    cluster.kubectl("delete", "deployment/app", "-n", namespace).orFail();
    await().atMost(ROLLOUT_SECONDS, SECONDS).untilAsserted(() -> assertThat(podNames()).isEmpty());
  }

  private void account(String name) {
    cluster.kubectl("create", "serviceaccount", name, "-n", namespace).orFail();
  }

  private void rolledOut() {
    cluster.kubectl("rollout", "status", "deployment/app", "-n", namespace, "--timeout=" + ROLLOUT_SECONDS + "s").orFail();
  }

  private String podNames() {
    return cluster.kubectl("get", "pods", "-n", namespace, "-o", "jsonpath={.items[*].metadata.name}").orFail();
  }

  private static String deployment() {
    return """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: app}
    spec:
      replicas: 1
      selector: {matchLabels: {app: app}}
      template:
        metadata: {labels: {app: app}}
        spec:
          terminationGracePeriodSeconds: 0
          containers: [{name: app, image: none.test/app}]
    """;
  }

  private static String decode(String part) {
    return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
  }

  private static void assertForbidden(Runnable request) {
    try {
      request.run();
      throw new AssertionError("the request was not refused");
    } catch (KubernetesClientException e) {
      assertThat(e.getCode()).isEqualTo(403);
    }
  }
}
