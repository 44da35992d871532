package dev.keyferry.contract;

import static dev.keyferry.contract.Contract.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.AssumeRoleWithWebIdentityResponse;
import software.amazon.awssdk.services.sts.model.Tag;

/** Becoming somebody: roles and web identities. */
interface IdentityContract extends Contract {

  @Test
  default void given_keys_when_asked_who_then_an_arn_comes() {
    assertThat(sts().getCallerIdentity().arn()).startsWith("arn:aws:");
  }

  @Test
  default void given_a_role_when_assumed_then_session_keys_and_the_sessions_arn_come() {
    Tag tag = Tag.builder().key("team").value("x").build();
    AssumeRoleResponse assumed =
        sts().assumeRole(r -> r.roleArn(roleArn()).roleSessionName("ns-store").externalId("e-1").tags(tag));

    assertThat(assumed.assumedRoleUser().arn()).endsWith(":assumed-role/reader/ns-store");
    assertThat(assumed.credentials().accessKeyId()).startsWith("ASIA");
    assertThat(assumed.credentials().sessionToken()).isNotEmpty();
    assertThat(assumed.credentials().expiration()).isNotNull();
  }

  @Test
  default void given_a_good_token_when_a_role_is_assumed_with_it_then_session_keys_come() {
    AssumeRoleWithWebIdentityResponse assumed =
        sts().assumeRoleWithWebIdentity(
            r -> r.roleArn(webIdentityRoleArn()).roleSessionName("ns-store").webIdentityToken(webIdentityToken()));

    assertThat(assumed.credentials().accessKeyId()).startsWith("ASIA");
    assertThat(assumed.assumedRoleUser().arn()).endsWith(":assumed-role/app/ns-store");
  }

  @Test
  default void given_no_jwt_when_a_role_is_assumed_with_it_then_invalid_identity_token() {
    holds(
        Rule.WEB_IDENTITY_IS_VERIFIED,
        () ->
            assertThat(
                    codeOf(
                        () ->
                            sts().assumeRoleWithWebIdentity(
                                r -> r.roleArn(webIdentityRoleArn()).roleSessionName("ns-store").webIdentityToken("opaque"))))
                .isEqualTo("InvalidIdentityToken"));
  }
}
