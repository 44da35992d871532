package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Grant;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.IdentityResolver.Resolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.OperatorBase;
import dev.keyferry.source.Listing;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceService;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Searches against the emulator, which pages, filters and judges as AWS does. */
class AwsFinderTest {

  private final AwsEmulator emulator = AwsEmulator.start();
  private final Map<String, String> environment =
      Map.of(
          "AWS_ENDPOINT_URL", emulator.endpoint().toString(),
          "AWS_ACCESS_KEY_ID", emulator.accessKeyId(),
          "AWS_SECRET_ACCESS_KEY", emulator.secretAccessKey());
  private final CredentialMaterial none = new FakeMaterial();
  private final Aws aws =
      new Aws(environment::get, none, (service, operation, code, attempts, duration) -> {}, Clock.systemUTC(), 16, null, "0.0.0");

  @AfterEach
  void close() {
    aws.close();
    emulator.close();
  }

  private Listing list(FindQuery query) {
    IdentitySpec spec = new IdentitySpec(new OperatorBase(), List.of(), emulator.region(), "keyferry-test");
    Scope scope = new Scope(((Resolved) aws.identities().resolve(spec)).identity(), emulator.region(), null);
    return aws.finder().find(scope, query);
  }

  private Set<String> secrets(String prefix, String path, Map<String, String> tags) {
    return names(new FindQuery(SourceService.SECRETS_MANAGER, prefix, path, null, tags));
  }

  private Set<String> parameters(String prefix, String path, Map<String, String> tags) {
    return names(new FindQuery(SourceService.PARAMETER_STORE, prefix, path, null, tags));
  }

  private Set<String> names(FindQuery query) {
    return ((Listing.Members) list(query)).arns().keySet();
  }

  private SourceFailure failure(FindQuery query) {
    return ((Listing.Failed) list(query)).failure();
  }

  @Test
  void given_more_secrets_than_a_page_when_listed_then_all_are_there_with_their_arns() {
    for (int i = 0; i < 250; i++) {
      emulator.createSecret("app/s%03d".formatted(i), "v");
    }
    emulator.emptyPages(true);
    String arn = emulator.createSecret("other", "v");

    assertThat(secrets("", "app/", Map.of())).hasSize(250);
    assertThat(emulator.count("ListSecrets")).isEqualTo(4);
    assertThat(((Listing.Members) list(new FindQuery(SourceService.SECRETS_MANAGER, "", "other", null, Map.of()))).arns())
        .containsExactly(Map.entry("other", arn));
  }

  @Test
  void given_tags_whose_keys_and_values_are_mixed_when_listed_then_only_whole_pairs_count() {
    for (String name : List.of("right", "crossed", "longer", "half")) {
      emulator.createSecret(name, "v");
    }
    emulator.secrets().tag("right", Map.of("team", "a", "env", "prod"));
    emulator.secrets().tag("crossed", Map.of("team", "prod", "env", "a"));
    emulator.secrets().tag("longer", Map.of("team", "a2", "env", "production"));
    emulator.secrets().tag("half", Map.of("team", "a"));

    assertThat(secrets("", null, Map.of("team", "a", "env", "prod"))).containsExactly("right");
  }

  @Test
  void given_a_tag_that_no_filter_may_hold_when_listed_then_it_is_judged_here() {
    emulator.createSecret("one", "v");
    emulator.createSecret("two", "v");
    emulator.secrets().tag("one", Map.of("owner", "!Jörg"));

    assertThat(secrets("", null, Map.of("owner", "!Jörg"))).containsExactly("one");
  }

  @Test
  void given_a_prefix_and_a_path_when_listed_then_both_hold() {
    emulator.createSecret("prod/app/a", "v");
    emulator.createSecret("prod/web/b", "v");
    emulator.createSecret("test/app/c", "v");

    assertThat(secrets("prod/", null, Map.of())).containsExactly("prod/app/a", "prod/web/b");
    assertThat(secrets("prod/", "prod/app/", Map.of())).containsExactly("prod/app/a");
    assertThat(secrets("prod/", "prod", Map.of())).containsExactly("prod/app/a", "prod/web/b");
    assertThat(secrets("prod/", "test/", Map.of())).isEmpty();
  }

  @Test
  void given_secrets_that_give_no_value_when_listed_then_they_are_left_out() {
    emulator.createSecret("kept", "v");
    emulator.createSecret("deleted", "v");
    emulator.delete("deleted");

    assertThat(secrets("", null, Map.of())).containsExactly("kept");
  }

  @Test
  void given_a_denial_when_listed_then_it_names_the_statement() {
    emulator.allowOnly("tester", Grant.of("secretsmanager:GetSecretValue"));

    SourceFailure failure = failure(new FindQuery(SourceService.SECRETS_MANAGER, "", "app/", null, Map.of()));

    assertThat(failure).isInstanceOf(SourceFailure.AccessDenied.class);
    assertThat(failure.message()).contains("\"Action\":\"secretsmanager:ListSecrets\",\"Resource\":\"*\"");
  }

  @Test
  void given_a_fault_when_listed_then_it_is_a_passing_failure() {
    emulator.fail("ListSecrets", 500, "InternalServiceError", 3);

    assertThat(failure(new FindQuery(SourceService.SECRETS_MANAGER, "", null, null, Map.of("none", "x"))).kind().passing()).isTrue();
  }

  @Test
  void given_more_parameters_than_a_page_when_a_path_is_listed_then_all_below_it_are_there() {
    for (int i = 0; i < 25; i++) {
      emulator.putParameter("/app/p%02d".formatted(i), "v");
    }
    emulator.putParameter("/app/deep/er", "v");
    emulator.putParameter("/apples", "v");
    emulator.emptyPages(true);

    assertThat(parameters("", "/app", Map.of())).hasSize(26).contains("/app/deep/er").doesNotContain("/apples");
    assertThat(emulator.count("GetParametersByPath")).isEqualTo(4);
    assertThat(emulator.count("DescribeParameters")).isZero();
  }

  @Test
  void given_no_path_when_parameters_are_listed_then_they_are_described() {
    for (int i = 0; i < 60; i++) {
      emulator.putParameter("/app/p%02d".formatted(i), "v");
    }
    emulator.putParameter("plain", "v");

    assertThat(parameters("", null, Map.of())).hasSize(61).contains("plain");
    assertThat(parameters("/app/p0", null, Map.of())).hasSize(10);
  }

  @Test
  void given_tags_when_parameters_are_listed_then_pairs_count_below_the_path_alone() {
    for (String name : List.of("/app/right", "/app/crossed", "/other/right")) {
      emulator.putParameter(name, "v");
    }
    emulator.tagParameter("/app/right", Map.of("team", "a", "env", "prod"));
    emulator.tagParameter("/app/crossed", Map.of("team", "prod", "env", "a"));
    emulator.tagParameter("/other/right", Map.of("team", "a", "env", "prod"));

    assertThat(parameters("", "/app", Map.of("team", "a", "env", "prod"))).containsExactly("/app/right");
  }

  @Test
  void given_a_denial_when_parameters_are_listed_then_the_statement_names_the_path() {
    emulator.allowOnly("tester", Grant.of("ssm:GetParameters"));

    assertThat(failure(new FindQuery(SourceService.PARAMETER_STORE, "", "/app", null, Map.of())).message())
        .contains("ssm:GetParametersByPath", ":parameter/app");
    assertThat(failure(new FindQuery(SourceService.PARAMETER_STORE, "", null, null, Map.of("a", "b"))).message())
        .contains("\"Action\":\"ssm:DescribeParameters\",\"Resource\":\"*\"");
  }
}
