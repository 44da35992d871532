package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinsTest {

  /* What the target held and holds, as source=version with spaces; which moved by a pin. */
  @ParameterizedTest
  @CsvSource({
    "db@pinned=v1,           db@pinned=v2,           db",
    "db=v2,                  db@pinned=v1,           db",
    "db@pinned=v1,           db=v2,                  db",
    "db@pinned=v1 api=v1,    db@pinned=v2 api=v2,    db",
    "db@pinned=v1,           db@pinned=v1,           ''",
    "db=v1,                  db@pinned=v1,           ''",
    "db=v1,                  db=v2,                  ''",
    "api=v1,                 db@pinned=v1,           ''",
    "db@pinned=v1,           db@pinned=v1 db=v2,     ''",
    "db@pinned=v1,           api=v1,                 ''",
    "b@pinned=v1 a@pinned=v1, a@pinned=v2 b@pinned=v2, 'a b'",
  })
  void given_what_a_target_held_when_written_then_the_sources_that_a_pin_moved_are_found(String before, String after, String moved) {
    List<SourceStatus> held =
        parts(before).stream().map(part -> new SourceStatus(part[0], part[1], List.of(), "eu-west-1", null)).toList();
    List<Fetched.Found> found = parts(after).stream().map(PinsTest::found).toList();

    assertThat(String.join(" ", Pins.moved(held, found))).isEqualTo(moved);
  }

  private static List<String[]> parts(String text) {
    return Arrays.stream(text.split(" ")).map(part -> part.split("=")).toList();
  }

  private static Fetched.Found found(String[] part) {
    boolean pinned = part[0].endsWith(Pins.SUFFIX);
    VersionSelector version = pinned ? new VersionSelector.Id(part[1]) : VersionSelector.CURRENT;
    SourceRef ref = new SourceRef(SourceService.SECRETS_MANAGER, part[0].replace(Pins.SUFFIX, ""), version);
    return new Fetched.Found(ref, new Revision("arn", part[1]), Payload.ofText("x"), List.of(), null);
  }
}
