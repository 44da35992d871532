package dev.keyferry.write;

import static dev.keyferry.write.WriteFixtures.NOW;
import static dev.keyferry.write.WriteFixtures.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.TargetRecord;
import dev.keyferry.source.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokensTest {

  private final TargetRecord first = next(null, Map.of("a", "arn@1", "b", "arn@1"));

  @Test
  void given_a_first_sync_when_recorded_then_the_token_is_initial() {
    assertThat(first.initial()).isTrue();
    assertThat(first.changed()).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(first.token()).hasSize(16);
  }

  @Test
  void given_the_same_revisions_when_recorded_then_the_record_is_the_same() {
    assertThat(next(first, Map.of("b", "arn@1", "a", "arn@1"))).isEqualTo(first);
  }

  @Test
  void given_a_ref_that_moved_when_recorded_then_the_token_advances() {
    TargetRecord after = next(first, Map.of("a", "arn@2", "b", "arn@1"));

    assertThat(after.token()).isNotEqualTo(first.token());
    assertThat(after.initial()).isFalse();
    assertThat(after.changed()).isEqualTo("2026-01-01T01:00:00Z");
  }

  @Test
  void given_a_ref_that_was_added_when_recorded_then_the_token_stays() {
    TargetRecord after = next(first, Map.of("a", "arn@1", "b", "arn@1", "c", "arn@9"));

    assertThat(after.token()).isEqualTo(first.token());
    assertThat(after.initial()).isTrue();
    assertThat(after.revisions()).hasSize(3);
  }

  @Test
  void given_an_added_ref_when_it_moves_later_then_the_token_advances() {
    TargetRecord added = next(first, Map.of("a", "arn@1", "b", "arn@1", "c", "arn@9"));

    assertThat(next(added, Map.of("a", "arn@1", "b", "arn@1", "c", "arn@10")).token()).isNotEqualTo(first.token());
  }

  @Test
  void given_a_pinned_ref_that_moved_when_recorded_then_the_token_stays_and_the_record_tells_it_from_drift() {
    WriteRequest before = request(CreationPolicy.OWNER, Map.of("k", "v"), Map.of("a", "arn@1"));
    TargetRecord old = Tokens.next(pinned(before, "arn@7"), Optional.empty(), NOW);
    TargetRecord after = Tokens.next(pinned(before, "arn@8"), Optional.of(old), NOW);

    assertThat(after.token()).isEqualTo(old.token());
    assertThat(after).isNotEqualTo(old);
  }

  /** Seconds between three moves, and when the series of the last one began (- where it is alone). */
  @ParameterizedTest
  @CsvSource({"60, 60, 2026-01-01T02:00:00Z", "119, 119, 2026-01-01T02:00:00Z", "300, 60, 2026-01-01T02:05:00Z", "60, 120, -"})
  void given_moves_in_quick_succession_when_recorded_then_the_first_of_them_is_remembered(int second, int third, String since) {
    Instant at = NOW.plus(Duration.ofHours(2));
    TargetRecord one = moved(first, "2", at);
    TargetRecord two = moved(one, "3", at.plusSeconds(second));
    TargetRecord three = moved(two, "4", at.plusSeconds(second + third));

    assertThat(one.since()).isNull();
    assertThat(three.since()).isEqualTo(since.equals("-") ? null : since);
    assertThat(moved(three, "4", at.plusSeconds(9_999))).isEqualTo(three);
    assertThat(TargetRecord.parse(three.text())).contains(three);
  }

  /** Else a pod template that was undone to the state of then would seem to run with what was rolled back to. */
  @Test
  void given_a_source_that_goes_back_to_its_old_version_when_recorded_then_the_token_is_not_the_old_one() {
    TargetRecord one = moved(first, "2", NOW);
    TargetRecord two = moved(one, "3", NOW);
    TargetRecord back = moved(two, "2", NOW);

    assertThat(back.revisions()).isEqualTo(one.revisions());
    assertThat(back.token()).isNotIn(first.token(), one.token(), two.token());
    assertThat(moved(two, "2", NOW.plusSeconds(60)).token()).isEqualTo(back.token());
  }

  private static TargetRecord moved(TargetRecord before, String version, Instant now) {
    WriteRequest request = request(CreationPolicy.OWNER, Map.of("k", "v"), Map.of("a", "arn@" + version, "b", "arn@1"));
    return Tokens.next(request, Optional.of(before), now);
  }

  private static WriteRequest pinned(WriteRequest request, String revision) {
    return new WriteRequest(
        request.owner(),
        request.target(),
        request.creation(),
        request.immutable(),
        request.secret(),
        request.revisions(),
        Map.of("pinned", revision));
  }

  @Test
  void given_a_ref_that_was_removed_when_recorded_then_the_token_stays() {
    assertThat(next(first, Map.of("a", "arn@1")).token()).isEqualTo(first.token());
  }

  @Test
  void given_one_ref_replaced_by_another_when_recorded_then_the_token_stays() {
    assertThat(next(first, Map.of("a", "arn@1", "other", "arn@5")).token()).isEqualTo(first.token());
  }

  @Test
  void given_a_rollback_when_recorded_then_the_token_advances_again() {
    TargetRecord second = next(first, Map.of("a", "arn@2", "b", "arn@1"));
    TargetRecord third = next(second, Map.of("a", "arn@1", "b", "arn@1"));

    assertThat(third.token()).isNotEqualTo(second.token());
    assertThat(third.initial()).isFalse();
  }

  @Test
  void given_a_failover_to_a_replica_when_recorded_then_the_token_stays() {
    TargetRecord primary = next(null, Map.of("a", new Revision("arn:aws:secretsmanager:eu-central-1:1:secret:db-x", "v1").restartForm()));
    TargetRecord replica = next(primary, Map.of("a", new Revision("arn:aws:secretsmanager:us-east-1:1:secret:db-x", "v1").restartForm()));

    assertThat(replica).isEqualTo(primary);
  }

  @Test
  void given_the_same_name_made_anew_in_aws_when_recorded_then_the_token_advances() {
    TargetRecord before = next(null, Map.of("a", new Revision("arn:aws:secretsmanager:r:1:secret:db-AAAAAA", "v1").restartForm()));

    assertThat(next(before, Map.of("a", new Revision("arn:aws:secretsmanager:r:1:secret:db-BBBBBB", "v1").restartForm())).token())
        .isNotEqualTo(before.token());
  }

  @Test
  void given_any_history_when_recorded_then_the_token_advances_only_when_a_kept_ref_moved() {
    Random random = new Random(23);
    Map<String, String> revisions = new HashMap<>(Map.of("r0", "0"));
    TargetRecord record = next(null, revisions);
    for (int step = 0; step < 2_000; step++) {
      Map<String, String> after = new HashMap<>(revisions);
      String ref = "r" + random.nextInt(8);
      switch (random.nextInt(3)) {
        case 0 -> after.remove(ref);
        case 1 -> after.put(ref, String.valueOf(step + 1));
        default -> after.put("r" + random.nextInt(8), String.valueOf(random.nextInt(3)));
      }
      Map<String, String> before = revisions;
      boolean moved = after.entrySet().stream().anyMatch(e -> before.containsKey(e.getKey()) && !before.get(e.getKey()).equals(e.getValue()));

      TargetRecord following = next(record, after);

      if (moved) {
        assertThat(following.initial()).as("step " + step).isFalse();
      } else {
        assertThat(following.token()).as("step " + step).isEqualTo(record.token());
        assertThat(following.changed()).isEqualTo(record.changed());
      }
      revisions = after;
      record = following;
    }
  }

  private static TargetRecord next(TargetRecord previous, Map<String, String> revisions) {
    return Tokens.next(
        request(CreationPolicy.OWNER, Map.of("k", "v"), revisions), Optional.ofNullable(previous), previous == null ? NOW : NOW.plusSeconds(3600));
  }
}
