package dev.keyferry.fetch;

import dev.keyferry.emulator.AwsCall;
import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.emulator.Trust;
import dev.keyferry.source.CredentialMaterial;
import dev.keyferry.source.Fetched;
import dev.keyferry.source.IdentityResolver;
import dev.keyferry.source.IdentitySpec;
import dev.keyferry.source.IdentitySpec.RoleLink;
import dev.keyferry.source.Scope;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.source.aws.Aws;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** First reads in real time, by the operator's own clients from the emulator, which answers after 30 ms. Two roles are assumed on the way. */
final class ColdBench implements AutoCloseable {

  static final Duration LATENCY = Duration.ofMillis(30);
  private static final int AT_ONCE = 16;
  private static final Set<String> STS = Set.of("AssumeRole", "AssumeRoleWithWebIdentity");

  /**
   * What came of it.
   *
   * @param calls calls for values
   * @param sts calls of STS for credentials
   * @param seconds until everybody had an answer
   */
  record Result(long calls, long sts, double seconds) {}

  private final AwsEmulator emulator = AwsEmulator.start();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String hub = emulator.addRole("hub", Trust.account());
  private final String reader = emulator.addRole("reader", Trust.account());

  /** An account with that many secrets. */
  ColdBench(int secrets) {
    IntStream.range(0, secrets).forEach(number -> emulator.createSecret(key(number), "{\"password\":\"p\"}"));
    emulator.latency(LATENCY);
  }

  /** The planner's way: objects over as many sources, or fewer. */
  Result planned(int objects, int sources, int scopes) throws Exception {
    return measured(
        aws -> {
          FetchSettings settings = FetchSettings.of(Duration.ofMinutes(5), 1 << 26, AT_ONCE);
          Timer timer = (delay, work) -> CompletableFuture.runAsync(work, CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, threads));
          FetchPlanner planner = new FetchPlanner(aws.source(), settings, Clock.systemUTC(), new Random(7), threads, timer, FetchListener.NONE);
          List<Scope> callers = IntStream.range(0, scopes).mapToObj(number -> scope(aws, number)).toList();
          List<FetchRequest> requests =
              IntStream.range(0, objects)
                  .mapToObj(
                      number ->
                          new FetchRequest(
                              "team/es-" + number,
                              callers.get(number % sources % scopes),
                              Set.of(ref(number % sources)),
                              Duration.ofMinutes(5),
                              false))
                  .toList();
          planner.start(_ -> {});
          planner.prime(requests);
          each(objects, number -> require(planner.fetch(requests.get(number)).values().iterator().next() instanceof Answer.Ready));
          planner.stop();
        });
  }

  /** One call for each reference, as many at once as the planner has. */
  Result polled(int objects, int sources, int scopes) throws Exception {
    return measured(
        aws -> {
          List<Scope> callers = IntStream.range(0, scopes).mapToObj(number -> scope(aws, number)).toList();
          Semaphore places = new Semaphore(AT_ONCE);
          each(
              objects,
              number -> {
                places.acquireUninterruptibly();
                try {
                  int source = number % sources;
                  require(aws.source().read(callers.get(source % scopes), ref(source)) instanceof Fetched.Found);
                } finally {
                  places.release();
                }
              });
        });
  }

  private interface Work {
    void with(Aws aws) throws Exception;
  }

  private Result measured(Work work) throws Exception {
    Map<String, String> environment =
        Map.of(
            "AWS_ENDPOINT_URL", emulator.endpoint().toString(),
            "AWS_ACCESS_KEY_ID", emulator.accessKeyId(),
            "AWS_SECRET_ACCESS_KEY", emulator.secretAccessKey());
    emulator.resetCounts();
    long began = System.nanoTime();
    try (Aws aws =
        new Aws(environment::get, new NothingElse(), (_, _, _, _, _) -> {}, Clock.systemUTC(), AT_ONCE, emulator.region(), "bench")) {
      work.with(aws);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    List<String> operations = emulator.calls().stream().map(AwsCall::operation).toList();
    long sts = operations.stream().filter(STS::contains).count();
    return new Result(operations.size() - sts, sts, seconds);
  }

  private void each(int count, IntConsumer work) throws ExecutionException, InterruptedException {
    List<Future<?>> running = new ArrayList<>();
    IntStream.range(0, count).forEach(number -> running.add(threads.submit(() -> work.accept(number))));
    for (Future<?> one : running) {
      one.get();
    }
  }

  private Scope scope(Aws aws, int number) {
    IdentitySpec spec =
        new IdentitySpec(
            new IdentitySpec.OperatorBase(),
            List.of(new RoleLink(hub, null, Map.of()), new RoleLink(reader, null, Map.of())),
            emulator.region(),
            "tenant-" + number);
    return new Scope(((IdentityResolver.Resolved) aws.identities().resolve(spec)).identity(), emulator.region(), null);
  }

  private static void require(boolean found) {
    if (!found) {
      throw new IllegalStateException("a source was not read");
    }
  }

  private static String key(int number) {
    return "app/%05d".formatted(number);
  }

  private static SourceRef ref(int number) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key(number), VersionSelector.CURRENT);
  }

  @Override
  public void close() {
    threads.close();
    emulator.close();
  }

  private static final class NothingElse implements CredentialMaterial {
    @Override
    public Lookup<ServiceAccountRole> serviceAccount(String namespace, String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Lookup<String> token(String namespace, String name, String audience, Duration lifetime) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Lookup<StaticKeys> staticKeys(IdentitySpec.StaticKeysBase base) {
      throw new UnsupportedOperationException();
    }
  }
}
