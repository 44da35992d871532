package dev.keyferry.contract;

import static dev.keyferry.contract.Contract.codeOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.secretsmanager.model.Filter;
import software.amazon.awssdk.services.secretsmanager.model.FilterNameStringType;
import software.amazon.awssdk.services.secretsmanager.model.SecretListEntry;
import software.amazon.awssdk.services.secretsmanager.model.SortByType;
import software.amazon.awssdk.services.secretsmanager.model.SortOrderType;
import software.amazon.awssdk.services.secretsmanager.model.Tag;

/** Listing and describing secrets: what noticing change relies on. */
interface SecretListContract extends Contract {

  /** A tag. */
  Tag TEAM = Tag.builder().key("team").value("x").build();

  private void make(String name) {
    secrets().createSecret(r -> r.name(name).secretString("v"));
  }

  private static Filter filter(FilterNameStringType key, String value) {
    return Filter.builder().key(key).values(value).build();
  }

  private List<String> names() {
    return secrets().listSecrets().secretList().stream().map(SecretListEntry::name).toList();
  }

  @Test
  default void given_a_secret_when_listed_then_versions_and_change_date_come_without_a_value() {
    String version = secrets().createSecret(r -> r.name("app").secretString("v")).versionId();

    SecretListEntry entry = secrets().listSecrets().secretList().getFirst();

    assertThat(entry.secretVersionsToStages()).containsEntry(version, List.of("AWSCURRENT"));
    assertThat(entry.lastChangedDate()).isNotNull();
    assertThat(entry.arn()).contains(":secret:app-");
  }

  @Test
  default void given_more_secrets_than_a_page_when_listed_then_tokens_lead_through_all() {
    IntStream.range(0, 5).forEach(i -> make("s" + i));

    assertThat(secrets().listSecretsPaginator(r -> r.maxResults(2)).stream().flatMap(page -> page.secretList().stream()))
        .extracting(SecretListEntry::name)
        .containsExactlyInAnyOrder("s0", "s1", "s2", "s3", "s4");
  }

  @Test
  default void given_a_name_prefix_when_listed_then_only_those_come() {
    make("app/a");
    make("other/b");

    assertThat(secrets().listSecrets(r -> r.filters(filter(FilterNameStringType.NAME, "app/"))).secretList())
        .extracting(SecretListEntry::name)
        .containsExactly("app/a");
  }

  @Test
  default void given_deleted_secrets_when_listed_then_marked_ones_only_on_demand() {
    make("kept");
    make("marked");
    secrets().deleteSecret(r -> r.secretId("marked"));

    assertThat(names()).containsExactly("kept");
    assertThat(secrets().listSecrets(r -> r.includePlannedDeletion(true)).secretList())
        .filteredOn(entry -> entry.deletedDate() != null)
        .extracting(SecretListEntry::name)
        .containsExactly("marked");
  }

  @Test
  default void given_a_force_deleted_secret_when_listed_and_read_then_it_vanished() {
    make("app");
    secrets().deleteSecret(r -> r.secretId("app").forceDeleteWithoutRecovery(true));

    assertThat(secrets().listSecrets(r -> r.includePlannedDeletion(true)).secretList()).isEmpty();
    assertThat(codeOf(() -> secrets().getSecretValue(r -> r.secretId("app")))).isEqualTo("ResourceNotFoundException");
  }

  @Test
  default void given_a_secret_made_again_when_read_then_its_arn_is_another() {
    String before = secrets().createSecret(r -> r.name("app").secretString("v")).arn();
    secrets().deleteSecret(r -> r.secretId("app").forceDeleteWithoutRecovery(true));
    String after = secrets().createSecret(r -> r.name("app").secretString("v")).arn();

    assertThat(after).isNotEqualTo(before);
    assertThat(codeOf(() -> secrets().getSecretValue(r -> r.secretId(before)))).isEqualTo("ResourceNotFoundException");
  }

  @Test
  default void given_a_later_change_when_listed_by_change_then_it_comes_first() {
    make("a");
    make("b");
    make("c");
    passTime();
    secrets().putSecretValue(r -> r.secretId("b").secretString("w"));

    holds(
        Rule.LIST_SORTS_BY_CHANGE,
        () ->
            assertThat(secrets().listSecrets(r -> r.sortBy(SortByType.LAST_CHANGED_DATE).sortOrder(SortOrderType.DESC)).secretList())
                .extracting(SecretListEntry::name)
                .startsWith("b"));
  }

  @Test
  default void given_a_later_change_when_listed_by_change_then_pages_keep_the_order() {
    make("a");
    make("b");
    make("c");
    passTime();
    secrets().putSecretValue(r -> r.secretId("b").secretString("w"));
    passTime();
    secrets().putSecretValue(r -> r.secretId("c").secretString("w"));

    holds(
        Rule.LIST_SORTS_BY_CHANGE,
        () ->
            assertThat(
                    secrets()
                        .listSecretsPaginator(r -> r.sortBy(SortByType.LAST_CHANGED_DATE).sortOrder(SortOrderType.DESC).maxResults(1))
                        .stream()
                        .flatMap(page -> page.secretList().stream()))
                .extracting(SecretListEntry::name)
                .containsExactly("c", "b", "a"));
  }

  @Test
  default void given_a_deletion_when_it_is_scheduled_then_it_counts_as_a_change() {
    make("a");
    make("b");
    passTime();
    secrets().deleteSecret(r -> r.secretId("a"));

    holds(
        Rule.DELETION_IS_A_CHANGE,
        () -> {
          List<SecretListEntry> all = secrets().listSecrets(r -> r.includePlannedDeletion(true)).secretList();
          assertThat(all.stream().filter(entry -> entry.name().equals("a")).findFirst().orElseThrow().lastChangedDate())
              .isAfter(all.stream().filter(entry -> entry.name().equals("b")).findFirst().orElseThrow().lastChangedDate());
        });
  }

  @Test
  default void given_a_move_of_a_label_when_listed_then_it_stands_on_the_other_version() {
    String first = secrets().createSecret(r -> r.name("app").secretString("1")).versionId();
    String second = secrets().putSecretValue(r -> r.secretId("app").secretString("2")).versionId();
    secrets().updateSecretVersionStage(
        r -> r.secretId("app").versionStage("AWSCURRENT").removeFromVersionId(second).moveToVersionId(first));

    assertThat(secrets().listSecrets().secretList().getFirst().secretVersionsToStages().get(first)).contains("AWSCURRENT");
  }

  @Test
  default void given_versions_that_lost_their_labels_when_listed_then_they_are_left_out() {
    make("app");
    secrets().putSecretValue(r -> r.secretId("app").secretString("2"));
    secrets().putSecretValue(r -> r.secretId("app").secretString("3"));

    holds(
        Rule.ONLY_LABELLED_VERSIONS_ARE_LISTED,
        () -> assertThat(secrets().listSecrets().secretList().getFirst().secretVersionsToStages()).hasSize(2));
  }

  @Test
  default void given_a_secret_when_described_then_its_versions_stages_and_tags_come() {
    String version = secrets().createSecret(r -> r.name("app").secretString("v").tags(TEAM)).versionId();

    assertThat(secrets().describeSecret(r -> r.secretId("app")).versionIdsToStages()).containsEntry(version, List.of("AWSCURRENT"));
    assertThat(secrets().describeSecret(r -> r.secretId("app")).tags()).singleElement().matches(tag -> tag.value().equals("x"));
  }
}
