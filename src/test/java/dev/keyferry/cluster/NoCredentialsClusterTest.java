package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.keyferry.emulator.AwsCall;
import dev.keyferry.emulator.Trust;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * An operator without an identity of its own, amid everything that the SDK's default chain would find: keys in system properties and in
 * profile files that work, and a metadata service.
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NoCredentialsClusterTest {

  private static final String INVALID = "False/CredentialsInvalid: ";

  private final Cluster cluster;
  private final List<String> askedForMetadata = new CopyOnWriteArrayList<>();
  private HttpServer metadata;
  private Rig rig;

  NoCredentialsClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() throws IOException {
    metadata = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    metadata.createContext(
        "/",
        exchange -> {
          askedForMetadata.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    metadata.start();
    rig = Rig.prepare(cluster, this::amidOtherCredentials);
    rig.aws.createSecret("shared/db", "{\"password\":\"first\"}");
    rig.startOperator();
  }

  @AfterAll
  void stop() {
    rig.close();
    metadata.stop(0);
  }

  @Test
  void given_no_credentials_when_a_store_has_no_auth_then_store_and_external_secret_say_where_was_looked_and_nobody_was_asked() {
    rig.extract("db", "shared/db");

    Tenant own = new Tenant(cluster, rig.namespace);
    List<Callable<String>> conditions = List.of(() -> own.ready("db"), () -> Tenant.clusterStoreReady(cluster, rig.store()));
    for (Callable<String> condition : conditions) {
      assertThat(soon().until(condition, said -> said.startsWith("False/")))
          .startsWith(INVALID)
          .contains("AWS_ROLE_ARN", "AWS_ACCESS_KEY_ID", "nowhere else", "keyferry-system/keyferry", "eks.amazonaws.com/role-arn");
    }
    assertThat(rig.secret("db")).isNull();
    assertThat(rig.aws.calls()).extracting(AwsCall::principal).doesNotContain("arn:aws:iam::123456789012:user/tester");
    assertThat(askedForMetadata).isEmpty();
  }

  @Test
  void given_a_role_that_sts_refuses_when_read_then_nothing_else_is_tried() {
    rig.aws.trustIssuer(cluster.issuer(), cluster.jwks(), ControlPlane.STS_AUDIENCE);
    Tenant team = new Tenant(cluster, cluster.newNamespace("refused"));
    team.serviceAccount("app", rig.aws.addRole(team.namespace(), Trust.serviceAccount("elsewhere", "app")));
    team.store("aws", "app");
    team.extract("db", "aws", "shared/db");

    soon().untilAsserted(() -> assertThat(team.ready("db")).startsWith(INVALID));
    soon().untilAsserted(() -> assertThat(team.storeReady("aws")).startsWith(INVALID));
    assertThat(team.secrets()).isEmpty();
    assertThat(rig.aws.calls()).extracting(AwsCall::operation).containsOnly("AssumeRoleWithWebIdentity");
    assertThat(askedForMetadata).isEmpty();
  }

  private OperatorProcess.Setup amidOtherCredentials(OperatorProcess.Setup setup) {
    String profile = "[default]\naws_access_key_id = %s\naws_secret_access_key = %s\n".formatted(keyId(setup), key(setup));
    return WebIdentities.withoutKeys(setup)
        .env("AWS_SHARED_CREDENTIALS_FILE", file("credentials", profile).toString())
        .env("AWS_CONFIG_FILE", file("config", profile).toString())
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:" + metadata.getAddress().getPort())
        .jvm("-Daws.accessKeyId=" + keyId(setup))
        .jvm("-Daws.secretAccessKey=" + key(setup));
  }

  private static String keyId(OperatorProcess.Setup setup) {
    return setup.environment().get("AWS_ACCESS_KEY_ID");
  }

  private static String key(OperatorProcess.Setup setup) {
    return setup.environment().get("AWS_SECRET_ACCESS_KEY");
  }

  private Path file(String name, String text) {
    try {
      return Files.writeString(Files.createTempFile(cluster.folder(), name, ""), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200));
  }
}
