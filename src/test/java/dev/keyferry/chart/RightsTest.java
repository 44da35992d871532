package dev.keyferry.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The operator may do exactly what it must. */
class RightsTest {

  private static final Set<String> CLUSTER_SCOPED =
      Set.of(
          "keyferry.dev/clustersecretstores get",
          "keyferry.dev/clustersecretstores list",
          "keyferry.dev/clustersecretstores watch",
          "keyferry.dev/clustersecretstores/status patch",
          "/namespaces get",
          "/namespaces list",
          "/namespaces watch",
          "authorization.k8s.io/selfsubjectrulesreviews create");

  private static final Set<String> NAMESPACED =
      Set.of(
          "keyferry.dev/externalsecrets get",
          "keyferry.dev/externalsecrets list",
          "keyferry.dev/externalsecrets watch",
          "keyferry.dev/externalsecrets/status patch",
          "keyferry.dev/secretstores get",
          "keyferry.dev/secretstores list",
          "keyferry.dev/secretstores watch",
          "keyferry.dev/secretstores/status patch",
          "/secrets get",
          "/secrets list",
          "/secrets watch",
          "/secrets create",
          "/secrets patch",
          "/secrets delete",
          "/serviceaccounts get",
          "/serviceaccounts/token create",
          "apps/deployments get",
          "apps/deployments list",
          "apps/deployments watch",
          "apps/deployments patch",
          "apps/statefulsets get",
          "apps/statefulsets list",
          "apps/statefulsets watch",
          "apps/statefulsets patch",
          "apps/daemonsets get",
          "apps/daemonsets list",
          "apps/daemonsets watch",
          "apps/daemonsets patch",
          "argoproj.io/rollouts get",
          "argoproj.io/rollouts list",
          "argoproj.io/rollouts watch",
          "argoproj.io/rollouts patch",
          "/pods list",
          "/events create",
          "/events patch");

  private static final Set<String> ELECTION =
      Set.of(
          "coordination.k8s.io/leases create",
          "coordination.k8s.io/leases[keyferry] get",
          "coordination.k8s.io/leases[keyferry] update",
          "coordination.k8s.io/leases[keyferry] patch");

  private static final Set<String> DIGEST_KEY = Set.of("/secrets create", "/secrets[keyferry-digest-key] get");

  @Test
  void given_the_chart_when_it_serves_every_namespace_then_the_rights_are_those_that_the_operator_uses() {
    assertThat(Rights.of(Chart.render())).isEqualTo(everywhere());
  }

  @Test
  void given_deploy_when_applied_then_the_rights_are_those_that_the_operator_uses() {
    assertThat(Rights.of(Chart.deployed())).isEqualTo(everywhere());
  }

  @Test
  void given_watched_namespaces_when_rendered_then_namespaced_rights_hold_in_these_alone() {
    assertThat(Rights.of(Chart.render("watchNamespaces: [shop, pay]")))
        .isEqualTo(
            Map.of(
                "*", sorted(CLUSTER_SCOPED),
                "shop", sorted(NAMESPACED),
                "pay", sorted(NAMESPACED),
                "default", sorted(Set.of("/events create", "/events patch")),
                Chart.NAMESPACE, sorted(Stream.concat(ELECTION.stream(), DIGEST_KEY.stream()).collect(Collectors.toSet()))));
  }

  @Test
  void given_no_leader_election_when_rendered_then_there_is_no_right_to_leases() {
    assertThat(Rights.of(Chart.render("leaderElection: {enabled: false}"))).containsOnlyKeys("*");
  }

  @Test
  void given_another_lease_when_rendered_then_its_rights_are_narrowed_to_that_name() {
    assertThat(Rights.of(Chart.render("leaderElection: {leaseName: other}")).get(Chart.NAMESPACE))
        .contains("coordination.k8s.io/leases[other] update")
        .doesNotContain("coordination.k8s.io/leases[keyferry] update");
  }

  @Test
  void given_evictions_when_rendered_then_there_is_one_right_more() {
    TreeSet<String> rights = sorted(CLUSTER_SCOPED);
    rights.addAll(NAMESPACED);
    rights.add("/pods/eviction create");
    assertThat(Rights.of(Chart.render("restarts: {eviction: true}")).get("*")).isEqualTo(rights);
  }

  @Test
  void given_the_manifest_for_evictions_when_applied_then_it_gives_that_right_and_no_other() {
    assertThat(Rights.of(Manifests.read(Chart.DEPLOY.resolve("eviction.yaml")))).isEqualTo(Map.of("*", sorted(Set.of("/pods/eviction create"))));
  }

  @Test
  void given_no_argo_rollouts_when_rendered_then_there_is_no_right_to_them() {
    assertThat(Rights.of(Chart.render("restarts: {argoRollouts: false}")).get("*"))
        .noneMatch(right -> right.contains("argoproj.io"))
        .contains("/pods list");
  }

  @Test
  void given_no_rbac_when_rendered_then_there_is_no_role() {
    Manifests rendered = Chart.render("rbac: {create: false}");
    assertThat(rendered.objects()).isNotEmpty().noneMatch(o -> o.path("apiVersion").asText().startsWith("rbac."));
  }

  @Test
  void given_aggregated_roles_when_compared_then_chart_and_deploy_agree() {
    assertThat(aggregated(Chart.render())).isEqualTo(aggregated(Chart.deployed())).hasSize(3);
  }

  @Test
  void given_the_role_for_editors_when_read_then_it_cannot_write_stores() {
    assertThat(Chart.deployed().named("ClusterRole", "keyferry-edit").path("rules").toString()).doesNotContain("stores");
  }

  @Test
  void given_the_admission_policy_when_compared_then_chart_and_deploy_agree() {
    assertThat(Chart.render().only("ValidatingAdmissionPolicy").path("spec"))
        .isEqualTo(Chart.deployed().only("ValidatingAdmissionPolicy").path("spec"));
  }

  @Test
  void given_the_admission_policy_when_rendered_elsewhere_then_it_names_the_releases_own_service_account() {
    assertThat(
            Chart.render("serviceAccount: {name: ferry}")
                .only("ValidatingAdmissionPolicy")
                .at("/spec/matchConditions/0/expression")
                .asText())
        .isEqualTo("request.userInfo.username == \"system:serviceaccount:keyferry-system:ferry\"");
  }

  @Test
  void given_other_audiences_when_rendered_then_the_admission_policy_lets_these_pass() {
    assertThat(
            Chart.render("admissionPolicy: {audiences: [a.example, b.example]}")
                .only("ValidatingAdmissionPolicy")
                .at("/spec/validations/0/expression")
                .asText())
        .contains("a in [\"a.example\", \"b.example\"]");
  }

  @Test
  void given_the_admission_policy_when_read_then_its_binding_denies() {
    assertThat(Manifests.texts(Chart.deployed().only("ValidatingAdmissionPolicyBinding").at("/spec/validationActions")))
        .containsExactly("Deny");
  }

  private static Map<String, TreeSet<String>> everywhere() {
    TreeSet<String> cluster = sorted(CLUSTER_SCOPED);
    cluster.addAll(NAMESPACED);
    return Map.of("*", cluster, Chart.NAMESPACE, sorted(ELECTION));
  }

  private static TreeSet<String> sorted(Set<String> rights) {
    return new TreeSet<>(rights);
  }

  private static List<String> aggregated(Manifests manifests) {
    return Stream.of("view", "edit", "admin")
        .map(role -> manifests.named("ClusterRole", "keyferry-" + role))
        .filter(role -> role.at("/metadata/labels").toString().contains("rbac.authorization.k8s.io/aggregate-to-"))
        .map(role -> role.path("rules").toString())
        .toList();
  }
}
