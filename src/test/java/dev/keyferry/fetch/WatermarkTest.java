package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WatermarkTest {

  private static final Instant OURS = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant THEIRS = Instant.parse("2031-07-01T00:00:00Z");

  private static Instant ours(int minute) {
    return OURS.plus(Duration.ofMinutes(minute));
  }

  private static Instant theirs(int minute) {
    return THEIRS.plus(Duration.ofMinutes(minute));
  }

  @Test
  void given_no_pass_when_asked_then_everything_has_to_be_looked_at() {
    assertThat(Watermark.NONE.floor()).isNull();
  }

  @Test
  void given_one_pass_when_asked_then_the_last_ten_minutes_before_its_newest_date_are_looked_at_again() {
    assertThat(Watermark.NONE.after(ours(0), theirs(0)).floor()).isEqualTo(theirs(-10));
  }

  @Test
  void given_a_pass_ten_minutes_after_another_when_nothing_changed_then_nothing_old_is_looked_at_again() {
    Watermark watermark = Watermark.NONE.after(ours(0), theirs(0)).after(ours(10), theirs(0));

    assertThat(watermark.floor()).isEqualTo(theirs(0));
  }

  @Test
  void given_a_pass_sooner_after_another_when_asked_then_the_overlap_stays() {
    Watermark watermark = Watermark.NONE.after(ours(0), theirs(0)).after(ours(9), theirs(0));

    assertThat(watermark.floor()).isEqualTo(theirs(-10));
  }

  @Test
  void given_changes_all_the_time_when_asked_then_the_floor_is_ten_minutes_behind_what_was_shown() {
    Watermark watermark = Watermark.NONE;
    for (int minute = 0; minute <= 60; minute += 5) {
      watermark = watermark.after(ours(minute), theirs(minute));
      assertThat(watermark.floor()).isEqualTo(theirs(minute - 10));
    }
    assertThat(watermark.passes()).hasSizeLessThanOrEqualTo(3);
  }

  @Test
  void given_a_list_whose_newest_secret_vanished_when_asked_then_the_floor_does_not_go_back() {
    Watermark watermark = Watermark.NONE.after(ours(0), theirs(0)).after(ours(5), theirs(-60));

    assertThat(watermark.floor()).isEqualTo(theirs(-10));
  }
}
