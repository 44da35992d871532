package dev.keyferry.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.GetSecretValueResponse;
import software.amazon.awssdk.services.secretsmanager.model.ListSecretsResponse;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SortByType;
import software.amazon.awssdk.services.secretsmanager.model.SortOrderType;

class SecretListEmulatorTest extends EmulatorTest {

  private GetSecretValueResponse get(String id) {
    return secrets.getSecretValue(r -> r.secretId(id));
  }

  private static Filter filter(FilterNameStringType key, String value) {
    return Filter.builder().key(key).values(value).build();
  }

  @Test
  void given_changes_when_listed_by_last_change_then_the_newest_comes_first_with_its_versions() {
    aws.createSecret("a", "one");
    advance(Duration.ofMinutes(1));
    aws.createSecret("b", "one");
    advance(Duration.ofMinutes(1));
    String version = aws.rotate("a", "two");

    ListSecretsResponse list = secrets.listSecrets(r -> r.sortBy(SortByType.LAST_CHANGED_DATE).sortOrder(SortOrderType.DESC));

    assertThat(list.secretList()).extracting(SecretListEntry::name).containsExactly("a", "b");
    assertThat(list.secretList().getFirst().lastChangedDate()).isEqualTo(now());
    assertThat(list.secretList().getFirst().secretVersionsToStages()).containsEntry(version, List.of("AWSCURRENT"));
  }

  @Test
  void given_stage_moves_that_leave_the_date_when_listed_then_it_stands() {
    aws.stageMovesChangeDate(false);
    aws.createSecret("app", "one");
    aws.putPending("app", "two");
    advance(Duration.ofMinutes(1));
    aws.promotePending("app");

    assertThat(secrets.listSecrets().secretList().getFirst().lastChangedDate()).isEqualTo(now().minus(Duration.ofMinutes(1)));
  }

  @Test
  void given_a_lagging_list_when_listed_then_it_shows_the_past_while_reads_show_the_present() {
    aws.listLag(Duration.ofMinutes(5));
    aws.createSecret("app", "one");
    advance(Duration.ofMinutes(5));
    String first = aws.secrets().currentVersion("app");
    String second = aws.rotate("app", "two");

    assertThat(secrets.listSecrets().secretList().getFirst().secretVersionsToStages()).containsOnlyKeys(first);
    assertThat(get("app").versionId()).isEqualTo(second);
    advance(Duration.ofMinutes(5));
    assertThat(secrets.listSecrets().secretList().getFirst().secretVersionsToStages()).containsKey(second);
  }

  @Test
  void given_250_secrets_when_listed_then_three_pages_hold_each_once() {
    IntStream.range(0, 250).forEach(i -> aws.createSecret("s" + i, "v"));

    assertThat(secrets.listSecretsPaginator(r -> r.maxResults(100)).stream().flatMap(page -> page.secretList().stream()))
        .extracting(SecretListEntry::name)
        .doesNotHaveDuplicates()
        .hasSize(250);
    assertThat(aws.count("ListSecrets")).isEqualTo(3);
  }

  @Test
  void given_deleted_secrets_when_listed_then_marked_ones_come_only_on_demand_and_vanished_ones_never() {
    aws.createSecret("kept", "v");
    aws.createSecret("marked", "v");
    aws.createSecret("gone", "v");
    aws.delete("marked");
    aws.secrets().vanish("gone");

    assertThat(secrets.listSecrets().secretList()).extracting(SecretListEntry::name).containsExactly("kept");
    assertThat(secrets.listSecrets(r -> r.includePlannedDeletion(true)).secretList())
        .extracting(SecretListEntry::name)
        .containsExactly("kept", "marked");
  }

  @Test
  void given_a_lagging_list_when_a_secret_is_deleted_for_good_then_it_vanishes_at_once() {
    aws.createSecret("kept", "v");
    aws.createSecret("gone", "v");
    advance(Duration.ofMinutes(10));
    aws.listLag(Duration.ofMinutes(5));
    aws.secrets().vanish("gone");

    assertThat(secrets.listSecrets().secretList()).extracting(SecretListEntry::name).containsExactly("kept");
  }

  @Test
  void given_filters_when_listed_then_prefixes_count_with_case_and_negation() {
    aws.createSecret("app/a", "v");
    aws.createSecret("App/b", "v");
    aws.secrets().tag("App/b", Map.of("team", "x"));

    assertThat(secrets.listSecrets(r -> r.filters(filter(FilterNameStringType.NAME, "app/"))).secretList())
        .extracting(SecretListEntry::name)
        .containsExactly("app/a");
    assertThat(secrets.listSecrets(r -> r.filters(filter(FilterNameStringType.NAME, "!app/"))).secretList())
        .extracting(SecretListEntry::name)
        .containsExactly("App/b");
    assertThat(secrets.listSecrets(r -> r.filters(filter(FilterNameStringType.TAG_KEY, "te"))).secretList())
        .extracting(SecretListEntry::name)
        .containsExactly("App/b");
  }

  @Test
  void given_a_token_of_another_query_when_listed_then_refused() {
    aws.createSecret("a", "v");
    aws.createSecret("b", "v");
    String token = secrets.listSecrets(r -> r.maxResults(1)).nextToken();

    assertThat(errorOf(() -> secrets.listSecrets(r -> r.maxResults(1).nextToken(token).sortBy(SortByType.NAME))))
        .startsWith("400 InvalidNextTokenException");
  }

  @Test
  void given_101_results_when_listed_then_validation_refuses() {
    assertThat(errorOf(() -> secrets.listSecrets(r -> r.maxResults(101))))
        .isEqualTo(
            "400 ValidationException: 1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must"
                + " have value less than or equal to 100");
  }

  @Test
  void given_tags_that_leave_the_date_when_listed_then_only_the_tags_changed() {
    aws.tagsChangeDate(false);
    aws.createSecret("app", "one");
    advance(Duration.ofMinutes(1));
    aws.secrets().tag("app", Map.of("team", "x"));

    SecretListEntry entry = secrets.listSecrets().secretList().getFirst();

    assertThat(entry.tags()).hasSize(1);
    assertThat(entry.lastChangedDate()).isEqualTo(now().minus(Duration.ofMinutes(1)));
  }

  @Test
  void given_removed_tags_when_listed_then_they_are_gone() {
    aws.createSecret("app", "one");
    aws.secrets().tag("app", Map.of("team", "x"));
    secrets.untagResource(r -> r.secretId("app").tagKeys("team"));

    assertThat(secrets.listSecrets().secretList().getFirst().tags()).isEmpty();
  }
}
