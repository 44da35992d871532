package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every way to install, on a cluster of its own, since CRDs and cluster roles are shared by all who use one. */
@Tag("cluster")
class ChartClusterTest {

  private static final String CHART = "helm/keyferry";
  private static final String LABEL = "app.kubernetes.io/name=keyferry";
  private static final String CLUSTER_WIDE =
      "crd,clusterrole,clusterrolebinding,validatingadmissionpolicy,validatingadmissionpolicybinding";
  private static final List<String> CRDS =
      List.of("clustersecretstores.keyferry.dev", "externalsecrets.keyferry.dev", "secretstores.keyferry.dev");
  private static final String EXTERNAL_SECRET =
      """
      apiVersion: keyferry.dev/v1
      kind: ExternalSecret
      metadata: {name: kept}
      spec: {dataFrom: [{extract: {key: app}}]}
      """;

  private static Cluster cluster;

  private String namespace;

  @BeforeAll
  static void start() {
    cluster = Cluster.start().withControllers();
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @BeforeEach
  void nothingInstalled() {
    cluster.kubectl("delete", CLUSTER_WIDE, "-l", LABEL, "--ignore-not-found", "--wait").orFail();
    namespace = cluster.newNamespace("chart");
  }

  @Test
  void given_the_chart_when_helm_installs_it_then_the_operators_pod_comes_up() {
    install();
    assertThat(crds()).isEqualTo(CRDS);
    cluster.kubectl("rollout", "status", "deployment/keyferry", "-n", namespace, "--timeout=180s").orFail();
    assertThat(deployed("STATUS")).isEqualTo("deployed");
  }

  @Test
  void given_a_release_when_upgraded_with_other_values_then_they_hold_and_objects_stay() {
    install();
    cluster.apply(namespace, EXTERNAL_SECRET).orFail();
    var uid = uid();
    cluster.helm("upgrade", "keyferry", CHART, "-n", namespace, "--set", "replicas=2", "--set", "refreshInterval=1m").orFail();

    assertThat(get("deployment/keyferry", "{.spec.replicas}")).isEqualTo("2");
    assertThat(get("deployment/keyferry", "{.spec.template.spec.containers[0].env[?(@.name==\"KEYFERRY_REFRESH_INTERVAL\")].value}"))
        .isEqualTo("1m");
    assertThat(uid()).isEqualTo(uid);
  }

  @Test
  void given_a_release_when_upgraded_with_the_same_values_then_no_manifest_changes() {
    install();
    var before = cluster.helm("get", "manifest", "keyferry", "-n", namespace).orFail();
    var generation = get("deployment/keyferry", "{.metadata.generation}");
    cluster.helm("upgrade", "keyferry", CHART, "-n", namespace).orFail();

    assertThat(cluster.helm("get", "manifest", "keyferry", "-n", namespace).orFail()).isEqualTo(before);
    assertThat(get("deployment/keyferry", "{.metadata.generation}")).isEqualTo(generation);
  }

  @Test
  void given_an_older_release_when_upgraded_then_its_crds_are_too(@TempDir Path older) throws IOException {
    copyWithoutSuspend(older);
    cluster.helm("install", "keyferry", older.toString(), "-n", namespace).orFail();
    assertThat(specFields()).doesNotContain("\"suspend\"");
    cluster.helm("upgrade", "keyferry", CHART, "-n", namespace).orFail();
    assertThat(specFields()).contains("\"suspend\"");
  }

  @Test
  void given_a_release_when_uninstalled_then_crds_and_their_objects_stay_and_the_rest_goes() {
    install();
    cluster.apply(namespace, EXTERNAL_SECRET).orFail();
    var uid = uid();
    cluster.helm("uninstall", "keyferry", "-n", namespace, "--wait").orFail();

    assertThat(crds()).isEqualTo(CRDS);
    assertThat(uid()).isEqualTo(uid);
    assertThat(cluster.kubectl("get", "clusterrole,clusterrolebinding", "-l", LABEL, "-o", "name").orFail()).isEmpty();
    assertThat(cluster.kubectl("get", "deployment,serviceaccount,service,role", "-n", namespace, "-l", LABEL, "-o", "name").orFail())
        .isEmpty();
  }

  @Test
  void given_kept_crds_when_installed_again_then_helm_takes_them_over() {
    install();
    cluster.apply(namespace, EXTERNAL_SECRET).orFail();
    var uid = uid();
    cluster.helm("uninstall", "keyferry", "-n", namespace, "--wait").orFail();
    install();
    assertThat(uid()).isEqualTo(uid);
  }

  @Test
  void given_crds_that_shall_not_be_kept_when_uninstalled_then_they_go() {
    install("--set", "crds.keep=false");
    cluster.helm("uninstall", "keyferry", "-n", namespace, "--wait").orFail();
    assertThat(crds()).isEmpty();
  }

  @Test
  void given_crds_from_elsewhere_when_installed_without_them_then_the_chart_leaves_them_alone() {
    cluster.installCrds();
    var before = crdVersions();
    install("--set", "crds.enabled=false");
    cluster.helm("uninstall", "keyferry", "-n", namespace, "--wait").orFail();
    assertThat(crdVersions()).isEqualTo(before);
  }

  @Test
  void given_the_chart_when_rendered_and_applied_by_kubectl_then_it_runs_and_a_second_time_changes_nothing() {
    var manifests = cluster.helm("template", "keyferry", CHART, "-n", namespace, "--kube-version", "1.35").orFail();
    cluster.apply(namespace, manifests).orFail();
    cluster.kubectl("rollout", "status", "deployment/keyferry", "-n", namespace, "--timeout=180s").orFail();
    var before = versions(namespace);
    cluster.apply(namespace, manifests).orFail();
    assertThat(versions(namespace)).isEqualTo(before);
  }

  @Test
  void given_deploy_when_applied_by_kubectl_then_it_runs_and_a_second_time_changes_nothing() {
    cluster.kubectl("apply", "-k", "deploy/").orFail();
    cluster.kubectl("rollout", "status", "deployment/keyferry", "-n", "keyferry-system", "--timeout=180s").orFail();
    var before = versions("keyferry-system");
    assertThat(cluster.kubectl("apply", "-k", "deploy/").orFail().lines()).allMatch(line -> line.endsWith(" unchanged"));
    assertThat(versions("keyferry-system")).isEqualTo(before);
  }

  @Test
  void given_watched_namespaces_when_installed_then_other_namespaces_secrets_are_out_of_reach() {
    var other = cluster.newNamespace("chart-other");
    install("--set", "watchNamespaces={" + namespace + "}");
    assertThat(canI("list", "secrets", namespace)).isTrue();
    assertThat(canI("list", "secrets", other)).isFalse();
  }

  private void install(String... values) {
    var arguments = new ArrayList<>(List.of("install", "keyferry", CHART, "-n", namespace));
    arguments.addAll(List.of(values));
    cluster.helm(arguments.toArray(String[]::new)).orFail();
    cluster.kubectl("wait", "--for=condition=Established", "--timeout=30s", "crd", "-l", LABEL).orFail();
  }

  /** The chart as it was before it had a field. */
  private static void copyWithoutSuspend(Path folder) throws IOException {
    var chart = Path.of(CHART);
    try (var files = Files.walk(chart)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var copy = folder.resolve(chart.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    var crd = folder.resolve("files/crds/keyferry.dev_externalsecrets.yaml");
    var yaml = new YAMLMapper();
    var tree = yaml.readTree(crd.toFile());
    ((ObjectNode) tree.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties")).remove("suspend");
    yaml.writeValue(crd.toFile(), tree);
  }

  private static String specFields() {
    return cluster
        .kubectl("get", "crd", "externalsecrets.keyferry.dev", "-o", "jsonpath={.spec.versions[0].schema.openAPIV3Schema.properties.spec}")
        .orFail();
  }

  private boolean canI(String verb, String resource, String in) {
    return cluster
        .kubectl("auth", "can-i", verb, resource, "-n", in, "--as", "system:serviceaccount:%s:keyferry".formatted(namespace))
        .output()
        .strip()
        .equals("yes");
  }

  private String deployed(String column) {
    var rows = cluster.helm("list", "-n", namespace).orFail().lines().map(line -> List.of(line.strip().split("\\s*\\t\\s*"))).toList();
    return rows.get(1).get(rows.getFirst().indexOf(column));
  }

  private String get(String object, String path) {
    return cluster.kubectl("get", object, "-n", namespace, "-o", "jsonpath=" + path).orFail();
  }

  private String uid() {
    return get("es/kept", "{.metadata.uid}");
  }

  private static List<String> crds() {
    return cluster.adminClient().apiextensions().v1().customResourceDefinitions().withLabel("app.kubernetes.io/name", "keyferry").list()
        .getItems().stream().map(crd -> crd.getMetadata().getName()).sorted().toList();
  }

  private static List<String> crdVersions() {
    return cluster.adminClient().apiextensions().v1().customResourceDefinitions().list().getItems().stream()
        .map(ChartClusterTest::version)
        .sorted()
        .toList();
  }

  /** What an apply could change; statuses, which controllers write, are not part of it. */
  private static String versions(String namespace) {
    var path = "jsonpath={range .items[*]}{.kind}/{.metadata.name}/{.metadata.uid}/{.metadata.generation}{'\\n'}{end}";
    return cluster.kubectl("get", CLUSTER_WIDE, "-l", LABEL, "-o", path).orFail()
        + cluster.kubectl("get", "deployment,service,serviceaccount,role,rolebinding", "-n", namespace, "-l", LABEL, "-o", path).orFail();
  }

  private static String version(HasMetadata object) {
    return object.getMetadata().getName() + " " + object.getMetadata().getUid() + " " + object.getMetadata().getGeneration();
  }
}
