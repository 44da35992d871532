package dev.keyferry.restart;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a workload may be restarted: on some days of the week, between two times of a zone's clocks, such as
 * {@code Sat,Sun 02:00-04:00 Europe/Berlin}. A window that ends at or before its beginning ends on the next day. Where clocks skip its
 * beginning, it begins when they go on.
 *
 * @param days on which it begins
 * @param from when it begins, inclusive
 * @param to when it ends, exclusive
 * @param zone whose clocks count
 */
record Window(Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone) {

  private static final Pattern TEXT =
      Pattern.compile("(?:([A-Za-z,-]+)\\s+)?([0-2][0-9]:[0-5][0-9])-([0-2][0-9]:[0-5][0-9])(?:\\s+([A-Za-z0-9_/+-]+))?");
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final int MAX_TEXT = 128;
  private static final int A_WEEK = 8;

  /**
   * Reads a window.
   *
   * @param text days with commas or as {@code Mon-Fri} (left out: every day), two times, and a zone of the IANA database (left out: UTC)
   * @return empty where it is none
   */
  static Optional<Window> parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (text.length() > MAX_TEXT || !matcher.matches()) {
      return Optional.empty();
    }
    try {
      ZoneId zone = ZoneId.of(matcher.group(4) == null ? "UTC" : matcher.group(4));
      LocalTime from = LocalTime.parse(matcher.group(2));
      LocalTime to = LocalTime.parse(matcher.group(3));
      Optional<Set<DayOfWeek>> days = matcher.group(1) == null ? Optional.of(EnumSet.allOf(DayOfWeek.class)) : days(matcher.group(1));
      return days.map(set -> new Window(set, from, to, zone));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** When it is next open: now where it is open, else when it opens. */
  Instant next(Instant now) {
    LocalDate today = now.atZone(zone).toLocalDate();
    for (int day = -1; day <= A_WEEK; day++) {
      LocalDate date = today.plusDays(day);
      if (days.contains(date.getDayOfWeek())) {
        Instant opens = ZonedDateTime.of(date, from, zone).toInstant();
        Instant closes = ZonedDateTime.of(to.isAfter(from) ? date : date.plusDays(1), to, zone).toInstant();
        if (now.isBefore(closes) && opens.isBefore(closes)) {
          return now.isBefore(opens) ? opens : now;
        }
      }
    }
    return now;
  }

  private static Optional<Set<DayOfWeek>> days(String text) {
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (String part : text.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] ends = part.split("-", -1);
      int first = DAYS.indexOf(ends[0]);
      int last = DAYS.indexOf(ends[ends.length - 1]);
      if (ends.length > 2 || first < 0 || last < 0) {
        return Optional.empty();
      }
      for (int day = first; day != last; day = (day + 1) % 7) {
        days.add(DayOfWeek.of(day + 1));
      }
      days.add(DayOfWeek.of(last + 1));
    }
    return Optional.of(days);
  }
}
