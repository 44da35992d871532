package dev.keyferry.cluster;

import static dev.keyferry.cluster.Workload.envFrom;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** With Kubernetes' own controllers: an API server that the operator loses in the middle of a wave. Nothing is lost, and nothing done twice. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LostApiClusterTest {

  private static final Duration HANGS = Duration.ofSeconds(30);

  private final Cluster cluster;
  private StallingProxy proxy;
  private Rig rig;

  LostApiClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    cluster.withControllers();
    proxy = new StallingProxy(cluster.url());
    rig =
        Rig.start(
            cluster,
            setup -> {
              var through =
                  setup.set(Setting.RESTART_DEBOUNCE, "1s").set(Setting.RESTART_IN_FLIGHT_SECRET, "1");
              return new OperatorProcess.Setup(throughProxy(), through.environment(), through.jvmOptions(), through.packaged());
            });
  }

  @AfterAll
  void stop() {
    cluster.kubectl("delete", "deployments", "--all", "-n", rig.namespace);
    rig.close();
    proxy.close();
  }

  @Test
  void given_an_api_server_that_hangs_midway_when_it_answers_again_then_each_workload_has_rolled_once() {
    List<Workload> users = wave("hangs");
    proxy.stall();
    Instant since = Instant.now();
    long mark = cluster.audit().mark();
    await().atMost(HANGS.plusSeconds(10)).until(() -> Instant.now().isAfter(since.plus(HANGS)));
    assertThat(cluster.audit().since(mark).byOperator().on("deployments").writes().count()).isLessThanOrEqualTo(2);
    proxy.resume();
    rolledOnce("hangs", users);
  }

  @Test
  void given_connections_that_break_midway_again_and_again_when_they_hold_then_each_workload_has_rolled_once() {
    List<Workload> users = wave("breaks");
    for (int rolled = 1; rolled < 4; rolled++) {
      int some = rolled;
      proxy.cut();
      patiently().until(() -> users.stream().filter(user -> user.rolls() > 0).count() > some);
    }
    proxy.cut();
    rolledOnce("breaks", users);
  }

  /** Workloads on one Secret, one at a time, of which the first has just begun to roll. */
  private List<Workload> wave(String name) {
    rig.aws.createSecret("test/" + name, "{\"password\":\"first\"}");
    rig.extract(name, "test/" + name);
    rig.awaitSynced(name);
    List<Workload> users =
        IntStream.range(0, 5).mapToObj(i -> Workload.apply(rig, "Deployment", name + "-" + i, "true", envFrom(name), "replicas: 1")).toList();
    users.forEach(user -> user.awaitAdopted(name));
    users.forEach(user -> cluster.kubectl("rollout", "status", "deployment/" + user.name(), "-n", rig.namespace, "--timeout=60s").orFail());
    rig.aws.rotate("test/" + name, "{\"password\":\"second\"}");
    patiently().until(() -> users.stream().anyMatch(user -> user.rolls() > 0));
    return users;
  }

  private void rolledOnce(String name, List<Workload> users) {
    patiently().untilAsserted(() -> assertThat(users).allSatisfy(user -> assertThat(user.rolls()).isEqualTo(1)));
    users.forEach(user -> cluster.kubectl("rollout", "status", "deployment/" + user.name(), "-n", rig.namespace, "--timeout=60s").orFail());
    rig.awaitReads("test/" + name, 2);
    assertThat(users).allSatisfy(user -> assertThat(user.rolls()).isEqualTo(1));
    assertThat(rig.value(name, "password")).isEqualTo("second");
    assertThat(rig.operator.alive()).isTrue();
  }

  private Path throughProxy() {
    String token = cluster.kubectl("create", "token", "keyferry", "--namespace", "keyferry-system", "--duration", "4h").orFail().strip();
    Path certificate = cluster.folder().resolve("certificates/apiserver.crt");
    return new Kubeconfigs(cluster.folder(), proxy.url(), certificate).write("through-proxy", token);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(100));
  }
}
