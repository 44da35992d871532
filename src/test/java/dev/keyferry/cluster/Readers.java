package dev.keyferry.cluster;

import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SourceStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.emulator.AwsCall;
import dev.keyferry.emulator.Secrets;
import dev.keyferry.emulator.Trust;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionTimeoutException;

/** {@value #ALL} ExternalSecrets over as many secrets of one region, which a store reads with a role of its own. */
final class Readers {

  static final int ALL = 60;

  /** Stands in every value, and nowhere else. */
  static final String CANARY = "KANARIENVOGELdraussen";

  private static final Duration LONGEST = Duration.ofSeconds(150);
  private static final Duration POLL = Duration.ofMillis(200);

  private final Rig rig;
  private final Watched watched;
  private final String word;
  private final String region;
  private final Duration interval;
  private final String role;

  /**
   * The store and the role, without a secret.
   *
   * @param word what all names begin with
   * @param provider more of the store's spec, such as {@code changeDetection: Strict}
   */
  Readers(Rig rig, Watched watched, String word, String region, Duration interval, String provider) {
    this.rig = rig;
    this.watched = watched;
    this.word = word;
    this.region = region;
    this.interval = interval;
    this.role = rig.aws.addRole(word, Trust.account());
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ClusterSecretStore
        metadata: {name: %s}
        spec: {provider: {aws: {service: SecretsManager, region: %s, role: '%s', %s}}}
        """
            .formatted(store(), region, role, provider));
  }

  String store() {
    return rig.namespace + "-" + word;
  }

  String role() {
    return role;
  }

  Secrets secrets() {
    return rig.aws.secrets(region);
  }

  String name(int number) {
    return "%s-%02d".formatted(word, number);
  }

  static String text(String version) {
    return "{\"a\":\"" + CANARY + version + "\"}";
  }

  void createSecrets(String version) {
    all().forEach(number -> secrets().create(name(number), text(version)));
  }

  void rotate(IntStream numbers, String version) {
    numbers.forEach(number -> secrets().rotate(name(number), text(version)));
  }

  /** Makes the ExternalSecrets of those numbers, at once. */
  void create(IntStream numbers) {
    numbers.parallel().forEach(this::create);
  }

  private void create(int number) {
    rig.cluster
        .adminClient()
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: keyferry.dev/v1
                kind: ExternalSecret
                metadata: {name: %s, namespace: %s}
                spec:
                  secretStoreRef: {name: %s, kind: ClusterSecretStore}
                  refreshInterval: %ds
                  dataFrom: [{extract: {key: %s}}]
                """
                    .formatted(name(number), rig.namespace, store(), interval.toSeconds(), name(number)),
                ExternalSecret.class))
        .create();
  }

  static IntStream all() {
    return IntStream.range(0, ALL);
  }

  /** Names with what condition Ready says, of those that are not as they should be. */
  List<String> but(IntStream numbers, IntPredicate asTheyShouldBe) {
    return numbers.filter(number -> !asTheyShouldBe.test(number)).mapToObj(number -> name(number) + " " + ready(number)).toList();
  }

  /** Whether it is in sync and its Secret holds that version. */
  boolean isSynced(int number, String version) {
    return ready(number).equals("True/SecretSynced") && watched.value(name(number)).equals(CANARY + version);
  }

  /** Whether its status names the newest version. */
  boolean isUpToDate(int number) {
    return source(number).filter(source -> source.revision().equals(secrets().currentVersion(name(number)))).isPresent();
  }

  /** Condition Ready, such as {@code True/SecretSynced}; empty before the first. */
  String ready(int number) {
    Optional<StatusCondition> ready =
        watched.status(name(number)).flatMap(status -> Conditions.find(status.conditions(), Conditions.READY));
    return ready.map(condition -> condition.status() + "/" + condition.reason()).orElse("");
  }

  /** Where it was read, by its status; empty before it was. */
  String readIn(int number) {
    return source(number).map(SourceStatus::region).orElse("");
  }

  private Optional<SourceStatus> source(int number) {
    return watched.status(name(number)).flatMap(status -> status.sources().stream().findFirst());
  }

  /** Which Secrets those numbers have, and which version of each. */
  List<String> targets(IntStream numbers) {
    return numbers.mapToObj(number -> watched.version(name(number))).toList();
  }

  /** Every call in the region so far. */
  List<AwsCall> calls() {
    return callsIn(region);
  }

  List<AwsCall> callsIn(String other) {
    return rig.aws.calls().stream().filter(call -> call.region().equals(other)).toList();
  }

  AuditEvents writesSince(long mark) {
    return rig.writesTo(mark, word + "-");
  }

  /** The reasons of events about the store, but for its check. */
  List<String> eventsOfStore() {
    return events("default", store()::equals).stream().filter(reason -> !reason.equals("IdentityVerified")).toList();
  }

  /** The reasons of events about the ExternalSecrets, but for those that tell of a write. */
  List<String> failuresTold() {
    return events(rig.namespace, name -> name.startsWith(word + "-")).stream()
        .filter(reason -> !reason.equals("Created") && !reason.equals("Updated"))
        .toList();
  }

  private List<String> events(String namespace, Predicate<String> about) {
    return rig.cluster.adminClient().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> about.test(event.getInvolvedObject().getName()))
        .map(Event::getReason)
        .toList();
  }

  /** What does not come in time shows in what is kept. */
  static void awaitQuietly(Callable<Boolean> condition) {
    try {
      await().atMost(LONGEST).pollInterval(POLL).until(condition);
    } catch (ConditionTimeoutException e) {
      return;
    }
  }
}
