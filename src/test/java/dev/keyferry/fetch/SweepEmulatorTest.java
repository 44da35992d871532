package dev.keyferry.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.fetch.ChangeDetection.Mode;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.IdentityResolver.Resolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.aws.Aws;
import dev.keyferry.testkit.MutableClock;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sweeps through the real adapter: the emulator counts, pages, sorts and lags as AWS does. */
@Timeout(120)
class SweepEmulatorTest {

  private static final int SOURCES = 2_000;
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  private final MutableClock clock = MutableClock.atNewYear();
  private final AwsEmulator emulator = AwsEmulator.builder().clock(clock).start();
  private final Map<String, String> environment =
      Map.of(
          "AWS_ENDPOINT_URL", emulator.endpoint().toString(),
          "AWS_ACCESS_KEY_ID", emulator.accessKeyId(),
          "AWS_SECRET_ACCESS_KEY", emulator.secretAccessKey());
  private final Aws aws =
      new Aws(environment::get, new NoMaterial(), (_, _, _, _, _) -> {}, Clock.systemUTC(), 16, emulator.region(), "0.0.0");
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final FetchPlanner planner =
      new FetchPlanner(
          aws.source(),
          FetchSettings.of(INTERVAL, 1 << 22, 16),
          clock,
          new Random(5),
          Runnable::run,
          (_, _) -> {},
          FetchListener.NONE);
  private final SweepPlanner sweeps =
      new SweepPlanner(
          planner, aws.lister(), new EventReach(clock), clock, new Random(6), Runnable::run, (_, _) -> {}, SweepListener.NONE);

  @AfterEach
  void close() {
    aws.close();
    emulator.close();
  }

  private void live(Duration time) {
    for (long i = 0; i < time.toSeconds() / 5; i++) {
      clock.advance(Duration.ofSeconds(5));
      planner.refreshDue();
      sweeps.beginDue();
    }
  }

  private Scope start() {
    IdentitySpec spec = new IdentitySpec(new IdentitySpec.OperatorBase(), List.of(), emulator.region(), "keyferry-test");
    Scope scope = new Scope(((Resolved) aws.identities().resolve(spec)).identity(), emulator.region(), null);
    planner.start(told::add);
    List<String> keys = PlannerRig.numbered(SOURCES);
    keys.forEach(key -> emulator.createSecret(key, "v"));
    planner.prime(keys.stream().map(key -> new FetchRequest("of " + key, scope, Set.of(PlannerRig.ref(key)), INTERVAL, false)).toList());
    live(Duration.ofMinutes(20));
    assertThat(sweeps.detection(scope, SourceService.SECRETS_MANAGER, false).mode()).isEqualTo(Mode.SWEEP);
    emulator.resetCounts();
    return scope;
  }

  @Test
  void given_2000_secrets_when_an_hour_is_idle_then_there_is_a_call_each_interval_and_one_walk_and_no_read() {
    start();

    live(Duration.ofHours(1));

    System.out.println("idle hour, 2,000 secrets, Sweep, counted by the emulator: " + emulator.calls().size());
    assertThat(emulator.calls()).allMatch(call -> call.operation().equals("ListSecrets"));
    assertThat(emulator.count("ListSecrets")).isBetween(20 + 12, 20 + 20);
  }

  @Test
  void given_a_list_that_lags_and_secrets_that_move_go_and_vanish_when_swept_then_each_is_read_and_no_other() {
    start();
    emulator.listLag(Duration.ofMinutes(5));
    emulator.rotate("k007", "w");
    emulator.delete("k008");
    emulator.secrets().vanish("k009");

    live(Duration.ofMinutes(70));

    assertThat(told).contains("of k007", "of k008", "of k009").doesNotContain("of k010");
    assertThat(emulator.calls())
        .filteredOn(call -> !call.operation().equals("ListSecrets"))
        .allSatisfy(call -> assertThat(call.ids()).isSubsetOf("k007", "k008", "k009"));
  }

  /** Nothing of a cluster. */
  private static final class NoMaterial implements CredentialMaterial {
    @Override
    public Lookup<ServiceAccountRole> serviceAccount(String namespace, String name) {
      throw new AssertionError();
    }

    @Override
    public Lookup<String> token(String namespace, String name, String audience, Duration lifetime) {
      throw new AssertionError();
    }

    @Override
    public Lookup<StaticKeys> staticKeys(IdentitySpec.StaticKeysBase base) {
      throw new AssertionError();
    }
  }
}
