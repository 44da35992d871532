package dev.keyferry.source.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Trouble;
import dev.keyferry.emulator.Trust;
import dev.keyferry.fetch.FailoverSource;
import dev.keyferry.fetch.FetchListener;
import dev.keyferry.source.BatchRead;
import dev.keyferry.source.EndpointKind;
import dev.keyferry.source.FailureKind;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.Identity;
import dev.keyferry.source.IdentityResolver.Resolved;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.OperatorBase;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The adapter while AWS or the way there fails. */
@Timeout(60)
class FaultsOnEmulatorTest {

  private static final String ELSEWHERE = "eu-west-1";

  private final AwsEmulator emulator = AwsEmulator.start();
  private final Map<String, String> environment =
      Map.of(
          "AWS_ENDPOINT_URL", emulator.endpoint().toString(),
          "AWS_ACCESS_KEY_ID", emulator.accessKeyId(),
          "AWS_SECRET_ACCESS_KEY", emulator.secretAccessKey());
  private final Aws aws =
      new Aws(environment::get, new FakeMaterial(), (service, operation, code, attempts, duration) -> {}, Clock.systemUTC(), 16, null, "0");

  @AfterEach
  void close() {
    aws.close();
    emulator.close();
  }

  @ParameterizedTest
  @CsvSource({
    "FAULTS, SERVER_FAULT, 3",
    "UNAVAILABLE, SERVER_FAULT, 3",
    "THROTTLES, THROTTLED, 1",
    "DROPS, NETWORK, 3",
    "CUTS, NETWORK, 3",
    "ENDLESS, NETWORK, 3",
    "EXPIRED, CREDENTIALS, 2"
  })
  void given_trouble_when_read_then_it_is_classified_after_few_requests_and_over_when_it_ends(
      Trouble trouble, FailureKind kind, int requests) {
    emulator.createSecret("db", "value");
    emulator.trouble(trouble);

    Fetched failed = aws.source().read(scope(), Rig.secret("db"));

    assertThat(failed).isInstanceOf(Fetched.Failed.class);
    assertThat(((Fetched.Failed) failed).failure().kind()).isEqualTo(kind);
    assertThat(emulator.count("GetSecretValue")).isLessThanOrEqualTo(requests);
    emulator.clearFaults();
    assertThat(text(aws.source().read(scope(), Rig.secret("db")))).isEqualTo("value");
  }

  @ParameterizedTest
  @CsvSource({"GARBAGE", "SKEWED", "CUTS", "ENDLESS"})
  void given_answers_that_are_none_when_batched_then_it_fails_as_a_whole_and_passes(Trouble trouble) {
    emulator.createSecret("a", "va");
    emulator.createSecret("b", "vb");
    emulator.trouble(trouble);
    List<SourceRef> refs = List.of(Rig.secret("a"), Rig.secret("b"));

    assertThat(aws.source().readBatch(scope(), refs)).isInstanceOf(BatchRead.Failed.class);
    emulator.clearFaults();
    BatchRead.Entries read = (BatchRead.Entries) aws.source().readBatch(scope(), refs);
    assertThat(read.entries().values()).extracting(FaultsOnEmulatorTest::text).containsExactlyInAnyOrder("va", "vb");
  }

  @Test
  void given_a_server_that_takes_requests_and_never_answers_when_read_then_it_is_network_within_the_calls_limit() {
    emulator.trouble(Trouble.HANGS);

    Fetched read = aws.source().read(scope(), Rig.secret("db"));

    assertThat(((Fetched.Failed) read).failure().kind()).isEqualTo(FailureKind.NETWORK);
    assertThat(((Fetched.Failed) read).failure().message()).contains("does not answer in time");
  }

  @Test
  void given_a_session_that_expires_early_when_many_read_then_it_is_renewed_once() throws Exception {
    emulator.createSecret("db", "value");
    String role = emulator.addRole("reader", Trust.account());
    Scope scope = scope(List.of(), new RoleLink(role, null, Map.of()));
    aws.source().read(scope, Rig.secret("db"));
    emulator.resetCounts();
    emulator.fail("GetSecretValue", 400, "ExpiredTokenException", 1);

    List<Fetched> answers = atOnce(16, () -> aws.source().read(scope, Rig.secret("db")));

    assertThat(emulator.count("AssumeRole")).isEqualTo(1);
    assertThat(answers).extracting(FaultsOnEmulatorTest::text).containsOnly("value");
  }

  @Test
  void given_a_region_that_does_not_serve_when_read_then_the_other_region_and_its_sts_do() {
    emulator.createSecret("db", "primary");
    emulator.secrets(ELSEWHERE).create("db", "replica");
    String role = emulator.addRole("reader", Trust.account());
    Scope scope = scope(List.of(ELSEWHERE), new RoleLink(role, null, Map.of()));
    emulator.trouble(Trouble.UNAVAILABLE, emulator.region());

    Fetched.Found found =
        (Fetched.Found) new FailoverSource(aws.source(), Clock.systemUTC(), FetchListener.NONE).read(scope, Rig.secret("db"));

    assertThat(found.payload().text()).isEqualTo("replica");
    assertThat(found.revision().region()).isEqualTo(ELSEWHERE);
    assertThat(emulator.calls())
        .filteredOn(call -> call.errorCode() == null)
        .extracting(call -> call.operation() + " " + call.region())
        .containsExactly("AssumeRole " + ELSEWHERE, "GetSecretValue " + ELSEWHERE);
  }

  @Test
  void given_sts_that_refuses_when_read_then_no_other_region_is_asked() {
    String role = emulator.addRole("reader", Trust.externalId("theirs"));
    Scope scope = scope(List.of(ELSEWHERE), new RoleLink(role, "ours", Map.of()));

    Fetched read = new FailoverSource(aws.source(), Clock.systemUTC(), FetchListener.NONE).read(scope, Rig.secret("db"));

    assertThat(kind(read)).isEqualTo(FailureKind.CREDENTIALS);
    assertThat(emulator.calls()).extracting(call -> call.operation() + " " + call.region()).containsExactly("AssumeRole " + emulator.region());
  }

  private Scope scope() {
    return scope(List.of());
  }

  private Scope scope(List<String> failover, RoleLink... chain) {
    IdentitySpec spec = new IdentitySpec(new OperatorBase(), List.of(chain), emulator.region(), "test-session", EndpointKind.PLAIN, failover);
    Identity identity = ((Resolved) aws.identities().resolve(spec)).identity();
    return new Scope(identity, emulator.region(), null, EndpointKind.PLAIN, failover);
  }

  private static List<Fetched> atOnce(int count, Callable<Fetched> read) throws Exception {
    List<Fetched> answers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Fetched>> all = IntStream.range(0, count).mapToObj(i -> threads.submit(read)).toList();
      for (Future<Fetched> one : all) {
        answers.add(one.get());
      }
    }
    return answers;
  }

  private static FailureKind kind(Fetched fetched) {
    return fetched instanceof Fetched.Failed(_, SourceFailure failure) ? failure.kind() : null;
  }

  private static String text(Fetched fetched) {
    return ((Fetched.Found) fetched).payload().text();
  }
}
