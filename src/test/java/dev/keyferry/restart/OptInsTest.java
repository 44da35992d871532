package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.kube.TargetRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who has the last word: the workload, the ExternalSecret, the namespace, the operator. Deployment web references Secrets db and api. */
class OptInsTest {

  private final TargetTokens targets = new TargetTokens();

  /* "on" enables, "off" refuses, "me" and "other" enable for that workload alone, "-" says nothing. What restarts it, with spaces. */
  @ParameterizedTest
  @CsvSource({
    "-,        -,     -,         Off,      ''",
    "-,        -,     -,         On,       'api db'",
    "-,        -,     false,     On,       ''",
    "-,        -,     true,      Off,      'api db'",
    "-,        -,     nonsense,  On,       'api db'",
    "-,        on,    -,         Off,      'db'",
    "-,        on,    false,     Off,      'db'",
    "-,        on,    true,      Off,      'api db'",
    "-,        off,   true,      On,       'api'",
    "-,        off,   -,         Off,      ''",
    "-,        me,    -,         Off,      'db'",
    "-,        other, -,         Off,      ''",
    "-,        other, true,      On,       'api'",
    "true,     -,     false,     Off,      'api db'",
    "true,     off,   false,     Off,      'api db'",
    "true,     other, false,     Off,      'api db'",
    "false,    on,    true,      On,       ''",
    "false,    me,    true,      On,       ''",
    "api,      on,    true,      On,       'api'",
    "api,      me,    true,      On,       'api'",
    "yes!,     on,    true,      On,       ''",
  })
  void given_what_each_says_when_resolved_then_the_nearest_wins(
      String workload, String externalSecret, String namespace, String operator, String restarts) {
    OptIns optIns = new OptIns(targets, operator.equals("On"));
    optIns.namespaceSays("shop", said(namespace));
    db(wish(externalSecret));

    WorkloadView resolved = optIns.resolved(Views.workload(said(workload), Set.of("db", "api"), Map.of(), Map.of()));

    assertThat(String.join(" ", resolved.secrets().stream().sorted().toList())).isEqualTo(restarts);
  }

  @Test
  void given_a_target_that_names_a_workload_without_a_reference_when_resolved_then_it_restarts_it() {
    db(wish("me"));

    assertThat(off().resolved(Views.workload(null, Set.of(), Map.of(), Map.of())).secrets()).containsExactly("db");
    assertThat(off().resolved(Views.workload("true", Set.of("api"), Map.of(), Map.of())).secrets()).containsExactly("api", "db");
    assertThat(off().resolved(Views.workload("api", Set.of("api"), Map.of(), Map.of())).secrets()).containsExactly("api");
  }

  @Test
  void given_two_external_secrets_in_one_target_when_one_of_them_wants_it_then_it_restarts() {
    targets.put(new SecretKey("shop", "db"), Map.of("a", record("a", wish("off")), "b", record("b", wish("on"))));

    assertThat(off().resolved(Views.workload(null, Set.of("db"), Map.of(), Map.of())).secrets()).containsExactly("db");
  }

  @Test
  void given_a_target_that_is_gone_or_says_so_no_more_when_resolved_then_nothing_restarts() {
    WorkloadView workload = Views.workload(null, Set.of("db"), Map.of(), Map.of());
    db(wish("me"));
    db(null);
    assertThat(off().resolved(workload).secrets()).isEmpty();
    db(wish("me"));
    targets.remove(new SecretKey("shop", "db"));
    assertThat(off().resolved(workload).secrets()).isEmpty();
    assertThat(targets.naming(workload.key())).isEmpty();
  }

  @Test
  void given_a_namespace_when_it_says_the_same_again_then_it_is_no_news() {
    OptIns optIns = off();

    assertThat(Arrays.asList(null, "true", "true", "false", "false", null, null).stream().map(said -> optIns.namespaceSays("shop", said)))
        .containsExactly(false, true, false, true, false, true, false);
  }

  @Test
  void given_another_namespace_when_resolved_then_what_it_says_does_not_count() {
    OptIns optIns = off();
    optIns.namespaceSays("other", "true");
    targets.put(new SecretKey("other", "db"), Map.of("db", record("db", wish("on"))));

    assertThat(optIns.resolved(Views.workload(null, Set.of("db"), Map.of(), Map.of())).secrets()).isEmpty();
  }

  @Test
  void given_windows_of_external_secrets_when_all_that_moved_have_one_then_the_first_to_open_counts() {
    Instant friday = Instant.parse("2026-01-02T12:00:00Z");
    targets.put(new SecretKey("shop", "db"), Map.of("db", record("db", window("Sun 02:00-04:00", "1h"))));
    targets.put(new SecretKey("shop", "api"), Map.of("api", record("api", window("Sat 02:00-04:00", "2h"))));
    targets.put(new SecretKey("shop", "free"), Map.of("free", record("free", wish("on"))));
    WorkloadView workload = Views.workload("true", Set.of("db", "api", "free"), Map.of(), Map.of());

    assertThat(targets.wishes(workload, Set.of("db", "api"), friday).window()).isEqualTo(Window.parse("Sat 02:00-04:00").orElseThrow());
    assertThat(targets.wishes(workload, Set.of("db"), friday).maxDefer()).isEqualTo(Duration.ofHours(1));
    assertThat(targets.wishes(workload, Set.of("db", "free"), friday).window()).isNull();
    assertThat(targets.wishes(workload, Set.of("unknown"), friday).window()).isNull();
  }

  @Test
  void given_a_window_of_the_workloads_own_when_asked_then_it_wins() {
    targets.put(new SecretKey("shop", "db"), Map.of("db", record("db", window("Sun 02:00-04:00", null))));
    WorkloadView view = Views.workload("true", Set.of("db"), Map.of(), Map.of());
    Wishes own = Wishes.parse(null, "Mon 01:00-02:00", null);
    WorkloadView workload =
        new WorkloadView(
            view.key(), view.uid(), view.optIn(), view.references(), view.template(), view.observed(), view.history(), view.rollout(), own, 1,
            false, false, null);

    assertThat(targets.wishes(workload, Set.of("db"), Views.CHANGED)).isEqualTo(own);
  }

  @Test
  void given_only_another_wish_when_a_target_is_told_then_it_is_news_and_its_token_is_the_same() {
    WorkloadView workload = Views.workload("true", Set.of("db"), Map.of(), Map.of());
    db(null);
    Map<String, TargetToken> before = targets.of(workload);

    assertThat(targets.put(new SecretKey("shop", "db"), Map.of("db", record("db", wish("on"))))).isTrue();
    assertThat(targets.of(workload)).isEqualTo(before);
    assertThat(targets.put(new SecretKey("shop", "db"), Map.of("db", record("db", wish("on"))))).isFalse();
  }

  private OptIns off() {
    return new OptIns(targets, false);
  }

  private void db(TargetRecord.Restart wish) {
    Map<String, TargetRecord> records = new HashMap<>(Map.of("db", record("db", wish)));
    targets.put(new SecretKey("shop", "db"), records);
  }

  private static String said(String text) {
    return text.equals("-") ? null : text;
  }

  private static TargetRecord.Restart wish(String word) {
    return switch (word) {
      case "on" -> new TargetRecord.Restart(true, List.of(), null, null);
      case "off" -> new TargetRecord.Restart(false, List.of(), null, null);
      case "me" -> new TargetRecord.Restart(true, List.of("Deployment/web"), null, null);
      case "other" -> new TargetRecord.Restart(true, List.of("StatefulSet/web", "Deployment/other"), null, null);
      default -> null;
    };
  }

  private static TargetRecord.Restart window(String window, String maxDefer) {
    return new TargetRecord.Restart(null, List.of(), window, maxDefer);
  }

  private static TargetRecord record(String name, TargetRecord.Restart wish) {
    return new TargetRecord(name, "u", "t1", false, "2026-01-01T00:00:00Z", "k", Map.of(), null, wish, false);
  }
}
