package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.Tag;

class StsEmulatorTest extends EmulatorTest {

  private static final Tag TEAM = Tag.builder().key("team").value("x").build();
  private static final String NOT_TRUSTED = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";

  private final StsClient sts = clients.sts(tester);

  private static Keys keys(Credentials given) {
    return new Keys(given.accessKeyId(), given.secretAccessKey(), given.sessionToken(), given.expiration());
  }

  private AssumeRoleResponse assume(String roleArn) {
    return sts.assumeRole(r -> r.roleArn(roleArn).roleSessionName("ns-store"));
  }

  private AssumeRoleWithWebIdentityResponse assumeWith(String token, String roleArn) {
    return sts.assumeRoleWithWebIdentity(r -> r.roleArn(roleArn).roleSessionName("ns-store").webIdentityToken(token));
  }

  @Test
  void given_the_built_in_user_when_asked_who_then_its_arn_comes_back() {
    assertThat(sts.getCallerIdentity().arn()).isEqualTo("arn:aws:iam::123456789012:user/tester");
    assertThat(sts.getCallerIdentity().account()).isEqualTo("123456789012");
  }

  @Test
  void given_a_role_when_assumed_then_the_session_reads_under_its_own_name() {
    aws.createSecret("app", "one");
    String role = aws.addRole("reader", Trust.account());

    Keys session = keys(assume(role).credentials());

    assertThat(clients.sts(session).getCallerIdentity().arn()).isEqualTo("arn:aws:sts::123456789012:assumed-role/reader/ns-store");
    assertThat(clients.secrets(session).getSecretValue(r -> r.secretId("app")).secretString()).isEqualTo("one");
    assertThat(aws.calls().getLast().principal()).isEqualTo("arn:aws:sts::123456789012:assumed-role/reader/ns-store");
  }

  @Test
  void given_a_session_when_it_expired_then_every_service_says_so() {
    String role = aws.addRole("reader", Trust.account());
    Keys session = keys(assume(role).credentials());
    advance(Duration.ofHours(1));

    assertThat(errorOf(() -> clients.secrets(session).getSecretValue(r -> r.secretId("app"))))
        .isEqualTo("400 ExpiredTokenException: The security token included in the request is expired");
    assertThat(errorOf(() -> clients.sts(session).getCallerIdentity()))
        .isEqualTo("403 ExpiredToken: The security token included in the request is expired");
  }

  @Test
  void given_session_keys_without_their_token_when_used_then_unrecognized() {
    String role = aws.addRole("reader", Trust.account());
    Keys session = keys(assume(role).credentials());
    Keys bare = new Keys(session.accessKeyId(), session.secretAccessKey(), null, null);

    assertThat(errorOf(() -> clients.secrets(bare).listSecrets()))
        .isEqualTo("400 UnrecognizedClientException: The security token included in the request is invalid.");
  }

  @Test
  void given_an_external_id_when_it_is_missing_or_wrong_then_denied_and_when_right_then_assumed() {
    String role = aws.addRole("partner", Trust.externalId("e-1"));
    String denied =
        "403 AccessDenied: User: arn:aws:iam::123456789012:user/tester is not authorized to perform: sts:AssumeRole on resource: " + role;

    assertThat(errorOf(() -> assume(role))).isEqualTo(denied);
    assertThat(errorOf(() -> sts.assumeRole(r -> r.roleArn(role).roleSessionName("ab").externalId("e-2")))).isEqualTo(denied);
    assertThat(sts.assumeRole(r -> r.roleArn(role).roleSessionName("ab").externalId("e-1")).credentials()).isNotNull();
  }

  @Test
  void given_no_such_role_when_assumed_then_denied_as_if_it_did_not_trust() {
    String arn = "arn:aws:iam::123456789012:role/none";

    assertThat(errorOf(() -> assume(arn)))
        .isEqualTo(
            "403 AccessDenied: User: arn:aws:iam::123456789012:user/tester is not authorized to perform: sts:AssumeRole"
                + " on resource: " + arn);
  }

  @Test
  void given_a_role_that_trusts_another_role_when_chained_then_only_that_role_may() {
    String first = aws.addRole("first", Trust.account());
    String second = aws.addRole("second", Trust.principals(first));
    Keys session = keys(assume(first).credentials());

    assertThat(errorOf(() -> assume(second))).startsWith("403 AccessDenied");
    assertThat(clients.sts(session).assumeRole(r -> r.roleArn(second).roleSessionName("ab")).assumedRoleUser().arn())
        .endsWith("assumed-role/second/ab");
  }

  @Test
  void given_a_chained_session_when_longer_than_an_hour_is_asked_then_refused() {
    String role = aws.addRole("long", Trust.account().withMaxSession(Duration.ofHours(12)));
    Keys session = keys(assume(role).credentials());

    assertThat(errorOf(() -> clients.sts(session).assumeRole(r -> r.roleArn(role).roleSessionName("ab").durationSeconds(3601))))
        .isEqualTo(
            "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
  }

  @Test
  void given_session_tags_when_tagging_is_denied_then_the_action_is_named() {
    String role = aws.addRole("reader", Trust.account());
    aws.deny("tester", "sts:TagSession", "*");

    assertThat(errorOf(() -> sts.assumeRole(r -> r.roleArn(role).roleSessionName("ab").tags(TEAM))))
        .contains("is not authorized to perform: sts:TagSession on resource: " + role);
  }

  @Test
  void given_external_id_and_tags_when_assumed_then_they_are_remembered() {
    String role = aws.addRole("partner", Trust.externalId("e-1"));
    sts.assumeRole(r -> r.roleArn(role).roleSessionName("ab").externalId("e-1").tags(TEAM));

    assertThat(aws.assumptions()).containsExactly(new Assumption(role, "ab", "e-1", new TreeMap<>(Map.of("team", "x")), null));
  }

  @Test
  void given_a_session_name_with_a_slash_when_assumed_then_validation_refuses() {
    String role = aws.addRole("reader", Trust.account());

    assertThat(errorOf(() -> sts.assumeRole(r -> r.roleArn(role).roleSessionName("a/b"))))
        .isEqualTo(
            "400 ValidationError: 1 validation error detected: Value 'a/b' at 'roleSessionName' failed to satisfy constraint: Member must"
                + " satisfy regular expression pattern: [\\w+=,.@-]*");
  }

  @Test
  void given_a_service_accounts_token_when_the_role_trusts_it_then_it_is_assumed() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));

    AssumeRoleWithWebIdentityResponse assumed = assumeWith(aws.issueToken("ns", "sa"), role);

    assertThat(assumed.subjectFromWebIdentityToken()).isEqualTo("system:serviceaccount:ns:sa");
    assertThat(assumed.credentials().expiration()).isEqualTo(now().plus(Duration.ofHours(1)));
    assertThat(clients.sts(keys(assumed.credentials())).getCallerIdentity().arn()).endsWith("assumed-role/app/ns-store");
  }

  @Test
  void given_a_token_of_another_service_account_when_assumed_then_access_denied() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));

    assertThat(errorOf(() -> assumeWith(aws.issueToken("ns", "other"), role))).isEqualTo(NOT_TRUSTED);
  }

  @Test
  void given_a_role_without_web_identity_when_assumed_by_token_then_access_denied() {
    String role = aws.addRole("app", Trust.account());

    assertThat(errorOf(() -> assumeWith(aws.issueToken("ns", "sa"), role))).isEqualTo(NOT_TRUSTED);
  }

  @Test
  void given_a_token_for_another_audience_when_assumed_then_invalid_token() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));
    String token = aws.issueToken("https://kubernetes.default.svc", "system:serviceaccount:ns:sa", Duration.ofHours(1));

    assertThat(errorOf(() -> assumeWith(token, role))).isEqualTo("400 InvalidIdentityToken: Incorrect token audience");
  }

  @Test
  void given_an_expired_token_when_assumed_then_expired() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));
    String token = aws.issueToken("ns", "sa");
    advance(Duration.ofHours(1));

    assertThat(errorOf(() -> assumeWith(token, role)))
        .isEqualTo(
            "400 ExpiredTokenException: Token expired: current date/time 1772370000 must be before the expiration date/time 1772370000");
  }

  @Test
  void given_a_token_signed_by_another_key_when_assumed_then_it_is_not_validated() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));
    TokenIssuer forger = new TokenIssuer(aws.issuer().issuer());
    String token = forger.token("sts.amazonaws.com", "system:serviceaccount:ns:sa", now(), now().plusSeconds(600));

    assertThat(errorOf(() -> assumeWith(token, role)))
        .isEqualTo("400 InvalidIdentityToken: The web identity token provided could not be validated");
  }

  @Test
  void given_an_unknown_issuer_when_assumed_then_no_provider_is_found() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));
    String token = new TokenIssuer("https://elsewhere").token("sts.amazonaws.com", "x", now(), now().plusSeconds(600));

    assertThat(errorOf(() -> assumeWith(token, role)))
        .isEqualTo("400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://elsewhere");
  }

  @Test
  void given_a_clusters_jwks_when_its_token_is_used_then_it_is_assumed() {
    TokenIssuer cluster = new TokenIssuer("https://kubernetes.default.svc");
    aws.setIssuer(cluster.issuer()).setJwks(cluster.jwks());
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));
    String token = cluster.token("sts.amazonaws.com", "system:serviceaccount:ns:sa", now(), now().plusSeconds(600));

    assertThat(assumeWith(token, role).credentials()).isNotNull();
  }

  @Test
  void given_no_jwt_when_assumed_then_invalid_token() {
    String role = aws.addRole("app", Trust.serviceAccount("ns", "sa"));

    assertThat(errorOf(() -> assumeWith("opaque", role)))
        .isEqualTo(
            "400 InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
  }

  @Test
  void given_unknown_keys_when_used_then_each_service_answers_in_its_own_words() {
    Keys unknown = new Keys("AKIAUNKNOWN000000001", "x", null, null);
    SecretsManagerClient secretsOfNobody = clients.secrets(unknown);

    assertThat(errorOf(secretsOfNobody::listSecrets))
        .isEqualTo("400 UnrecognizedClientException: The security token included in the request is invalid.");
    assertThat(errorOf(() -> clients.sts(unknown).getCallerIdentity()))
        .isEqualTo("403 InvalidClientTokenId: The security token included in the request is invalid.");
  }

  @Test
  void given_a_wrong_secret_key_when_used_then_the_signature_does_not_match() {
    Keys wrong = new Keys(aws.accessKeyId(), "wrong", null, null);

    assertThat(errorOf(() -> clients.secrets(wrong).listSecrets()))
        .startsWith("400 InvalidSignatureException: The request signature we calculated does not match the signature you provided.");
    assertThat(errorOf(() -> clients.sts(wrong).getCallerIdentity())).startsWith("403 SignatureDoesNotMatch");
  }

  @Test
  void given_revoked_keys_when_used_then_unrecognized() {
    Keys keys = aws.addUser("leaver");
    aws.revoke(keys.accessKeyId());

    assertThat(errorOf(() -> clients.secrets(keys).listSecrets())).startsWith("400 UnrecognizedClientException");
  }

  @Test
  void given_a_throttled_assume_role_when_called_then_sts_says_it_in_its_own_words() {
    String role = aws.addRole("reader", Trust.account());
    aws.throttle("AssumeRole", 1);

    assertThat(errorOf(() -> assume(role))).isEqualTo("400 Throttling: Rate exceeded");
  }
}
