package dev.keyferry.fetch;

import static dev.keyferry.fetch.PlannerRig.ref;
import static dev.keyferry.fetch.PlannerRig.scope;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lives through random histories of requests, rotations, failures and time, and compares what the planner does with what it promises. */
@Timeout(120)
class FetchPlannerModelTest {

  private static final List<Scope> SCOPES = List.of(scope("red"), scope("blue"));
  private static final List<Duration> INTERVALS = List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofHours(1));
  private static final Duration SHORTEST = Duration.ofSeconds(48);
  private static final List<SourceFailure> FAILURES =
      List.of(
          new SourceFailure.ServerFault("slow down"),
          new SourceFailure.AccessDenied(null, null, null, "no"),
          new SourceFailure.NotFound("gone"));

  private final Map<String, FetchRequest> wanted = new HashMap<>();
  private final Map<String, String> versions = new HashMap<>();
  private final Set<String> failing = new HashSet<>();

  /** The revision that each owner was last answered with, by source. */
  private final Map<String, Map<SourceRef, String>> held = new HashMap<>();

  private final Map<SourceKey, Instant> lastRead = new HashMap<>();
  private int seenCalls;
  private int spacings;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void given_a_random_history_when_lived_through_then_every_promise_holds(long seed) {
    Random random = new Random(seed);
    PlannerRig rig = PlannerRig.started(seed % 2 == 0 ? 1 : 20);
    for (int step = 0; step < 600; step++) {
      act(rig, random);
      checkPace(rig);
      answerTheTold(rig);
    }

    failing.forEach(rig.source::heal);
    for (int minute = 0; minute < 66; minute++) {
      rig.pass(Duration.ofMinutes(1));
    }
    answerTheTold(rig);

    checkEveryOwnerHoldsWhatIsThere();
    assertThat(spacings).isGreaterThan(100);
    Set<SourceKey> sources = new HashSet<>();
    wanted.values().forEach(request -> request.refs().forEach(one -> sources.add(new SourceKey(request.scope(), one))));
    assertThat(rig.planner.tracked()).isEqualTo(sources.size());
    assertThat(rig.planner.queued()).isZero();
  }

  private void act(PlannerRig rig, Random random) {
    String key = "k" + random.nextInt(12);
    String owner = "o" + random.nextInt(10);
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> {
        Set<SourceRef> refs = new HashSet<>();
        random.ints(1 + random.nextInt(4), 0, 12).forEach(i -> refs.add(ref("k" + i)));
        fetch(
            rig,
            new FetchRequest(
                owner, SCOPES.get(random.nextInt(2)), refs, INTERVALS.get(random.nextInt(3)), false));
      }
      case 3 -> {
        rig.planner.forget(owner);
        wanted.remove(owner);
        held.remove(owner);
      }
      case 4 -> {
        String version = "v" + random.nextInt(1_000_000);
        versions.put(key, version);
        rig.source.version(key, version);
      }
      case 5 -> {
        failing.add(key);
        rig.source.fail(key, FAILURES.get(random.nextInt(FAILURES.size())));
      }
      case 6 -> {
        failing.remove(key);
        rig.source.heal(key);
      }
      default -> rig.pass(Duration.ofSeconds(1 + random.nextInt(90)));
    }
  }

  private void fetch(PlannerRig rig, FetchRequest request) {
    Map<SourceRef, Answer> answers = rig.fetch(request);
    wanted.put(request.owner(), request);
    assertThat(answers.keySet()).isEqualTo(request.refs());
    Map<SourceRef, String> revisions = new HashMap<>();
    answers.forEach(
        (one, answer) -> {
          assertThat(answer.ref()).isEqualTo(one);
          if (answer instanceof Answer.Ready(var found)) {
            assertThat(found.payload().text())
                .isEqualTo(request.scope().identity().digest() + "|" + one.key() + "|" + found.revision().version());
            revisions.put(one, found.revision().version());
          }
        });
    held.put(request.owner(), revisions);
  }

  /* An owner that is told asks again, as a reconcile does. */
  private void answerTheTold(PlannerRig rig) {
    while (!rig.told.isEmpty()) {
      String owner = rig.told.removeFirst();
      FetchRequest request = wanted.get(owner);
      assertThat(request).as("who was told").isNotNull();
      fetch(rig, request);
    }
  }

  /* Reads of one source are four fifths of the shortest interval apart, but for retries after failures and for sources asked for anew. */
  private void checkPace(PlannerRig rig) {
    lastRead.keySet().removeIf(source -> failing.contains(source.ref().key()) || !isWanted(source));
    for (; seenCalls < rig.source.calls.size(); seenCalls++) {
      ScriptedSource.Call call = rig.source.calls.get(seenCalls);
      for (SourceRef one : call.refs()) {
        if (failing.contains(one.key())) {
          continue;
        }
        Instant now = rig.clock.instant();
        Instant before = lastRead.put(new SourceKey(call.scope(), one), now);
        if (before != null) {
          assertThat(Duration.between(before, now)).as("between two reads of " + one.key()).isGreaterThanOrEqualTo(SHORTEST);
          spacings++;
        }
      }
    }
  }

  private boolean isWanted(SourceKey source) {
    return wanted.values().stream().anyMatch(request -> request.scope().equals(source.scope()) && request.refs().contains(source.ref()));
  }

  private void checkEveryOwnerHoldsWhatIsThere() {
    wanted.forEach(
        (owner, request) ->
            request
                .refs()
                .forEach(
                    one ->
                        assertThat(held.get(owner).get(one))
                            .as(owner + " of " + one.key())
                            .isEqualTo(versions.getOrDefault(one.key(), "v1"))));
  }
}
