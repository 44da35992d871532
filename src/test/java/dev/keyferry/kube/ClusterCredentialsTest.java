package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.CredentialMaterial.Absent;
import dev.keyferry.source.CredentialMaterial.Lookup;
import dev.keyferry.source.CredentialMaterial.Present;
import dev.keyferry.source.CredentialMaterial.ServiceAccountRole;
import dev.keyferry.source.CredentialMaterial.StaticKeys;
import dev.keyferry.source.IdentitySpec.KeyRef;
import dev.keyferry.source.IdentitySpec.StaticKeysBase;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnableKubernetesMockClient
class ClusterCredentialsTest {

  private static final String ACCOUNT = "/api/v1/namespaces/team-a/serviceaccounts/app";
  private static final String SECRET = "/api/v1/namespaces/team-a/secrets/aws";
  private static final StaticKeysBase KEYS =
      new StaticKeysBase(new KeyRef("team-a", "aws", "id"), new KeyRef("team-a", "aws", "secret"), null);

  // The extension sets fields that are not final.
  private KubernetesMockServer server;
  private KubernetesClient client;
  private ClusterCredentials credentials;

  @BeforeEach
  void make() {
    credentials = new ClusterCredentials(client, new RequestPermits(4));
  }

  private void account(Map<String, String> annotations) {
    var account =
        new ServiceAccountBuilder().withNewMetadata().withName("app").withUid("u1").withAnnotations(annotations).endMetadata().build();
    server.expect().get().withPath(ACCOUNT).andReturn(200, account).always();
  }

  private void secret(Map<String, String> data) {
    var secret = new SecretBuilder().withNewMetadata().withName("aws").endMetadata().withData(data).build();
    server.expect().get().withPath(SECRET).andReturn(200, secret).always();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String message(Lookup<?> lookup) {
    return ((Absent<?>) lookup).message();
  }

  @Test
  void given_an_annotated_account_when_looked_up_then_role_uid_and_audience_are_known() {
    account(Map.of(ClusterCredentials.ROLE, "arn:aws:iam::1:role/a"));

    assertThat(credentials.serviceAccount("team-a", "app"))
        .isEqualTo(new Present<>(new ServiceAccountRole("u1", "arn:aws:iam::1:role/a", "sts.amazonaws.com")));
  }

  @Test
  void given_no_annotation_when_looked_up_then_account_and_annotation_are_named() {
    account(Map.of());

    assertThat(message(credentials.serviceAccount("team-a", "app"))).contains("team-a/app", "eks.amazonaws.com/role-arn");
  }

  @Test
  void given_no_account_when_looked_up_then_it_is_named() {
    assertThat(message(credentials.serviceAccount("team-a", "app"))).isEqualTo("ServiceAccount team-a/app does not exist.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://kubernetes.default.svc", "https://kubernetes.default.svc.cluster.local", "kubernetes.default.svc", "KUBERNETES",
        "https://oidc.eks.eu-west-1.amazonaws.com/id/1", "system:konnectivity-server", " "
      })
  void given_an_audience_of_the_api_server_when_a_token_is_asked_for_then_none_is_requested(String audience) {
    int before = server.getRequestCount();

    Lookup<String> token = credentials.token("team-a", "app", audience, Duration.ofMinutes(10));

    assertThat(message(token)).contains("eks.amazonaws.com/audience");
    assertThat(server.getRequestCount()).isEqualTo(before);
  }

  @Test
  void given_an_account_when_a_token_is_asked_for_then_the_request_has_its_audience_and_lifetime() throws Exception {
    server
        .expect()
        .post()
        .withPath(ACCOUNT + "/token")
        .andReturn(201, new TokenRequestBuilder().withNewStatus().withToken("jwt").endStatus().build())
        .once();

    Lookup<String> token = credentials.token("team-a", "app", "sts.amazonaws.com", Duration.ofMinutes(10));

    assertThat(token).isEqualTo(new Present<>("jwt"));
    assertThat(server.getLastRequest().getBody().readUtf8()).contains("\"audiences\":[\"sts.amazonaws.com\"]", "\"expirationSeconds\":600");
  }

  @Test
  void given_no_right_when_a_token_is_asked_for_then_the_missing_verb_is_named() {
    server.expect().post().withPath(ACCOUNT + "/token").andReturn(403, new StatusBuilder().withCode(403).build()).always();

    assertThat(message(credentials.token("team-a", "app", "sts.amazonaws.com", Duration.ofMinutes(10))))
        .contains("create serviceaccounts/token", "team-a/app");
  }

  @Test
  void given_another_audience_when_the_token_is_refused_then_audience_and_policy_are_named() {
    server.expect().post().withPath(ACCOUNT + "/token").andReturn(403, new StatusBuilder().withCode(403).build()).always();

    assertThat(message(credentials.token("team-a", "app", "vault.test", Duration.ofMinutes(10))))
        .contains("audience \"vault.test\"", "team-a/app", "keyferry-token-audiences", "eks.amazonaws.com/audience");
  }

  @Test
  void given_keys_in_a_secret_when_looked_up_then_they_are_decoded_without_line_ends() {
    secret(Map.of("id", base64("AKIA\n"), "secret", base64("s3cret\n")));

    var keys = ((Present<StaticKeys>) credentials.staticKeys(KEYS)).value();

    assertThat(keys.accessKeyId()).isEqualTo("AKIA");
    assertThat(keys.secretAccessKey()).isEqualTo("s3cret");
    assertThat(keys.sessionToken()).isNull();
  }

  @Test
  void given_a_missing_key_when_looked_up_then_secret_and_key_are_named() {
    secret(Map.of("id", base64("AKIA")));

    assertThat(message(credentials.staticKeys(KEYS))).contains("Secret team-a/aws", "no key secret");
  }

  @Test
  void given_no_secret_when_looked_up_then_it_is_named() {
    assertThat(message(credentials.staticKeys(KEYS))).contains("Secret team-a/aws does not exist");
  }
}
