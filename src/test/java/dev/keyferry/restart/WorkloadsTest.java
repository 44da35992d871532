package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.AppsWorkload.DaemonSet;
import dev.keyferry.restart.AppsWorkload.Deployment;
import dev.keyferry.restart.AppsWorkload.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadsTest {

  private static final String YAML =
      """
      metadata:
        name: web
        namespace: shop
        uid: u1
        resourceVersion: "7"
        labels: {a: b}
        annotations:
          keyferry.dev/restart-on-change: "true"
          keyferry.dev/observed-tokens: '{"db":"t1"}'
          other: kept-by-others
        managedFields: [{manager: m}]
      spec:
        replicas: 3
        selector: {matchLabels: {app: web}}
        template:
          metadata: {annotations: {keyferry.dev/restart-tokens: '{"db":"t2"}', more: x}}
          spec:
            containers: [{name: c, image: i, env: [{name: PLAIN, value: v}], envFrom: [{secretRef: {name: db}}]}]
            volumes: [{name: v, projected: {sources: [{secret: {name: api}}]}}]
      """;

  @Test
  void given_a_deployment_when_stripped_then_decisions_see_the_same() {
    WorkloadView view = same(YAML + "  paused: true\n", Deployment.class);

    assertThat(view.paused()).isTrue();
  }

  @Test
  void given_a_stateful_set_when_stripped_then_decisions_see_the_same() {
    WorkloadView view = same(YAML, StatefulSet.class);

    assertThat(view.key().kind()).isEqualTo(WorkloadKind.STATEFUL_SET);
    assertThat(view.replicas()).isEqualTo(3);
  }

  @Test
  void given_a_daemon_set_when_stripped_then_decisions_see_the_same() {
    WorkloadView view = same(YAML.replace("  replicas: 3\n", ""), DaemonSet.class);

    assertThat(view.key().kind()).isEqualTo(WorkloadKind.DAEMON_SET);
    assertThat(view.replicas()).isEqualTo(1);
  }

  @Test
  void given_a_workload_when_read_then_all_that_matters_is_seen() {
    WorkloadView view = Workloads.view(read(YAML, Deployment.class));

    assertThat(view.key()).isEqualTo(new WorkloadKey(WorkloadKind.DEPLOYMENT, "shop", "web"));
    assertThat(view.references()).containsExactly("api", "db");
    assertThat(view.template().tokens()).isEqualTo(Map.of("db", "t2"));
    assertThat(view.observed().tokens()).isEqualTo(Map.of("db", "t1"));
    assertThat(view.replicas()).isEqualTo(3);
    assertThat(view.paused()).isFalse();
  }

  @Test
  void given_a_workload_when_stripped_then_what_others_own_is_dropped() {
    String kept = Serialization.asJson(Workloads.strip(read(YAML, Deployment.class)));

    assertThat(kept).contains("\"resourceVersion\":\"7\"").doesNotContain("PLAIN", "image", "kept-by-others", "managedFields", "more");
  }

  @Test
  void given_a_workload_that_never_restarts_when_stripped_then_only_its_metadata_stays() {
    Deployment kept =
        Workloads.strip(read(YAML.replace("restart-on-change: \"true\"", "restart-on-change: \"false\"") + "status: {replicas: 1}\n", Deployment.class));

    assertThat(kept.getSpec()).isNull();
    assertThat(kept.getStatus()).isNull();
    assertThat(Workloads.view(kept).optIn()).isEqualTo(new OptIn.Off());
  }

  @Test
  void given_a_workload_that_is_not_annotated_when_stripped_then_its_references_stay_for_others_to_say() {
    WorkloadView view = same(YAML.replace("keyferry.dev/restart-on-change", "other.dev/x"), Deployment.class);

    assertThat(view.references()).containsExactly("api", "db");
  }

  @Test
  void given_a_workload_without_references_when_stripped_then_no_template_stays() {
    String yaml = YAML.replaceAll("(secretRef|secret): \\{name: .*?}", "$1: null").replaceAll("restart-tokens", "x");

    assertThat(Workloads.strip(read(yaml, Deployment.class)).getSpec().template()).isNull();
    assertThat(same(yaml, Deployment.class).references()).isEmpty();
  }

  @Test
  void given_hot_reload_when_stripped_and_read_then_a_mere_mount_is_no_reference() {
    WorkloadView view = same(YAML.replace("    other:", "    keyferry.dev/hot-reload: volumes\n    other:"), Deployment.class);

    assertThat(view.references()).containsExactly("db");
  }

  @Test
  void given_a_status_with_conditions_when_stripped_then_what_tells_of_the_rollout_stays() {
    String status =
        """
        status:
          observedGeneration: 1
          replicas: 3
          updatedReplicas: 1
          availableReplicas: 3
          conditions:
            - {type: Available, status: "True", message: well}
            - {type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: too long}
        """;
    WorkloadView view = same(YAML + status, Deployment.class);

    assertThat(view.rollout().phase()).isEqualTo(Rollout.Phase.STUCK);
    assertThat(Serialization.asJson(Workloads.strip(read(YAML + status, Deployment.class)))).doesNotContain("too long");
  }

  /** What decisions see of a workload, which is the same when it is stripped. */
  private static <T extends AppsWorkload> WorkloadView same(String yaml, Class<T> type) {
    WorkloadView view = Workloads.view(read(yaml, type));
    assertThat(Workloads.view(Workloads.strip(read(yaml, type)))).isEqualTo(view);
    return view;
  }

  private static <T> T read(String yaml, Class<T> type) {
    return Serialization.unmarshal(yaml, type);
  }
}
