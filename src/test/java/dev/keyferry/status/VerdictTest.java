package dev.keyferry.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.fetch.Answer;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.store.StorePlan;
import dev.keyferry.store.StoreResolution;
import dev.keyferry.write.Refusal;
import dev.keyferry.write.WriteResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final SourceRef REF = new SourceRef(SourceService.SECRETS_MANAGER, "db", VersionSelector.CURRENT);

  @Test
  void given_every_outcome_when_judged_then_the_table_is_the_recorded_one() {
    String table =
        outcomes().entrySet().stream()
            .map(
                entry -> {
                  Verdict verdict = Verdict.of(entry.getValue());
                  return "%-42s %-8s %-24s %-12s %s"
                      .formatted(
                          entry.getKey(),
                          verdict.ready().word(),
                          verdict.reason().word(),
                          verdict.progress(),
                          verdict.again().map(Object::toString).orElse("-"));
                })
            .collect(Collectors.joining("\n", "", "\n"));

    assertThat(table).isEqualTo(recorded("verdicts.txt"));
  }

  @Test
  void given_the_reasons_when_listed_then_their_words_are_the_recorded_ones() {
    String words = Arrays.stream(Reason.values()).map(Reason::word).collect(Collectors.joining("\n", "", "\n"));

    assertThat(words).isEqualTo(recorded("reasons.txt"));
  }

  @Test
  void given_the_outcomes_of_this_table_when_counted_then_no_class_and_no_reason_of_an_external_secret_is_left_out() {
    Set<Class<?>> judged = outcomes().values().stream().map(Object::getClass).collect(Collectors.toSet());
    assertThat(judged).containsExactlyInAnyOrder(Outcome.class.getPermittedSubclasses());

    Set<Reason> reasons = outcomes().values().stream().map(outcome -> Verdict.of(outcome).reason()).collect(Collectors.toSet());
    assertThat(reasons)
        .containsAll(
            Arrays.stream(Reason.values()).filter(reason -> reason != Reason.IDENTITY_VERIFIED).collect(Collectors.toSet()));
  }

  @Test
  void given_a_reason_when_worded_then_it_is_one_word_that_no_other_has() {
    assertThat(Arrays.stream(Reason.values()).map(Reason::word)).doesNotHaveDuplicates().allMatch(word -> word.matches("[A-Z][A-Za-z]+"));
  }

  @Test
  void given_several_failures_when_judged_then_the_first_speaks_and_the_others_are_counted() {
    Answer.Failed denied = failed(failure(FailureKind.ACCESS_DENIED));
    Answer.Failed gone = failed(failure(FailureKind.NOT_FOUND));

    assertThat(Verdict.of(new Outcome.NotFetched(List.of(denied, gone))).message())
        .isEqualTo("access_denied (and 1 more source cannot be read)");
    assertThat(Verdict.of(new Outcome.NotFetched(List.of(denied, gone, gone))).message())
        .isEqualTo("access_denied (and 2 more sources cannot be read)");
  }

  @Test
  void given_a_usable_store_when_judged_as_missing_then_it_is_a_bug() {
    StorePlan plan =
        new StorePlan(
            "SecretStore a/b",
            SourceService.SECRETS_MANAGER,
            new IdentitySpec(new IdentitySpec.OperatorBase(), List.of(), "r", "a@b"),
            "r",
            null);

    assertThatThrownBy(() -> Verdict.ofStore(new StoreResolution.Usable(plan))).isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, Outcome> outcomes() {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    outcomes.put("Suspended", new Outcome.Suspended());
    outcomes.put("SpecInvalid", new Outcome.SpecInvalid("m"));
    outcomes.put("NoStore Missing", new Outcome.NoStore(new StoreResolution.Missing("m")));
    outcomes.put("NoStore NotAdmitted", new Outcome.NoStore(new StoreResolution.NotAdmitted("m")));
    outcomes.put("NoStore Invalid", new Outcome.NoStore(new StoreResolution.Invalid("m")));
    outcomes.put("NoStore Referent", new Outcome.NoStore(new StoreResolution.Referent("m")));
    outcomes.put("KeyNotAllowed", new Outcome.KeyNotAllowed("m"));
    for (FailureKind kind : FailureKind.values()) {
      outcomes.put("NoIdentity " + kind, new Outcome.NoIdentity(failure(kind)));
    }
    for (FailureKind kind : FailureKind.values()) {
      outcomes.put("NotFetched " + kind, new Outcome.NotFetched(List.of(failed(failure(kind)))));
    }
    outcomes.put("NotRendered", new Outcome.NotRendered("m"));
    outcomes.put("Deleted", new Outcome.Deleted());
    for (WriteResult result : results()) {
      String refusal = result instanceof WriteResult.Refused(var why, _) ? " " + why : "";
      String detail = result instanceof WriteResult.Unchanged(var token) && token == null ? " by policy None" : refusal;
      outcomes.put("Written " + result.getClass().getSimpleName() + detail, new Outcome.Written(result));
    }
    return outcomes;
  }

  private static List<WriteResult> results() {
    List<WriteResult> results = new ArrayList<>();
    results.add(new WriteResult.Created("t"));
    results.add(new WriteResult.Updated("t", false));
    results.add(new WriteResult.Unchanged("t"));
    results.add(new WriteResult.Unchanged(null));
    results.add(new WriteResult.Absent("m"));
    Arrays.stream(Refusal.values()).forEach(refusal -> results.add(new WriteResult.Refused(refusal, "m")));
    results.add(new WriteResult.Failed("m"));
    return results;
  }

  private static Answer.Failed failed(SourceFailure failure) {
    return new Answer.Failed(REF, failure, 3, false);
  }

  private static SourceFailure failure(FailureKind kind) {
    String message = kind.label();
    return switch (kind) {
      case ACCESS_DENIED -> new SourceFailure.AccessDenied(null, null, null, message);
      case NOT_FOUND -> new SourceFailure.NotFound(message);
      case MARKED_FOR_DELETION -> new SourceFailure.MarkedForDeletion(message);
      case DECRYPTION -> new SourceFailure.Decryption(message);
      case THROTTLED -> new SourceFailure.Throttled(message);
      case SERVER_FAULT -> new SourceFailure.ServerFault(message);
      case NETWORK -> new SourceFailure.Network(message);
      case CREDENTIALS -> new SourceFailure.Credentials(message);
      case INVALID_REQUEST -> new SourceFailure.InvalidRequest(message);
    };
  }

  private static String recorded(String file) {
    try (var in = Objects.requireNonNull(VerdictTest.class.getResourceAsStream(file), file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
