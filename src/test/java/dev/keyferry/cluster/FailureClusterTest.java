package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.emulator.Grant;
import dev.keyferry.emulator.Keys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What AWS's failures become: a reason, a message that says what to do, a target that stays, and recovery without help. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailureClusterTest {

  private static final String ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:";
  private static final String KEY = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
  private static final List<String> READS = List.of("GetSecretValue", "BatchGetSecretValue");

  /** More faults than there are calls in a test. */
  private static final int ALL = 100_000;

  private final Cluster cluster;
  private Rig rig;

  FailureClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster);
  }

  @AfterEach
  void heal() {
    rig.aws.clearFaults();
    cluster.kubectl("delete", "externalsecret", "--all", "-n", rig.namespace).orFail();
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  /** An ExternalSecret in sync with a secret of its own. */
  private void synced(String name) {
    rig.aws.createSecret(name, "{\"a\":\"good\"}");
    rig.extract(name, name);
    rig.awaitSynced(name);
  }

  private void awaitKept(String name, String reason) {
    rig.awaitReady(name, "False/" + reason);
    assertThat(rig.value(name, "a")).isEqualTo("good");
    soon().untilAsserted(() -> assertThat(rig.events(name)).anyMatch(event -> event.startsWith("Warning " + reason + ": ")));
  }

  @Test
  void given_no_allowing_policy_when_read_then_principal_action_resource_and_statement_are_named() {
    rig.aws.createSecret("denied", "{\"a\":\"good\"}");
    Keys user = rig.aws.addUser("limited");
    rig.aws.allowOnly("limited", Grant.of("secretsmanager:GetSecretValue", "something/else"));
    rig.applySecret("limited", Map.of("id", user.accessKeyId(), "secret", user.secretAccessKey()));
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: SecretStore
        metadata: {name: limited}
        spec:
          provider:
            aws:
              service: SecretsManager
              region: %s
              auth:
                secretRef:
                  accessKeyIDSecretRef: {name: limited, key: id}
                  secretAccessKeySecretRef: {name: limited, key: secret}
        """
            .formatted(Rig.REGION));
    rig.apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: denied}
        spec:
          secretStoreRef: {name: limited}
          dataFrom: [{extract: {key: denied}}]
        """);
    rig.awaitReady("denied", "False/AccessDenied");
    assertThat(rig.message("denied"))
        .contains("arn:aws:iam::123456789012:user/limited may not secretsmanager:GetSecretValue on ")
        .contains("{\"Effect\":\"Allow\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"" + ARN + "denied-");
    assertThat(rig.secret("denied")).isNull();
  }

  @Test
  void given_sources_that_cannot_be_read_when_each_is_mended_then_the_targets_stayed_and_follow_again() {
    Map<String, String> reasons =
        Map.of(
            "deny", "AccessDenied",
            "vanished", "SourceNotFound",
            "doomed", "SourceMarkedForDeletion",
            "broken-key", "DecryptionFailed",
            "no-key", "AccessDenied");
    reasons.keySet().forEach(this::synced);
    rig.aws.deny("tester", "secretsmanager:GetSecretValue", "deny");
    rig.aws.secrets().vanish("vanished");
    rig.aws.delete("doomed");
    List.of("broken-key", "no-key").forEach(name -> rig.aws.secrets().encryptWith(name, KEY));
    rig.aws.secrets().breakKms("broken-key");
    rig.aws.secrets().denyKms("no-key");
    reasons.forEach(this::awaitKept);
    assertThat(rig.message("deny"))
        .contains("arn:aws:iam::123456789012:user/tester may not secretsmanager:GetSecretValue on " + ARN + "deny-", "explicit deny");
    assertThat(rig.message("vanished")).contains("secret vanished", Rig.REGION);
    assertThat(rig.message("doomed")).contains("aws secretsmanager restore-secret --secret-id ", Rig.REGION, "(date of deletion: ");
    assertThat(rig.message("broken-key")).contains("KMS key " + KEY + " of ", "broken-key");
    assertThat(rig.message("no-key")).contains(KEY, "\"kms:Decrypt\"", "secretsmanager." + Rig.REGION + ".amazonaws.com");

    rig.aws.clearPolicies("tester");
    rig.aws.createSecret("vanished", "{\"a\":\"better\"}");
    rig.aws.restore("doomed");
    rig.aws.secrets().healKms("broken-key");
    rig.aws.secrets().healKms("no-key");
    for (String name : List.of("deny", "doomed", "broken-key", "no-key")) {
      rig.aws.rotate(name, "{\"a\":\"better\"}");
    }
    for (String name : reasons.keySet()) {
      soon().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(rig.value(name, "a")).as(name).isEqualTo("better"));
      rig.awaitSynced(name);
    }
  }

  @Test
  void given_a_throttled_call_when_it_passes_then_the_status_never_speaks_of_it() {
    synced("blip");
    soon().untilAsserted(() -> assertThat(rig.events("blip")).hasSize(1));
    long mark = cluster.audit().mark();
    READS.forEach(operation -> rig.aws.throttle(operation, 4));
    soon().until(() -> throttled("blip") > 0);
    rig.aws.clearFaults();
    rig.awaitReads("blip", 3);
    assertThat(rig.writesTo(mark, "blip").summary()).isEmpty();
    assertThat(rig.ready("blip")).isEqualTo("True/SecretSynced");
  }

  private long throttled(String key) {
    return rig.aws.calls().stream()
        .filter(call -> "ThrottlingException".equals(call.errorCode()))
        .filter(call -> call.ids().stream().anyMatch(id -> id.equals(key) || id.contains(":secret:" + key + "-")))
        .count();
  }

  @Test
  void given_a_secret_made_after_its_external_secret_when_a_look_is_asked_for_then_it_is_found_at_once() {
    rig.ask("early", "refreshInterval: 1h", "dataFrom: [{extract: {key: early}}]");
    rig.awaitReady("early", "False/SourceNotFound");
    // Later tries come after ever longer waits: this is past the short ones.
    soon().atMost(Duration.ofSeconds(60)).until(() -> rig.reads("early") >= 3);
    rig.aws.createSecret("early", "{\"a\":\"good\"}");

    cluster.kubectl("annotate", "externalsecret", "early", "-n", rig.namespace, "keyferry.dev/sync-now=1").orFail();

    soon().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(rig.value("early", "a")).isEqualTo("good"));
    rig.awaitSynced("early");
    rig.aws.rotate("early", "{\"a\":\"better\"}");
    cluster.kubectl("annotate", "externalsecret", "early", "-n", rig.namespace, "force-sync=2").orFail();
    soon().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(rig.value("early", "a")).isEqualTo("better"));
  }

  @Test
  void given_throttling_that_stays_when_it_ends_then_the_target_follows_again() {
    given_a_fault_that_stays("squeezed", "Throttled", operation -> rig.aws.throttle(operation, ALL));
  }

  @Test
  void given_faults_of_aws_that_stay_when_they_end_then_the_target_follows_again() {
    given_a_fault_that_stays("faulty", "ServerFault", operation -> rig.aws.fail(operation, 500, "InternalServiceError", ALL));
  }

  @Test
  void given_dropped_connections_that_stay_when_they_end_then_the_target_follows_again() {
    given_a_fault_that_stays("cut", "NetworkFailure", operation -> rig.aws.dropConnections(operation, ALL));
  }

  private void given_a_fault_that_stays(String name, String reason, Consumer<String> fault) {
    synced(name);
    READS.forEach(fault);
    rig.aws.rotate(name, "{\"a\":\"better\"}");
    awaitKept(name, reason);
    assertThat(rig.status(name).conditions()).extracting(condition -> condition.type()).containsExactly("Ready", "Reconciling");
    rig.aws.clearFaults();
    soon().untilAsserted(() -> assertThat(rig.value(name, "a")).isEqualTo("better"));
    rig.awaitSynced(name);
  }
}
