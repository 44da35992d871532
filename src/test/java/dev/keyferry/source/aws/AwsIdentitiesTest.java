package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.CredentialMaterial.Absent;
import dev.keyferry.source.CredentialMaterial.Present;
import dev.keyferry.source.CredentialMaterial.ServiceAccountRole;
import dev.keyferry.source.CredentialMaterial.StaticKeys;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentityResolver.Caller;
import dev.keyferry.source.IdentityResolver.Unresolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AwsIdentitiesTest {

  private static final IdentitySpec OF_ACCOUNT = Rig.spec(Rig.ACCOUNT);
  private static final String WEB_IDENTITY = "AssumeRoleWithWebIdentity";

  private final Rig rig = new Rig();
  private final AtomicInteger sessions = new AtomicInteger();

  @BeforeEach
  void script() {
    rig.stub
        .on(WEB_IDENTITY, asked -> StubAws.session(WEB_IDENTITY, "ASIAWEB" + sessions.incrementAndGet(), in(Duration.ofHours(1))))
        .on("AssumeRole", asked -> StubAws.session("AssumeRole", "ASIAROLE" + sessions.incrementAndGet(), in(Duration.ofHours(1))))
        .on("GetSecretValue", asked -> StubAws.value(Rig.arn("db"), "db", "v1", "AWSCURRENT", asked.accessKeyId()));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Instant in(Duration duration) {
    return rig.clock.instant().plus(duration);
  }

  /** The access key that the read was signed with; the stub gives it back as the value. */
  private String reader(IdentitySpec spec) {
    return ((Fetched.Found) rig.read(spec, Rig.secret("db"))).payload().text();
  }

  private SourceFailure unresolved(IdentitySpec spec) {
    return ((Unresolved) rig.aws.identities().resolve(spec)).failure();
  }

  @Test
  void given_a_service_account_when_read_then_its_token_is_exchanged_without_a_signature() {
    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIAWEB1");

    StubAws.Asked asked = rig.stub.asked(WEB_IDENTITY).getFirst();
    assertThat(asked.accessKeyId()).isEqualTo("anonymous");
    assertThat(asked.body())
        .contains("RoleArn=" + FakeMaterial.ROLE, "RoleSessionName=team-a-store", "WebIdentityToken=token-for-sts.amazonaws.com-600");
  }

  @Test
  void given_a_token_file_when_refreshed_then_it_is_read_again(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");
    rig.environment.put("AWS_ROLE_ARN", FakeMaterial.ROLE);
    rig.environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", file.toString());
    reader(Rig.operator());
    Files.writeString(file, "second\n");
    rig.clock.move(Duration.ofMinutes(56));

    reader(Rig.operator());

    assertThat(rig.stub.asked(WEB_IDENTITY)).extracting(StubAws.Asked::body).satisfiesExactly(
        first -> assertThat(first).contains("WebIdentityToken=first"), second -> assertThat(second).contains("WebIdentityToken=second"));
  }

  @Test
  void given_static_keys_of_the_environment_when_read_then_they_sign() {
    rig.environment.put("AWS_ACCESS_KEY_ID", "AKIAENV");
    rig.environment.put("AWS_SECRET_ACCESS_KEY", "x");

    assertThat(reader(Rig.operator())).isEqualTo("AKIAENV");
  }

  @Test
  void given_an_empty_environment_when_resolved_then_it_says_what_was_looked_for_and_what_to_do() {
    SourceFailure failure = unresolved(Rig.operator());

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(failure.message())
        .contains("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ACCESS_KEY_ID", "keyferry-system/keyferry", "eks.amazonaws.com/role-arn");
  }

  @Test
  void given_a_web_identity_that_sts_refuses_when_keys_are_set_too_then_nothing_falls_through(@TempDir Path folder) throws Exception {
    rig.environment.put("AWS_ROLE_ARN", FakeMaterial.ROLE);
    rig.environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", Files.writeString(folder.resolve("token"), "t").toString());
    rig.environment.put("AWS_ACCESS_KEY_ID", "AKIAENV");
    rig.environment.put("AWS_SECRET_ACCESS_KEY", "x");
    rig.stub.on(WEB_IDENTITY, asked -> StubAws.stsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));

    SourceFailure failure = rig.failure(Rig.operator(), Rig.secret("db"));

    assertThat(failure.kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(rig.stub.count("GetSecretValue")).isZero();
  }

  @Test
  void given_half_a_web_identity_when_keys_are_set_too_then_nothing_falls_through() {
    rig.environment.put("AWS_ROLE_ARN", FakeMaterial.ROLE);
    rig.environment.put("AWS_ACCESS_KEY_ID", "AKIAENV");
    rig.environment.put("AWS_SECRET_ACCESS_KEY", "x");

    assertThat(unresolved(Rig.operator()).message()).contains("no AWS_WEB_IDENTITY_TOKEN_FILE");
  }

  @Test
  void given_a_chain_when_read_then_each_link_is_assumed_with_the_one_before() {
    RoleLink last = new RoleLink("arn:aws:iam::111122223333:role/last", "ext-1", Map.of("team", "a"));

    assertThat(reader(Rig.spec(Rig.KEYS, Rig.role("middle"), last))).isEqualTo("ASIAROLE2");

    assertThat(rig.stub.asked("AssumeRole")).extracting(StubAws.Asked::accessKeyId).containsExactly("AKIAONE", "ASIAROLE1");
    assertThat(rig.stub.asked("AssumeRole").getLast().body())
        .contains("ExternalId=ext-1", "Tags.member.1.Key=team", "Tags.member.1.Value=a", "RoleSessionName=team-a-store");
  }

  @Test
  void given_two_chains_that_begin_alike_when_read_then_their_beginning_costs_one_call() {
    reader(Rig.spec(Rig.ACCOUNT, Rig.role("one")));
    reader(Rig.spec(Rig.ACCOUNT, Rig.role("two")));

    assertThat(rig.stub.count(WEB_IDENTITY)).isEqualTo(1);
    assertThat(rig.stub.count("AssumeRole")).isEqualTo(2);
  }

  @Test
  void given_many_readers_at_once_when_credentials_are_missing_then_sts_is_called_once() throws Exception {
    Scope scope = rig.scope(OF_ACCOUNT);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Fetched>> reads =
          IntStream.range(0, 200).<Callable<Fetched>>mapToObj(i -> () -> rig.aws.source().read(scope, Rig.secret("db"))).toList();
      for (Future<Fetched> read : threads.invokeAll(reads)) {
        assertThat(read.get()).isInstanceOf(Fetched.Found.class);
      }
    }

    assertThat(rig.stub.count(WEB_IDENTITY)).isEqualTo(1);
    assertThat(rig.stub.count("GetSecretValue")).isEqualTo(200);
  }

  @Test
  void given_many_readers_at_once_when_sts_refuses_then_it_is_asked_once() throws Exception {
    rig.stub.on(WEB_IDENTITY, asked -> StubAws.stsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    Scope scope = rig.scope(OF_ACCOUNT);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Fetched>> reads =
          IntStream.range(0, 100).<Callable<Fetched>>mapToObj(i -> () -> rig.aws.source().read(scope, Rig.secret("db"))).toList();
      for (Future<Fetched> read : threads.invokeAll(reads)) {
        assertThat(read.get()).isInstanceOf(Fetched.Failed.class);
      }
    }

    assertThat(rig.stub.count(WEB_IDENTITY)).isEqualTo(1);
  }

  @Test
  void given_a_session_when_five_minutes_of_it_are_left_then_it_is_renewed_and_not_before() {
    reader(OF_ACCOUNT);
    rig.clock.move(Duration.ofMinutes(54));
    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIAWEB1");

    rig.clock.move(Duration.ofMinutes(1));

    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIAWEB2");
  }

  @Test
  void given_a_renewal_that_fails_when_the_old_session_is_valid_then_it_serves_until_its_end() {
    reader(OF_ACCOUNT);
    rig.stub.on(WEB_IDENTITY, asked -> StubAws.stsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    rig.clock.move(Duration.ofMinutes(56));
    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIAWEB1");

    rig.clock.move(Duration.ofMinutes(4));

    assertThat(rig.failure(OF_ACCOUNT, Rig.secret("db")).kind()).isEqualTo(FailureKind.CREDENTIALS);
  }

  @Test
  void given_a_refusal_of_sts_when_it_is_mended_then_the_next_try_seconds_later_succeeds() {
    rig.stub.on(WEB_IDENTITY, asked -> StubAws.stsError("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
    rig.failure(OF_ACCOUNT, Rig.secret("db"));
    rig.stub.on(WEB_IDENTITY, asked -> StubAws.session(WEB_IDENTITY, "ASIAOK", in(Duration.ofHours(1))));

    rig.clock.move(Duration.ofSeconds(6));

    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIAOK");
  }

  @Test
  void given_expired_credentials_when_a_read_is_refused_then_new_ones_are_made_once_and_it_succeeds() {
    rig.stub.on(
        "GetSecretValue",
        asked ->
            asked.accessKeyId().equals("ASIAWEB1")
                ? StubAws.error("ExpiredTokenException", "The security token included in the request is expired")
                : StubAws.value(Rig.arn("db"), "db", "v1", "AWSCURRENT", asked.accessKeyId()));

    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIAWEB2");
  }

  @Test
  void given_credentials_that_stay_refused_when_read_then_it_is_tried_twice_and_surfaces() {
    rig.stub.on("GetSecretValue", asked -> StubAws.error("ExpiredTokenException", "The security token included in the request is expired"));

    assertThat(rig.failure(OF_ACCOUNT, Rig.secret("db")).kind()).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(rig.stub.count("GetSecretValue")).isEqualTo(2);
  }

  @Test
  void given_new_credentials_that_are_refused_too_when_many_read_then_no_more_are_made_for_ten_seconds() {
    rig.stub.on("GetSecretValue", asked -> StubAws.error("ExpiredTokenException", "The security token included in the request is expired"));

    IntStream.range(0, 20).forEach(_ -> rig.failure(OF_ACCOUNT, Rig.secret("db")));
    assertThat(rig.stub.count(WEB_IDENTITY)).isEqualTo(2);

    rig.clock.move(Duration.ofSeconds(10));
    IntStream.range(0, 20).forEach(_ -> rig.failure(OF_ACCOUNT, Rig.secret("db")));
    assertThat(rig.stub.count(WEB_IDENTITY)).isEqualTo(3);
  }

  @Test
  void given_a_base_session_that_expired_early_when_a_role_is_assumed_then_the_base_is_renewed() {
    rig.stub.on(
        "AssumeRole",
        asked ->
            asked.accessKeyId().equals("ASIAWEB1")
                ? StubAws.stsError("ExpiredToken", "The security token included in the request is expired")
                : StubAws.session("AssumeRole", "ASIAROLE", in(Duration.ofHours(1))));

    assertThat(reader(Rig.spec(Rig.ACCOUNT, Rig.role("one")))).isEqualTo("ASIAROLE");
  }

  @Test
  void given_rotated_keys_when_a_minute_has_passed_then_the_identity_is_another() {
    Identity before = rig.identity(Rig.spec(Rig.KEYS));
    rig.material.keys = new Present<>(new StaticKeys("AKIAONE", "secret-two", null));
    assertThat(rig.identity(Rig.spec(Rig.KEYS))).isEqualTo(before);

    rig.clock.move(Duration.ofMinutes(1));

    assertThat(rig.identity(Rig.spec(Rig.KEYS))).isNotEqualTo(before);
    assertThat(rig.material.keyLooks).hasValue(2);
  }

  @Test
  void given_keys_that_aws_does_not_know_when_resolved_again_then_the_secret_is_looked_at_at_once() {
    rig.stub.on("GetSecretValue", asked -> StubAws.error("UnrecognizedClientException", "The security token is invalid."));
    Identity before = rig.identity(Rig.spec(Rig.KEYS));
    assertThat(rig.failure(Rig.spec(Rig.KEYS), Rig.secret("db")).kind()).isEqualTo(FailureKind.CREDENTIALS);
    rig.material.keys = new Present<>(new StaticKeys("AKIATWO", "secret-two", null));

    assertThat(rig.identity(Rig.spec(Rig.KEYS))).isNotEqualTo(before);
    assertThat(rig.stub.count("GetSecretValue")).isEqualTo(1);
  }

  @Test
  void given_a_service_account_made_anew_when_resolved_then_the_identity_is_another() {
    Identity before = rig.identity(OF_ACCOUNT);
    rig.material.account = new Present<>(new ServiceAccountRole("uid-2", FakeMaterial.ROLE, "sts.amazonaws.com"));
    rig.clock.move(Duration.ofMinutes(1));

    assertThat(rig.identity(OF_ACCOUNT)).isNotEqualTo(before);
  }

  @Test
  void given_a_service_account_that_changed_since_it_was_resolved_when_a_session_is_made_then_no_token_is_asked_for() {
    Scope scope = rig.scope(OF_ACCOUNT);
    rig.material.account = new Present<>(new ServiceAccountRole("uid-2", FakeMaterial.ROLE, "sts.amazonaws.com"));

    assertThat(rig.aws.source().read(scope, Rig.secret("db"))).isInstanceOf(Fetched.Failed.class);
    assertThat(rig.material.tokens).hasValue(0);
    assertThat(rig.identity(OF_ACCOUNT)).isNotEqualTo(scope.identity());
  }

  @Test
  void given_a_deleted_service_account_when_resolved_then_its_credentials_are_gone() {
    Scope scope = rig.scope(OF_ACCOUNT);
    rig.aws.source().read(scope, Rig.secret("db"));
    rig.material.account = new Absent<>("ServiceAccount team-a/app does not exist.");
    rig.clock.move(Duration.ofMinutes(1));

    assertThat(unresolved(OF_ACCOUNT).message()).isEqualTo("ServiceAccount team-a/app does not exist.");
    assertThat(rig.aws.source().read(scope, Rig.secret("db"))).isInstanceOf(Fetched.Failed.class);
    assertThat(rig.stub.count("GetSecretValue")).isEqualTo(1);
  }

  @Test
  void given_specs_that_differ_in_anything_when_resolved_then_their_identities_differ() {
    IdentitySpec plain = Rig.spec(Rig.KEYS, Rig.role("one"));
    List<IdentitySpec> others =
        List.of(
            Rig.spec(Rig.KEYS),
            Rig.spec(Rig.ACCOUNT, Rig.role("one")),
            Rig.spec(Rig.KEYS, Rig.role("two")),
            Rig.spec(Rig.KEYS, new RoleLink(Rig.role("one").roleArn(), "ext", Map.of())),
            Rig.spec(Rig.KEYS, new RoleLink(Rig.role("one").roleArn(), "", Map.of())),
            Rig.spec(Rig.KEYS, new RoleLink(Rig.role("one").roleArn(), null, Map.of("team", "a"))),
            new IdentitySpec(plain.base(), plain.chain(), plain.region(), "other-session"));

    assertThat(others).extracting(rig::identity).doesNotHaveDuplicates().doesNotContain(rig.identity(plain));
  }

  @Test
  void given_two_processes_when_the_same_is_resolved_then_the_digests_differ() {
    try (Rig other = new Rig()) {
      assertThat(other.identity(Rig.spec(Rig.KEYS))).isNotEqualTo(rig.identity(Rig.spec(Rig.KEYS)));
    }
  }

  @Test
  void given_an_unused_identity_when_an_hour_has_passed_then_its_session_is_dropped() {
    rig.stub.on(WEB_IDENTITY, asked -> StubAws.session(WEB_IDENTITY, "ASIALONG" + sessions.incrementAndGet(), in(Duration.ofHours(12))));
    reader(OF_ACCOUNT);
    rig.clock.move(Duration.ofMinutes(61));

    rig.identity(Rig.spec(Rig.KEYS));

    assertThat(reader(OF_ACCOUNT)).isEqualTo("ASIALONG2");
  }

  @Test
  void given_an_identity_when_the_caller_is_asked_for_then_sts_says_who_it_is() {
    String arn = "arn:aws:iam::111122223333:user/jo";
    rig.stub.on(
        "GetCallerIdentity",
        asked ->
            new StubAws.Reply(
                200,
                "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>" + arn
                    + "</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>"));

    assertThat(rig.aws.identities().caller(rig.scope(Rig.spec(Rig.KEYS)))).isEqualTo(new Caller(arn));
    assertThat(rig.stub.asked("GetCallerIdentity").getFirst().accessKeyId()).isEqualTo("AKIAONE");
  }

  @Test
  void given_an_endpoint_of_the_store_when_credentials_are_made_then_sts_does_not_go_there() {
    try (StubAws foreign = new StubAws()) {
      foreign.on("GetSecretValue", asked -> StubAws.value(Rig.arn("db"), "db", "v1", "AWSCURRENT", "foreign"));
      Scope scope = new Scope(rig.identity(OF_ACCOUNT), Rig.REGION, foreign.endpoint());

      Fetched read = rig.aws.source().read(scope, Rig.secret("db"));

      assertThat(((Fetched.Found) read).payload().text()).isEqualTo("foreign");
      assertThat(foreign.count(WEB_IDENTITY)).isZero();
      assertThat(rig.stub.count(WEB_IDENTITY)).isEqualTo(1);
    }
  }
}
