package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.Keys;
import dev.keyferry.emulator.SdkClients;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The main path with moto in AWS's place, so that no misunderstanding of AWS that the operator and the emulator share goes unseen. Needs
 * {@code KEYFERRY_MOTO_ENDPOINT}.
 */
@ClusterTest
@Tag("moto")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MotoClusterTest {

  private static final String ENDPOINT = "KEYFERRY_MOTO_ENDPOINT";

  private final Cluster cluster;
  private SdkClients clients;
  private SecretsManagerClient secrets;
  private Rig rig;

  MotoClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() throws IOException, InterruptedException {
    URI moto = endpoint();
    reset(moto);
    clients = new SdkClients(moto, Rig.REGION);
    secrets = clients.secrets(new Keys("AKIATESTKEYFERRY0001", "any", null, null));
    rig = Rig.start(cluster, setup -> setup.env("AWS_ENDPOINT_URL", moto.toString()));
  }

  @AfterAll
  void stop() {
    rig.close();
    clients.close();
  }

  @Test
  void given_a_secret_when_it_rotates_then_the_kubernetes_secret_follows() {
    create("moto/db", "{\"user\":\"shop\",\"password\":\"first\"}");
    rig.extract("db", "moto/db");
    soon().untilAsserted(() -> assertThat(rig.value("db", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(rig.ready("db")).isEqualTo("True/SecretSynced"));

    put("moto/db", "{\"user\":\"shop\",\"password\":\"second\"}");
    soon().untilAsserted(() -> assertThat(rig.value("db", "password")).isEqualTo("second"));
    assertThat(rig.value("db", "user")).isEqualTo("shop");
    assertThat(rig.aws.calls()).isEmpty();
  }

  @Test
  void given_a_store_when_checked_then_it_names_who_it_is() {
    soon().untilAsserted(() -> assertThat(Tenant.clusterStoreReady(cluster, rig.store())).startsWith("True/IdentityVerified: ").contains("arn:aws:"));
  }

  @Test
  void given_an_annotated_deployment_when_its_secret_rotates_then_it_restarts() {
    create("moto/app", "{\"token\":\"first\"}");
    rig.extract("app", "moto/app");
    rig.deployment("app", "app", "keyferry.dev/restart-on-change: \"true\"");
    soon().untilAsserted(() -> assertThat(rig.observedTokens("app")).isNotNull());
    String before = rig.observedTokens("app");
    assertThat(rig.templateTokens("app")).isNull();

    put("moto/app", "{\"token\":\"second\"}");
    soon().untilAsserted(() -> assertThat(rig.templateTokens("app")).isNotNull().isNotEqualTo(before));
    assertThat(rig.value("app", "token")).isEqualTo("second");
    soon().untilAsserted(() -> assertThat(rig.observedTokens("app")).isEqualTo(rig.templateTokens("app")));
  }

  @Test
  void given_many_secrets_when_one_is_missing_then_it_alone_is_said_to_be() {
    for (int number = 0; number < 3; number++) {
      create("moto/many-" + number, "{\"number\":\"" + number + "\"}");
      rig.extract("many-" + number, "moto/many-" + number);
    }
    rig.extract("missing", "moto/missing");

    soon().untilAsserted(() -> assertThat(rig.ready("missing")).isEqualTo("False/SourceNotFound"));
    assertThat(rig.message("missing")).contains("moto/missing", Rig.REGION);
    for (int number = 0; number < 3; number++) {
      String name = "many-" + number;
      soon().untilAsserted(() -> assertThat(rig.ready(name)).isEqualTo("True/SecretSynced"));
    }
  }

  private static URI endpoint() {
    String given = System.getProperty(ENDPOINT, System.getenv(ENDPOINT));
    if (given == null || given.isBlank()) {
      throw new AssertionError(ENDPOINT + " must name a running moto_server, e.g. http://127.0.0.1:5000");
    }
    return URI.create(given);
  }

  private static void reset(URI moto) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(moto.resolve("/moto-api/reset")).POST(HttpRequest.BodyPublishers.noBody()).build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
    }
  }

  private void create(String name, String text) {
    secrets.createSecret(request -> request.name(name).secretString(text));
  }

  private void put(String name, String text) {
    secrets.putSecretValue(request -> request.secretId(name).secretString(text));
  }
}
