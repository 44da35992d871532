package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.CredentialMaterial.Absent;
import dev.keyferry.source.CredentialMaterial.Present;
import dev.keyferry.source.CredentialMaterial.ServiceAccountRole;
import dev.keyferry.source.CredentialMaterial.StaticKeys;
import dev.keyferry.source.CredentialMaterial.Unknown;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.IdentityResolver.Unresolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Scope;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What credentials are made from is looked at by reads too, since a refresh that finds nothing new resolves nothing. */
class LiveLooksTest {

  private static final IdentitySpec OF_KEYS = Rig.spec(Rig.KEYS);
  private static final IdentitySpec OF_ACCOUNT = Rig.spec(Rig.ACCOUNT);

  private final Rig rig = new Rig();

  @BeforeEach
  void script() {
    rig.stub
        .on(
            "AssumeRoleWithWebIdentity",
            asked -> StubAws.session("AssumeRoleWithWebIdentity", "ASIAWEB", rig.clock.instant().plus(Duration.ofHours(12))))
        .on("GetSecretValue", asked -> StubAws.value(Rig.arn("db"), "db", "v1", "AWSCURRENT", asked.accessKeyId()));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private Fetched refresh(Scope scope) {
    return rig.aws.source().read(scope, Rig.secret("db"));
  }

  private static FailureKind kind(Fetched fetched) {
    return ((Fetched.Failed) fetched).failure().kind();
  }

  @Test
  void given_rotated_keys_when_only_refreshes_run_then_the_old_keys_sign_nothing_after_a_minute() {
    Scope scope = rig.scope(OF_KEYS);
    refresh(scope);
    rig.material.keys = new Present<>(new StaticKeys("AKIATWO", "secret-two", null));
    rig.clock.move(Duration.ofMinutes(1));

    assertThat(kind(refresh(scope))).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(((Fetched.Found) refresh(rig.scope(OF_KEYS))).payload().text()).isEqualTo("AKIATWO");
    assertThat(rig.stub.asked("GetSecretValue")).extracting(StubAws.Asked::accessKeyId).containsExactly("AKIAONE", "AKIATWO");
  }

  @Test
  void given_a_changed_role_annotation_when_only_refreshes_run_then_the_old_session_serves_no_more() {
    Scope scope = rig.scope(OF_ACCOUNT);
    refresh(scope);
    rig.material.account = new Present<>(new ServiceAccountRole("uid-1", FakeMaterial.ROLE + "-new", "sts.amazonaws.com"));
    rig.clock.move(Duration.ofMinutes(1));

    assertThat(kind(refresh(scope))).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(rig.identity(OF_ACCOUNT)).isNotEqualTo(scope.identity());
  }

  @Test
  void given_a_deleted_secret_when_only_refreshes_run_then_its_keys_sign_nothing_after_a_minute() {
    Scope scope = rig.scope(OF_KEYS);
    refresh(scope);
    rig.material.keys = new Absent<>("Secret team-a/aws does not exist.");
    rig.clock.move(Duration.ofMinutes(1));

    assertThat(kind(refresh(scope))).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(rig.stub.count("GetSecretValue")).isEqualTo(1);
  }

  @Test
  void given_an_api_server_that_does_not_answer_when_refreshed_then_what_was_known_stands() {
    Scope scope = rig.scope(OF_KEYS);
    rig.material.keys = new Unknown<>("Secret team-a/aws could not be read from the API server (no answer).");
    rig.clock.move(Duration.ofMinutes(1));

    assertThat(refresh(scope)).isInstanceOf(Fetched.Found.class);
    assertThat(rig.identity(OF_KEYS)).isEqualTo(scope.identity());
  }

  @Test
  void given_an_api_server_that_does_not_answer_when_nothing_is_known_yet_then_there_is_no_identity() {
    rig.material.keys = new Unknown<>("Secret team-a/aws could not be read from the API server (no answer).");

    assertThat(rig.aws.identities().resolve(OF_KEYS)).isInstanceOf(Unresolved.class);
  }

  @Test
  void given_many_refreshes_within_a_minute_when_read_then_kubernetes_is_asked_once() {
    Scope scope = rig.scope(OF_KEYS);
    for (int i = 0; i < 10; i++) {
      rig.clock.move(Duration.ofSeconds(5));
      refresh(scope);
    }

    assertThat(rig.material.keyLooks).hasValue(1);
  }

  @Test
  void given_a_source_that_is_read_once_a_day_when_read_then_its_identity_is_still_known() {
    Scope scope = rig.scope(OF_ACCOUNT);
    refresh(scope);
    Instant end = rig.clock.instant().plus(Duration.ofHours(24));
    while (rig.clock.instant().isBefore(end)) {
      rig.clock.move(Duration.ofHours(1));
      rig.identity(OF_KEYS);
    }

    assertThat(refresh(scope)).isInstanceOf(Fetched.Found.class);
  }
}
