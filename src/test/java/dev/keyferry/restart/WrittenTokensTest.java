package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WrittenTokensTest {

  private static final TokenMap OLD = new TokenMap(Map.of("db", "t1"));
  private static final TokenMap NEW = new TokenMap(Map.of("db", "t2"));

  private static final History ROLLED = History.NONE.restarted(Views.CHANGED);

  private final WrittenTokens written = new WrittenTokens();
  private final WorkloadView seen = Views.workload("true", Set.of("db"), OLD.tokens(), OLD.tokens());

  @Test
  void given_nothing_written_when_asked_then_what_is_seen() {
    assertThat(written.over(seen, "5")).isEqualTo(seen);
  }

  @Test
  void given_a_roll_when_the_informer_is_behind_then_all_of_it_is_the_written_one() {
    written.rolled(seen, NEW, ROLLED, "6");

    assertThat(written.over(seen, "5")).isEqualTo(seen.with(NEW, NEW, ROLLED, Rollout.UNSEEN));
  }

  @Test
  void given_a_roll_and_a_record_when_the_informer_is_behind_then_both_are_the_written_ones() {
    WorkloadView rolled = written.rolled(seen, NEW, ROLLED, "6");
    written.observed(rolled, NEW, ROLLED.complete(), "7");

    assertThat(written.over(seen, "6")).isEqualTo(seen.with(NEW, NEW, ROLLED.complete(), Rollout.UNSEEN));
  }

  @Test
  void given_writes_when_the_informer_has_caught_up_then_what_is_seen() {
    written.rolled(seen, NEW, ROLLED, "9");

    assertThat(written.over(seen, "10")).isEqualTo(seen);
    assertThat(written.over(seen, "8")).as("forgotten").isEqualTo(seen);
  }

  @Test
  void given_writes_to_a_workload_that_was_made_anew_when_asked_then_what_is_seen() {
    WorkloadView before =
        new WorkloadView(seen.key(), "uid-0", seen.optIn(), seen.references(), OLD, OLD, History.NONE, Rollout.UNSEEN, Wishes.NONE, 1, false, false, null);
    written.rolled(before, NEW, ROLLED, "6");

    assertThat(written.over(seen, "5")).isEqualTo(seen);
  }

  @Test
  void given_a_roll_when_the_informer_still_shows_the_old_rollout_complete_then_it_counts_as_begun() {
    WorkloadView complete = Views.rolling(seen, History.NONE, Rollout.Phase.COMPLETE);

    written.rolled(complete, NEW, ROLLED, "6");

    assertThat(written.over(complete, "5").rollout().phase()).isEqualTo(Rollout.Phase.PROGRESSING);
  }

  @ParameterizedTest
  @CsvSource({"9,10,false", "10,9,true", "10,10,true", "100000000000000000000,99999999999999999999,true", "x,1,false", "x,x,true", "1,x,false"})
  void given_two_versions_when_compared_then_later_or_the_same_has_reached(String seenVersion, String writtenVersion, boolean reached) {
    assertThat(WrittenTokens.reached(seenVersion, writtenVersion)).isEqualTo(reached);
  }
}
