package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.restart.Decision.Defer;
import dev.keyferry.restart.Decision.Examine;
import dev.keyferry.restart.Decision.Invalid;
import dev.keyferry.restart.Decision.Note;
import dev.keyferry.restart.Decision.Nothing;
import dev.keyferry.restart.Decision.Restart;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random lives of one workload and its Secrets, with an operator that may die at every step. */
class RestartInvariantsTest {

  private static final List<String> SECRETS = List.of("a", "b", "c");
  private static final int STEPS = 60;

  static IntStream seeds() {
    return IntStream.range(0, 400);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void given_a_random_life_when_the_operator_comes_and_dies_then_no_restart_is_lost_or_made_twice(int seed) {
    Life life = new Life(new Random(seed));
    for (int step = 0; step < STEPS; step++) {
      life.step();
    }
    life.settle();
  }

  /** A world of one workload. Time moves by 10 s at each step. */
  private static final class Life {

    private final Random random;
    private final Map<String, TargetToken> targets = new HashMap<>();
    private final Set<String> movedSinceRest = new HashSet<>();
    private final Map<String, Instant> mustBeLoaded = new HashMap<>();
    private Map<String, String> template = Map.of();
    private Map<String, String> observed = Map.of();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Instant podsCreated = now;
    private List<Instant> rollingAway = List.of();
    private boolean unrecorded;
    private boolean paused;
    private int replicas = 1;
    private int tokens;
    private int moves;
    private int restarts;

    Life(Random random) {
      this.random = random;
    }

    void step() {
      now = now.plusSeconds(10);
      if (random.nextInt(3) == 0) {
        rollingAway = List.of();
      }
      String secret = SECRETS.get(random.nextInt(SECRETS.size()));
      switch (random.nextInt(9)) {
        case 0, 1 -> rotate(secret);
        case 2 -> recreate(secret);
        case 3 -> remove(secret);
        case 4 -> paused = !paused;
        case 5 -> scale();
        case 6 -> revert();
        case 7 -> operate(random.nextInt(3));
        default -> operate(3);
      }
    }

    void settle() {
      now = now.plusSeconds(10);
      paused = false;
      if (replicas == 0) {
        scale();
      }
      operate(3);
      assertThat(plan()).isEqualTo(new Nothing());
    }

    private void rotate(String secret) {
      if (targets.containsKey(secret)) {
        if (observed.containsKey(secret) || template.containsKey(secret)) {
          mustBeLoaded.put(secret, now);
        }
        targets.put(secret, new TargetToken("t" + tokens++, false, now));
        movedSinceRest.add(secret);
        moves++;
      }
    }

    private void recreate(String secret) {
      targets.put(secret, new TargetToken("t" + tokens++, true, now));
      mustBeLoaded.remove(secret);
    }

    private void remove(String secret) {
      targets.remove(secret);
      mustBeLoaded.remove(secret);
    }

    private void scale() {
      replicas = 1 - replicas;
      podsCreated = now;
    }

    /** Git takes the template back. Between a patch and its record this makes a second restart, so that it is left out there. */
    private void revert() {
      if (!unrecorded) {
        template = Map.of();
        podsCreated = now;
      }
    }

    private Decision plan() {
      WorkloadView view = Views.workload("true", Set.copyOf(SECRETS), template, observed);
      return RestartPlanner.plan(Views.with(view, replicas, paused, false), targets);
    }

    /** One run that dies after that many writes; 3 is a whole one. */
    private void operate(int writes) {
      if (writes > 0) {
        carryOut(plan(), writes);
      }
    }

    private void carryOut(Decision decision, int writes) {
      switch (decision) {
        case Nothing() -> rest();
        case Note note -> {
          observed = note.observed().tokens();
          unrecorded = false;
          rest();
        }
        case Defer defer -> defer.meanwhile().ifPresent(note -> observed = note.observed().tokens());
        case Examine examine -> carryOut(RestartPlanner.examined(examine, pods()), writes);
        case Restart restart -> restart(restart, writes);
        case Decision.Verify _, Decision.Force _, Invalid _ -> throw new AssertionError("the annotation is valid");
      }
    }

    private void restart(Restart restart, int writes) {
      assertThat(movedSinceRest).as("a restart without a moved token").containsAnyElementsOf(restart.keys());
      template = restart.tokens().tokens();
      rollingAway = List.of(podsCreated);
      podsCreated = now;
      restarts++;
      unrecorded = true;
      if (writes > 1) {
        observed = restart.tokens().tokens();
        unrecorded = false;
        rest();
      } else {
        movedSinceRest.clear();
      }
      assertThat(restarts).as("more restarts than moves").isLessThanOrEqualTo(moves);
    }

    private List<PodView> pods() {
      List<PodView> pods = new ArrayList<>();
      if (replicas > 0) {
        rollingAway.forEach(created -> pods.add(new PodView(created, TokenMap.EMPTY)));
      }
      for (int i = 0; i < replicas; i++) {
        pods.add(new PodView(podsCreated, TokenMap.EMPTY));
      }
      return pods;
    }

    /** What a whole run leaves behind: nothing to do, and pods that are newer than every move of a secret that they were known to use. */
    private void rest() {
      assertThat(plan()).isEqualTo(new Nothing());
      movedSinceRest.clear();
      if (replicas > 0) {
        mustBeLoaded.forEach((secret, moved) -> assertThat(podsCreated).as("lost: " + secret).isAfterOrEqualTo(moved));
      }
    }
  }
}
