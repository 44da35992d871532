package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.config.Setting;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A start that cannot succeed ends by itself, soon, with an exit code that says so and a line that says why. */
@ClusterTest
@Timeout(90)
class ShutdownClusterTest {

  private static final int FAILED = 1;
  private static final int MISUSED = 2;
  private static final Duration BOUND = Duration.ofSeconds(40);

  private final Cluster cluster;

  ShutdownClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  static void install(Cluster cluster) {
    cluster.installOperator();
  }

  @Test
  void given_no_api_server_when_started_then_it_ends_and_names_the_address() {
    String nobody = "127.0.0.1:" + ControlPlane.freePort();
    Path kubeconfig = new Kubeconfigs(cluster.folder(), "https://" + nobody, certificate()).write("nobody", "token");
    String output = failed(OperatorProcess.Setup.with(kubeconfig));
    assertThat(output).contains("could not start", nobody, "is not reached");
  }

  @Test
  void given_a_token_that_is_not_accepted_when_started_then_it_ends_and_says_so() {
    Path kubeconfig = new Kubeconfigs(cluster.folder(), cluster.url(), certificate()).write("stranger", "no-such-token");
    assertThat(failed(OperatorProcess.Setup.with(kubeconfig))).contains("could not start", "credentials");
  }

  @Test
  void given_no_rights_when_started_then_it_ends_and_names_what_it_may_not_list() {
    String namespace = cluster.newNamespace("rightless");
    cluster.kubectl("create", "serviceaccount", "nobody", "-n", namespace).orFail();
    String output = failed(OperatorProcess.Setup.with(cluster.kubeconfig(namespace, "nobody")));
    assertThat(output).contains("could not start", "forbids", "externalsecrets.keyferry.dev", "deployments.apps");
  }

  @Test
  void given_no_right_to_the_lease_when_started_then_it_ends_and_says_so() {
    String output =
        failed(
            OperatorProcess.Setup.with(cluster.operatorKubeconfig())
                .set(Setting.LEASE_NAME, "another")
                .set(Setting.LEADER_ELECTION, "true"));
    assertThat(output).contains("could not start", "lease");
  }

  @Test
  void given_no_custom_resource_definitions_when_started_then_it_ends_and_says_what_to_install() {
    try (Cluster bare = Cluster.start()) {
      String output = failed(OperatorProcess.Setup.with(bare.adminKubeconfig()));
      assertThat(output).contains("could not start", "externalsecrets.keyferry.dev", "custom resource definitions");
    }
  }

  @Test
  void given_a_port_that_is_taken_when_started_then_it_ends_and_names_the_port() throws IOException {
    try (var taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      String output = failed(OperatorProcess.Setup.with(cluster.operatorKubeconfig()).set(Setting.HTTP_PORT, port));
      assertThat(output).contains("could not start", "port " + port + " is taken");
    }
  }

  @Test
  void given_several_settings_that_are_wrong_when_started_then_all_are_named() {
    try (var operator =
        OperatorProcess.Setup.with(cluster.operatorKubeconfig())
            .set(Setting.REFRESH_INTERVAL, "often")
            .set(Setting.AWS_REQUESTS, "none")
            .set(Setting.LEADER_ELECTION, "perhaps")
            .start()) {
      assertThat(operator.awaitEnd()).isEqualTo(MISUSED);
      assertThat(operator.output())
          .contains(
              Setting.REFRESH_INTERVAL.environmentName(),
              Setting.AWS_REQUESTS.environmentName(),
              Setting.LEADER_ELECTION.environmentName());
    }
  }

  @Test
  void given_help_when_asked_for_then_every_setting_is_shown_and_it_ends_well() {
    var outcome = run("--help");
    assertThat(outcome.exit()).isZero();
    assertThat(List.of(Setting.values()))
        .allSatisfy(setting -> assertThat(outcome.output()).contains(setting.flag(), setting.environmentName()));
  }

  @Test
  void given_an_operator_without_an_election_when_terminated_then_it_ends_in_time() {
    var setup = OperatorProcess.Setup.with(cluster.operatorKubeconfig()).set(Setting.LEADER_ELECTION, "false");
    try (var operator = setup.start().awaitReady()) {
      long began = System.nanoTime();
      assertThat(operator.terminate()).isEqualTo(143);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
      assertThat(operator.lines().getLast()).contains("stopped");
    }
  }

  private static String failed(OperatorProcess.Setup setup) {
    long began = System.nanoTime();
    try (var operator = setup.start()) {
      assertThat(operator.awaitEnd()).isEqualTo(FAILED);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BOUND);
      return operator.output();
    }
  }

  private static Command.Outcome run(String argument) {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new Command(java, Map.of()).run(List.of("-cp", classpath, "dev.keyferry.Main", argument));
  }

  private Path certificate() {
    return cluster.folder().resolve("certificates/apiserver.crt");
  }
}
