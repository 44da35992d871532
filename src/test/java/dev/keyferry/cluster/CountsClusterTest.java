package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.emulator.AwsCall;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the operator costs, counted where it is paid: by the API server's audit log and by the emulator. */
@ClusterTest
class CountsClusterTest {

  private static final String BATCH = "BatchGetSecretValue";
  private static final String SINGLE = "GetSecretValue";
  private static final int BATCH_SIZE = 20;
  private static final int ROUNDS = 10;
  private static final int CREATIONS_AT_ONCE = 24;

  private final Cluster cluster;
  private Rig rig;

  CountsClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void prepare() {
    rig = Rig.prepare(cluster, setup -> setup);
  }

  /** Nothing collects garbage here, and thousands of Secrets would slow the tests that follow. */
  @AfterEach
  void stop() {
    try {
      rig.close();
    } finally {
      deleteAll("/apis/keyferry.dev/v1/namespaces/%s/externalsecrets");
      deleteAll("/api/v1/namespaces/%s/secrets");
    }
  }

  @Test
  void given_200_external_secrets_over_50_sources_when_nothing_changes_for_10_rounds_then_nothing_is_written_and_reads_are_as_planned() {
    rig.readAtEachInterval();
    createSources(50);
    createExternalSecrets(200, number -> source(number % 50), "3s");
    long start = cluster.audit().mark();
    startAndAwaitSynced(200);
    Map<String, Integer> firstSync =
        Map.of(
            "patch secrets 201", 200,
            "patch externalsecrets/status 200", 200,
            "patch clustersecretstores/status 200", 1,
            "create events 201", 201);
    patiently().untilAsserted(() -> assertThat(writesSince(start).summary()).isEqualTo(firstSync));

    long quiet = cluster.audit().mark();
    int perRound = ceil(50, BATCH_SIZE);
    int calls = (ceil(rig.aws.count(BATCH), perRound) + ROUNDS) * perRound;
    patiently().until(() -> rig.aws.count(BATCH) >= calls);

    assertThat(writesSince(quiet).summary()).isEmpty();
    List<AwsCall> planned = rig.aws.calls().stream().filter(call -> call.operation().equals(BATCH)).limit(calls).toList();
    assertThat(readsBySource(planned)).hasSize(50).allSatisfy((_, reads) -> assertThat(reads).isEqualTo(calls / perRound));
    assertThat(rig.aws.count(SINGLE)).isZero();
    assertThat(operationsBesideReads()).isEqualTo(Map.of("GetCallerIdentity", 1L));
  }

  @Test
  void given_2000_sources_when_the_operator_starts_then_it_reads_full_batches_and_writes_each_object_once() {
    createSources(2000);
    createExternalSecrets(2000, CountsClusterTest::source, "1h");
    long start = cluster.audit().mark();
    Instant began = Instant.now();
    startAndAwaitSynced(2000);
    System.out.printf(
        "2000 sources cold: all synced %d s after the process was started; peak resident memory %d MiB%n",
        Duration.between(began, Instant.now()).toSeconds(), rig.operator.peakResidentMebibytes());

    assertThat(rig.aws.count(BATCH)).isBetween(100, 102);
    assertThat(rig.aws.count(SINGLE)).isZero();
    patiently().until(() -> writesSince(start).on("externalsecrets/status").count() >= 2000);
    AuditEvents writes = writesSince(start).in(rig.namespace);
    assertThat(writesByName(writes.on("secrets"))).hasSize(2000).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(writesByName(writes.on("externalsecrets/status"))).hasSize(2000).allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
    assertThat(writes.that(event -> event.code() >= 300).summary()).isEmpty();
  }

  private void createSources(int count) {
    IntStream.range(0, count).forEach(number -> rig.aws.createSecret(source(number), "{\"value\":\"of source %d\"}".formatted(number)));
  }

  private static String source(int number) {
    return "counts/%04d".formatted(number);
  }

  private void createExternalSecrets(int count, IntFunction<String> source, String interval) {
    Semaphore permits = new Semaphore(CREATIONS_AT_ONCE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var creations = IntStream.range(0, count).mapToObj(number -> externalSecret(number, source.apply(number), interval)).toList();
      var results = creations.stream().map(object -> threads.submit(() -> create(object, permits))).toList();
      results.forEach(result -> assertThat(result).succeedsWithin(Duration.ofMinutes(3)));
    }
  }

  private ExternalSecret create(ExternalSecret object, Semaphore permits) throws InterruptedException {
    permits.acquire();
    try {
      return cluster.adminClient().resource(object).create();
    } finally {
      permits.release();
    }
  }

  private ExternalSecret externalSecret(int number, String source, String interval) {
    return Serialization.unmarshal(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: es-%04d, namespace: %s}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          refreshInterval: %s
          dataFrom: [{extract: {key: %s}}]
        """
            .formatted(number, rig.namespace, rig.store(), interval, source),
        ExternalSecret.class);
  }

  private void startAndAwaitSynced(int count) {
    try (SharedIndexInformer<ExternalSecret> seen =
        cluster.adminClient().resources(ExternalSecret.class).inNamespace(rig.namespace).inform()) {
      rig.startOperator();
      patiently().until(() -> seen.getStore().list().stream().filter(CountsClusterTest::synced).count() == count);
    }
  }

  private static boolean synced(ExternalSecret object) {
    return object.getStatus() != null
        && Conditions.find(object.getStatus().conditions(), Conditions.READY).filter(ready -> ready.status().equals("True")).isPresent();
  }

  private AuditEvents writesSince(long mark) {
    return cluster.audit().since(mark).byOperator().writes().withoutLeases();
  }

  private static Map<String, Long> writesByName(AuditEvents events) {
    return events.events().stream().collect(Collectors.groupingBy(AuditEvent::name, Collectors.counting()));
  }

  private static Map<String, Integer> readsBySource(List<AwsCall> calls) {
    return calls.stream().flatMap(call -> call.ids().stream()).collect(Collectors.toMap(Function.identity(), _ -> 1, Integer::sum));
  }

  private Map<String, Long> operationsBesideReads() {
    return rig.aws.calls().stream()
        .map(AwsCall::operation)
        .filter(operation -> !operation.equals(BATCH))
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }

  private static int ceil(int count, int size) {
    return (count + size - 1) / size;
  }

  private void deleteAll(String path) {
    cluster.kubectl("delete", "--raw", path.formatted(rig.namespace)).orFail();
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(200));
  }
}
