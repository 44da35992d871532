package dev.keyferry.reconcile;

import static dev.keyferry.reconcile.Syncs.found;
import static dev.keyferry.reconcile.Syncs.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.api.v1.TargetStatus;
import dev.keyferry.source.Fetched;
import dev.keyferry.status.Outcome;
import dev.keyferry.status.Verdict;
import dev.keyferry.write.WriteResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SyncStatusTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.5Z");
  private static final Instant SECOND = Instant.parse("2026-01-01T00:00:00Z");
  private static final Verdict SYNCED = Verdict.of(new Outcome.Written(new WriteResult.Created("t")));

  private final ExternalSecretStatus created = written(SyncStatus.NONE, new WriteResult.Created("t1"), List.of(found(ref("db"), "v1", "x")));

  @Test
  void given_a_created_target_when_stated_then_it_tells_revision_target_and_time() {
    assertThat(created.sources())
        .containsExactly(
            new SourceStatus("db", "v1", List.of("AWSCURRENT"), "eu-central-1", Instant.parse("2025-12-31T23:00:00Z")));
    assertThat(created.target()).isEqualTo(new TargetStatus("target", "t1"));
    assertThat(created.lastChangedTime()).isEqualTo(SECOND);
    assertThat(created.observedGeneration()).isEqualTo(4L);
  }

  @Test
  void given_an_unchanged_target_when_stated_later_then_the_status_is_the_same() {
    Instant later = NOW.plusSeconds(1000);
    ExternalSecretStatus judged = SyncStatus.judged(created, SYNCED, 4L, later);

    assertThat(SyncStatus.written(judged, new WriteResult.Unchanged("t1"), "target", "eu-central-1", List.of(found(ref("db"), "v1", "x")), later))
        .isEqualTo(created);
  }

  @Test
  void given_a_repair_when_stated_then_the_content_has_not_changed() {
    assertThat(written(created, new WriteResult.Updated("t1", true), List.of(found(ref("db"), "v1", "x")), NOW.plusSeconds(1000)))
        .isEqualTo(created);
  }

  @Test
  void given_an_update_when_stated_then_the_time_moves() {
    Instant later = NOW.plusSeconds(1000);

    assertThat(written(created, new WriteResult.Updated("t2", false), List.of(found(ref("db"), "v2", "x")), later).lastChangedTime())
        .isEqualTo(SECOND.plusSeconds(1000));
  }

  @Test
  void given_a_failure_when_judged_then_what_the_target_holds_stays_told() {
    ExternalSecretStatus failed = SyncStatus.judged(created, Verdict.of(new Outcome.NotRendered("bad")), 5L, NOW);

    assertThat(failed.sources()).isEqualTo(created.sources());
    assertThat(failed.target()).isEqualTo(created.target());
    assertThat(failed.lastChangedTime()).isEqualTo(created.lastChangedTime());
    assertThat(failed.observedGeneration()).isEqualTo(5L);
  }

  @Test
  void given_a_deleted_target_when_stated_then_neither_it_nor_sources_are_told_and_a_second_time_changes_nothing() {
    Instant later = NOW.plusSeconds(60);

    ExternalSecretStatus deleted = SyncStatus.deleted(created, later);

    assertThat(deleted.target()).isNull();
    assertThat(deleted.sources()).isEmpty();
    assertThat(deleted.lastChangedTime()).isEqualTo(SECOND.plusSeconds(60));
    assertThat(SyncStatus.deleted(deleted, later.plusSeconds(60))).isEqualTo(deleted);
  }

  @Test
  void given_more_sources_than_a_status_lists_when_stated_then_the_first_hundred_by_name_stand() {
    List<Fetched.Found> found = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      found.add(found(ref("k%03d".formatted(i)), "v", "x"));
    }
    Collections.reverse(found);

    List<SourceStatus> sources = written(SyncStatus.NONE, new WriteResult.Created("t"), found).sources();

    assertThat(sources).hasSize(100).extracting(SourceStatus::key).isSorted().startsWith("k000").endsWith("k099");
  }

  @Test
  void given_versions_of_one_source_when_stated_then_they_can_be_told_apart() {
    assertThat(
            written(
                    SyncStatus.NONE,
                    new WriteResult.Created("t"),
                    List.of(found(ref("db", "uuid/9"), "9", "x"), found(ref("db", "AWSPREVIOUS"), "1", "x"), found(ref("db"), "2", "x")))
                .sources())
        .extracting(SourceStatus::key)
        .containsExactly("db", "db@AWSPREVIOUS", "db@pinned");
  }

  @Test
  void given_policy_none_when_stated_then_no_target_is_told() {
    assertThat(written(SyncStatus.NONE, new WriteResult.Unchanged(null), List.of(found(ref("db"), "v1", "x"))).target()).isNull();
  }

  private static ExternalSecretStatus written(ExternalSecretStatus before, WriteResult result, List<Fetched.Found> found) {
    return written(before, result, found, NOW);
  }

  private static ExternalSecretStatus written(ExternalSecretStatus before, WriteResult result, List<Fetched.Found> found, Instant now) {
    return SyncStatus.written(SyncStatus.judged(before, SYNCED, 4L, now), result, "target", "eu-central-1", found, now);
  }
}
