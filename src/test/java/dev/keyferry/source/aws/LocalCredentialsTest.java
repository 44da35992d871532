package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.IdentitySpec.OperatorBase;
import dev.keyferry.source.SourceFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** EKS's Pod Identity agent and the instance's metadata service, as servers of the test's own. */
class LocalCredentialsTest {

  private static final String SECRET = "only-the-agent-knows";

  @TempDir private Path folder;
  private HttpServer node;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile String answer = "";

  @BeforeEach
  void start() throws IOException {
    node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    node.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    node.createContext("/v1/credentials", exchange -> reply(exchange, "Authorization", answer));
    node.createContext("/latest/api/token", exchange -> reply(exchange, "X-aws-ec2-metadata-token-ttl-seconds", "imds-token"));
    node.createContext("/latest/meta-data/iam/security-credentials/", exchange -> reply(exchange, "X-aws-ec2-metadata-token", role(exchange)));
    node.start();
  }

  @AfterEach
  void stop() {
    node.stop(0);
  }

  private void reply(HttpExchange exchange, String header, String body) throws IOException {
    asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst(header));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String role(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().endsWith("/") ? "node-role" : answer;
  }

  private static String keys(String id, Instant expires) {
    return "{\"AccessKeyId\":\"" + id + "\",\"SecretAccessKey\":\"" + SECRET + "\",\"Token\":\"t\",\"Expiration\":\"" + expires + "\"}";
  }

  private String url(String path) {
    return "http://127.0.0.1:" + node.getAddress().getPort() + path;
  }

  private Rig rig(OperatorIdentity way) throws IOException {
    Rig rig = new Rig(way);
    rig.environment.put("AWS_CONTAINER_CREDENTIALS_FULL_URI", url("/v1/credentials"));
    rig.environment.put("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Files.writeString(folder.resolve("token"), "first\n").toString());
    rig.environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", url(""));
    rig.stub.on("GetSecretValue", asked -> StubAws.value(Rig.arn("db"), "db", "v1", "AWSCURRENT", asked.accessKeyId()));
    answer = keys("ASIANODE", rig.clock.instant().plus(Duration.ofHours(6)));
    return rig;
  }

  private static String reader(Rig rig) {
    return ((Fetched.Found) rig.read(Rig.operator(), Rig.secret("db"))).payload().text();
  }

  @Test
  void given_a_pod_identity_when_read_then_its_credentials_sign_and_sts_is_not_asked() throws IOException {
    try (Rig rig = rig(OperatorIdentity.AUTO)) {
      assertThat(reader(rig)).isEqualTo("ASIANODE");
      assertThat(asked).containsExactly("GET /v1/credentials first");
      assertThat(rig.calls).containsExactly("SecretsManager GetSecretValue none 1");
    }
  }

  @Test
  void given_a_pod_identity_when_refreshed_then_its_token_is_read_again_and_not_before() throws IOException {
    try (Rig rig = rig(OperatorIdentity.POD_IDENTITY)) {
      answer = keys("ASIAFIRST", rig.clock.instant().plus(Duration.ofHours(1)));
      reader(rig);
      Files.writeString(folder.resolve("token"), "second");
      answer = keys("ASIANEXT", rig.clock.instant().plus(Duration.ofHours(2)));
      rig.clock.move(Duration.ofMinutes(54));
      assertThat(reader(rig)).isEqualTo("ASIAFIRST");
      rig.clock.move(Duration.ofMinutes(2));

      assertThat(reader(rig)).isEqualTo("ASIANEXT");
      assertThat(asked).containsExactly("GET /v1/credentials first", "GET /v1/credentials second");
    }
  }

  @Test
  void given_a_pod_identity_and_a_role_when_read_then_the_role_is_assumed_with_it() throws IOException {
    try (Rig rig = rig(OperatorIdentity.POD_IDENTITY)) {
      rig.stub.on("AssumeRole", call -> StubAws.session("AssumeRole", "ASIAROLE", rig.clock.instant().plus(Duration.ofHours(1))));

      var read = (Fetched.Found) rig.read(Rig.spec(new OperatorBase(), Rig.role("one")), Rig.secret("db"));

      assertThat(read.payload().text()).isEqualTo("ASIAROLE");
      assertThat(rig.stub.asked("AssumeRole").getFirst().accessKeyId()).isEqualTo("ASIANODE");
    }
  }

  @ParameterizedTest
  @CsvSource({"403, CREDENTIALS", "404, CREDENTIALS", "429, THROTTLED", "500, SERVER_FAULT"})
  void given_an_agent_that_refuses_when_keys_are_set_too_then_nothing_falls_through(int code, FailureKind kind) throws IOException {
    try (Rig rig = rig(OperatorIdentity.AUTO)) {
      rig.environment.put("AWS_ACCESS_KEY_ID", "AKIAENV");
      rig.environment.put("AWS_SECRET_ACCESS_KEY", "x");
      status = code;

      SourceFailure failure = rig.failure(Rig.operator(), Rig.secret("db"));

      assertThat(failure.kind()).isEqualTo(kind);
      assertThat(failure.message()).contains("Pod Identity", "" + code).doesNotContain(SECRET);
      assertThat(rig.stub.count("GetSecretValue")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json " + SECRET,
        "[]",
        "{}",
        "{\"AccessKeyId\":7}",
        "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"" + SECRET + "\",\"Token\":\"t\",\"Expiration\":\"" + SECRET + "\"}"
      })
  void given_an_answer_without_credentials_when_read_then_it_says_so_and_shows_nothing(String body) throws IOException {
    try (Rig rig = rig(OperatorIdentity.POD_IDENTITY)) {
      answer = body;

      SourceFailure failure = rig.failure(Rig.operator(), Rig.secret("db"));

      assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
      assertThat(failure.message()).contains("Pod Identity").doesNotContain(SECRET);
    }
  }

  @Test
  void given_no_agent_when_read_then_it_is_a_failure_of_the_network() throws IOException {
    try (Rig rig = rig(OperatorIdentity.POD_IDENTITY)) {
      node.stop(0);

      SourceFailure failure = rig.failure(Rig.operator(), Rig.secret("db"));

      assertThat(failure.kind()).isEqualTo(FailureKind.NETWORK);
      assertThat(failure.message()).contains("eks-pod-identity-agent");
    }
  }

  @Test
  void given_no_token_file_when_read_then_the_agent_is_not_asked() throws IOException {
    try (Rig rig = rig(OperatorIdentity.POD_IDENTITY)) {
      Files.delete(folder.resolve("token"));

      assertThat(rig.failure(Rig.operator(), Rig.secret("db")).message()).contains("token file");
      assertThat(asked).isEmpty();
    }
  }

  @Test
  void given_the_instance_profile_when_it_is_named_then_the_nodes_role_signs() throws IOException {
    try (Rig rig = rig(OperatorIdentity.INSTANCE_PROFILE)) {
      assertThat(reader(rig)).isEqualTo("ASIANODE");
      assertThat(asked)
          .containsExactly(
              "PUT /latest/api/token 300",
              "GET /latest/meta-data/iam/security-credentials/ imds-token",
              "GET /latest/meta-data/iam/security-credentials/node-role imds-token");
    }
  }

  @Test
  void given_an_instance_without_profile_when_read_then_it_says_so() throws IOException {
    try (Rig rig = rig(OperatorIdentity.INSTANCE_PROFILE)) {
      status = 404;

      SourceFailure failure = rig.failure(Rig.operator(), Rig.secret("db"));

      assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
      assertThat(failure.message()).contains("metadata service", "404");
    }
  }
}
