package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Grant;
import dev.keyferry.emulator.Trust;
import dev.keyferry.source.BatchRead;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.IdentityResolver.Caller;
import dev.keyferry.source.IdentityResolver.Resolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.OperatorBase;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.IdentitySpec.ServiceAccountBase;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.VersionSelector;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The adapter against the emulator, which checks signatures, tokens, trust and policies. */
class AwsOnEmulatorTest {

  private final AwsEmulator emulator = AwsEmulator.start();
  private final Map<String, String> environment =
      Map.of(
          "AWS_ENDPOINT_URL", emulator.endpoint().toString(),
          "AWS_ACCESS_KEY_ID", emulator.accessKeyId(),
          "AWS_SECRET_ACCESS_KEY", emulator.secretAccessKey());
  private volatile String role = "";
  private final CredentialMaterial cluster = new IssuedTokens();
  private final Aws aws =
      new Aws(environment::get, cluster, (service, operation, code, attempts, duration) -> {}, Clock.systemUTC(), 16, null, "0.0.0");

  /** ServiceAccounts whose tokens the emulator's own issuer signs. */
  private final class IssuedTokens implements CredentialMaterial {
    @Override
    public Lookup<ServiceAccountRole> serviceAccount(String namespace, String name) {
      return new Present<>(new ServiceAccountRole("uid", role, "sts.amazonaws.com"));
    }

    @Override
    public Lookup<String> token(String namespace, String name, String audience, Duration lifetime) {
      return new Present<>(emulator.issueToken(audience, "system:serviceaccount:" + namespace + ":" + name, lifetime));
    }

    @Override
    public Lookup<StaticKeys> staticKeys(IdentitySpec.StaticKeysBase base) {
      return new Present<>(new StaticKeys("AKIANOBODYKNOWS00001", "x", null));
    }
  }

  @AfterEach
  void close() {
    aws.close();
    emulator.close();
  }

  private Scope scope(IdentitySpec.Base base, RoleLink... chain) {
    IdentitySpec spec = new IdentitySpec(base, List.of(chain), emulator.region(), "keyferry-test");
    return new Scope(((Resolved) aws.identities().resolve(spec)).identity(), emulator.region(), null);
  }

  private Scope operator() {
    return scope(new OperatorBase());
  }

  private static String text(Fetched fetched) {
    return ((Fetched.Found) fetched).payload().text();
  }

  private static SourceFailure failure(Fetched fetched) {
    return ((Fetched.Failed) fetched).failure();
  }

  @Test
  void given_a_rotation_when_read_before_and_after_then_the_revision_moves_and_stays_one_source() {
    String arn = emulator.createSecret("app/db", "one");
    var before = (Fetched.Found) aws.source().read(operator(), Rig.secret("app/db"));
    String version = emulator.rotate("app/db", "two");

    var after = (Fetched.Found) aws.source().read(operator(), Rig.secret("app/db"));

    assertThat(before.revision().arn()).isEqualTo(arn).isEqualTo(after.revision().arn());
    assertThat(after.revision().version()).isEqualTo(version).isNotEqualTo(before.revision().version());
    assertThat(after.payload().text()).isEqualTo("two");
    assertThat(text(aws.source().read(operator(), Rig.secret(arn, new VersionSelector.Stage("AWSPREVIOUS"))))).isEqualTo("one");
    assertThat(text(aws.source().read(operator(), Rig.secret(arn, new VersionSelector.Id(before.revision().version()))))).isEqualTo("one");
  }

  @Test
  void given_a_chain_when_each_link_has_options_of_its_own_then_sts_is_told_them_link_by_link() {
    emulator.createSecret("app/db", "one");
    String hub = emulator.addRole("hub", Trust.externalId("hub-id"));
    String last = emulator.addRole("last", Trust.externalId("last-id"));

    Scope scope =
        scope(
            new OperatorBase(),
            new RoleLink(hub, "hub-id", Map.of("team", "a"), List.of("team")),
            new RoleLink(last, "last-id", Map.of("env", "prod")));

    assertThat(text(aws.source().read(scope, Rig.secret("app/db")))).isEqualTo("one");
    assertThat(emulator.assumptions()).extracting(a -> a.externalId() + a.tags()).containsExactly("hub-id{team=a}", "last-id{env=prod}");
  }

  @Test
  void given_a_mixed_batch_when_read_then_it_is_one_call_and_each_ref_has_its_answer() {
    String arn = emulator.createSecret("a", "va");
    emulator.createSecret("gone", "x");
    emulator.delete("gone");
    emulator.createSecret("closed", "x");
    emulator.deny("tester", "secretsmanager:GetSecretValue", "closed");
    List<SourceRef> refs = List.of(Rig.secret("a"), Rig.secret(arn), Rig.secret("gone"), Rig.secret("closed"), Rig.secret("missing"));

    Map<SourceRef, Fetched> entries = ((BatchRead.Entries) aws.source().readBatch(operator(), refs)).entries();

    assertThat(text(entries.get(refs.get(0)))).isEqualTo("va");
    assertThat(text(entries.get(refs.get(1)))).isEqualTo("va");
    assertThat(failure(entries.get(refs.get(2))).kind()).isEqualTo(FailureKind.MARKED_FOR_DELETION);
    assertThat(failure(entries.get(refs.get(3))).message()).contains("user/tester", "an explicit deny in an identity-based policy");
    assertThat(failure(entries.get(refs.get(4))).kind()).isEqualTo(FailureKind.NOT_FOUND);
    assertThat(emulator.count("BatchGetSecretValue")).isEqualTo(1);
    assertThat(emulator.count("GetSecretValue")).isZero();
  }

  @Test
  void given_only_single_reads_are_allowed_when_batched_then_it_is_refused_and_single_reads_work() {
    emulator.createSecret("a", "va");
    emulator.allowOnly("tester", Grant.of("secretsmanager:GetSecretValue"));

    BatchRead read = aws.source().readBatch(operator(), List.of(Rig.secret("a")));

    assertThat(((BatchRead.Refused) read).denial().message()).contains("secretsmanager:BatchGetSecretValue on Resource \"*\"");
    assertThat(text(aws.source().read(operator(), Rig.secret("a")))).isEqualTo("va");
  }

  @Test
  void given_no_permission_when_read_then_the_missing_statement_is_exact() {
    emulator.createSecret("a", "va");
    emulator.allowOnly("tester", Grant.of("secretsmanager:GetSecretValue", "other"));

    assertThat(failure(aws.source().read(operator(), Rig.secret("a"))).message())
        .contains(
            "{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\","
                + "\"Resource\":\"arn:aws:secretsmanager:" + emulator.region() + ":" + emulator.accountId() + ":secret:a-??????\"}");
  }

  @Test
  void given_a_service_account_and_a_chain_when_read_then_trust_and_external_id_are_met() {
    emulator.createSecret("a", "va");
    role = emulator.addRole("app", Trust.serviceAccount("team-a", "app"));
    String last = emulator.addRole("last", Trust.externalId("ext"));
    Scope scope = scope(new ServiceAccountBase("team-a", "app"), new RoleLink(last, "ext", Map.of("team", "a")));

    assertThat(text(aws.source().read(scope, Rig.secret("a")))).isEqualTo("va");
    assertThat(((Caller) aws.identities().caller(scope)).arn()).endsWith("assumed-role/last/keyferry-test");
    assertThat(emulator.count("AssumeRoleWithWebIdentity")).isEqualTo(1);
    assertThat(emulator.count("AssumeRole")).isEqualTo(1);
  }

  @Test
  void given_another_subject_when_read_then_the_trust_policy_is_named() {
    role = emulator.addRole("app", Trust.serviceAccount("team-a", "app"));

    SourceFailure failure = failure(aws.source().read(scope(new ServiceAccountBase("team-b", "app")), Rig.secret("a")));

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(failure.message()).contains("trust policy", role);
    assertThat(emulator.count("GetSecretValue")).isZero();
  }

  @Test
  void given_a_wrong_external_id_when_read_then_caller_and_role_are_named() {
    String last = emulator.addRole("last", Trust.externalId("ext"));

    SourceFailure failure = failure(aws.source().read(scope(new OperatorBase(), new RoleLink(last, "wrong", Map.of())), Rig.secret("a")));

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(failure.message()).contains("user/tester", last);
  }

  @Test
  void given_keys_that_nobody_knows_when_read_then_it_is_credentials() {
    SourceFailure failure = failure(aws.source().read(scope(Rig.KEYS), Rig.secret("a")));

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
  }

  @Test
  void given_a_secret_without_value_that_fails_batches_when_batched_then_the_others_are_read() {
    emulator.createSecret("a", "va");
    emulator.emptySecretFailsBatch(true);
    emulator.secrets().createEmpty("empty");

    var read = (BatchRead.Entries) aws.source().readBatch(operator(), List.of(Rig.secret("a"), Rig.secret("empty")));

    assertThat(text(read.entries().get(Rig.secret("a")))).isEqualTo("va");
    assertThat(failure(read.entries().get(Rig.secret("empty"))).kind()).isEqualTo(FailureKind.NOT_FOUND);
  }

  @Test
  void given_faults_and_cut_connections_when_read_then_the_retries_get_through() {
    emulator.createSecret("a", "va");
    emulator.fail("GetSecretValue", 500, "InternalServiceError", 1).dropConnections("GetSecretValue", 1);

    assertThat(text(aws.source().read(operator(), Rig.secret("a")))).isEqualTo("va");
  }

  @Test
  void given_parameters_when_read_then_values_and_versions_are_theirs() {
    emulator.putSecureParameter("/app/a", "one");
    long version = emulator.putSecureParameter("/app/a", "two");

    var current = (Fetched.Found) aws.source().read(operator(), Rig.parameter("/app/a", VersionSelector.CURRENT));
    Fetched first = aws.source().read(operator(), Rig.parameter("/app/a", new VersionSelector.Id("1")));

    assertThat(current.payload().text()).isEqualTo("two");
    assertThat(current.revision().version()).isEqualTo(Long.toString(version));
    assertThat(text(first)).isEqualTo("one");
  }
}
