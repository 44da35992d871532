package dev.keyferry.cluster;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code deploy/} lets the operator do, as the API server judges it. */
@ClusterTest
class RightsClusterTest {

  private final Cluster cluster;
  private final String namespace;

  RightsClusterTest(Cluster cluster) {
    this.cluster = cluster;
    this.namespace = cluster.newNamespace("rights");
  }

  @BeforeAll
  static void install(Cluster cluster) {
    cluster.installOperator();
  }

  @ParameterizedTest
  @CsvSource({
    "watch,externalsecrets.keyferry.dev",
    "watch,secretstores.keyferry.dev",
    "watch,clustersecretstores.keyferry.dev",
    "patch,externalsecrets.keyferry.dev/status",
    "patch,secretstores.keyferry.dev/status",
    "patch,clustersecretstores.keyferry.dev/status",
    "create,secrets",
    "patch,secrets",
    "delete,secrets",
    "create,serviceaccounts/token",
    "patch,deployments.apps",
    "patch,statefulsets.apps",
    "patch,daemonsets.apps",
    "create,events"
  })
  void given_what_the_operator_needs_when_asked_then_it_may(String verb, String resource) {
    assertThat(canI(verb, resource, namespace)).isEqualTo("yes");
  }

  @ParameterizedTest
  @CsvSource({
    "patch,externalsecrets.keyferry.dev",
    "update,externalsecrets.keyferry.dev",
    "delete,externalsecrets.keyferry.dev",
    "create,secretstores.keyferry.dev",
    "delete,deployments.apps",
    "create,deployments.apps",
    "get,configmaps",
    "create,pods",
    "delete,pods",
    "get,pods/log",
    "create,pods/exec",
    "create,rolebindings.rbac.authorization.k8s.io",
    "impersonate,serviceaccounts",
    "update,leases.coordination.k8s.io"
  })
  void given_what_the_operator_does_not_need_when_asked_then_it_may_not(String verb, String resource) {
    assertThat(canI(verb, resource, namespace)).isEqualTo("no");
  }

  @Test
  void given_its_lease_when_asked_then_it_may_write_that_one_and_no_other() {
    assertThat(canI("update", "leases.coordination.k8s.io/keyferry", "keyferry-system")).isEqualTo("yes");
    assertThat(canI("update", "leases.coordination.k8s.io/other", "keyferry-system")).isEqualTo("no");
  }

  @Test
  void given_a_token_for_sts_when_the_operator_asks_for_it_then_it_gets_one() {
    account();
    assertThat(token("sts.amazonaws.com").orFail()).isNotBlank();
  }

  @Test
  void given_a_token_for_the_api_server_when_the_operator_asks_for_it_then_it_is_refused() {
    account();
    // A policy takes hold some moments after it was applied.
    await().atMost(60, SECONDS).until(() -> !token(cluster.issuer()).succeeded());
    assertThat(token(cluster.issuer()).errors()).contains("keyferry-token-audiences", "sts.amazonaws.com.cn only");
  }

  private void account() {
    cluster.kubectl("create", "serviceaccount", "app", "-n", namespace).orFail();
  }

  private Command.Outcome token(String audience) {
    return cluster.kubectl("create", "token", "app", "-n", namespace, "--audience", audience, "--as", Cluster.OPERATOR);
  }

  private String canI(String verb, String resource, String in) {
    var parts = resource.split("/");
    var named = parts.length > 1 && resource.startsWith("leases");
    var subresource = parts.length > 1 && !named;
    return cluster
        .kubectl(
            "auth", "can-i", verb, subresource ? parts[0] : resource, subresource ? "--subresource=" + parts[1] : "--subresource=",
            "-n", in, "--as", Cluster.OPERATOR)
        .output()
        .strip();
  }
}
