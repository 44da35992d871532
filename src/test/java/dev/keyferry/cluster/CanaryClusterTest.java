package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.config.Setting;
import dev.keyferry.emulator.Keys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * No byte of a payload and no key of AWS's leaves the operator but into a Secret's data: words that stand nowhere else go through success,
 * every class of failure, drift, refusals, a workload's restart and a restart of the operator, which logs at level debug. Then everything
 * that it wrote is searched.
 */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CanaryClusterTest {

  private static final List<String> READS = List.of("GetSecretValue", "BatchGetSecretValue");

  private final Cluster cluster;
  private final List<String> words = new ArrayList<>();
  private final List<Path> logs = new ArrayList<>();
  private final List<String> metrics = new ArrayList<>();
  private long mark;
  private Rig rig;

  CanaryClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void liveThroughEverything() {
    mark = cluster.audit().mark();
    rig = Rig.start(cluster, setup -> setup.set(Setting.LOG_LEVEL, "debug"));
    logs.add(rig.operator.log());
    words.add(rig.aws.secretAccessKey());
    succeed();
    drift();
    beRefused();
    readBadInput();
    failToRead();
    useWrongKeys();
    metrics.add(rig.operator.metrics());
    rig.operator.terminate();
    rig.startOperator();
    logs.add(rig.operator.log());
    rig.aws.rotate("canary/object", "{\"user\":\"%s\",\"nested\":{\"deep\":[\"%s\"]}}".formatted(word(), word()));
    rig.awaitReads("canary/object", 3);
    rig.awaitSynced("canary-object");
    metrics.add(rig.operator.metrics());
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  /** A new word that only secret values hold. */
  private String word() {
    String word = "KANARIENVOGEL%03dzwitschert".formatted(words.size());
    words.add(word);
    return word;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void succeed() {
    rig.aws.createSecret("canary/object", "{\"user\":\"%s\",\"nested\":{\"deep\":[\"%s\"]}}".formatted(word(), word()));
    rig.aws.createSecret("canary/text", word());
    rig.aws.createSecret("canary/encoded", base64(word()));
    rig.aws.createBinary("canary/binary", ("\u0000\u0001" + word()).getBytes(StandardCharsets.UTF_8));
    rig.extract("canary-object", "canary/object");
    rig.ask(
        "canary-texts",
        "data:",
        "- {secretKey: text, remoteRef: {key: canary/text}}",
        "- {secretKey: encoded, remoteRef: {key: canary/encoded}}",
        "- {secretKey: binary, remoteRef: {key: canary/binary}}",
        "- {secretKey: deep, remoteRef: {key: canary/object, property: nested.deep.0}}");
    rig.deployment("canary-app", "canary-object", "keyferry.dev/restart-on-change: 'true'");
    rig.awaitSynced("canary-object");
    rig.awaitSynced("canary-texts");
    soon().until(() -> rig.observedTokens("canary-app") != null);
    rig.aws.rotate("canary/object", "{\"user\":\"%s\",\"nested\":{\"deep\":[\"%s\"]}}".formatted(word(), word()));
    soon().until(() -> rig.templateTokens("canary-app") != null);
  }

  private void drift() {
    rig.patchSecret("canary-texts", "{\"stringData\":{\"text\":\"%s\",\"intruder\":\"%s\"}}".formatted(word(), word()));
    soon().untilAsserted(() -> assertThat(rig.secret("canary-texts").getData()).doesNotContainKey("intruder"));
    cluster.kubectl("delete", "secret", "canary-texts", "-n", rig.namespace).orFail();
    soon().until(() -> rig.secret("canary-texts") != null);
  }

  private void beRefused() {
    rig.applySecret("canary-foreign", Map.of("user", word()));
    rig.extract("canary-foreign", "canary/object");
    rig.extract("canary-second", "canary/object", "target: {name: canary-object}");
    rig.applySecret("canary-pool", Map.of("own", word()));
    String merge = "target: {name: canary-pool, creationPolicy: Merge}";
    rig.ask("canary-merge-1", merge, "data: [{secretKey: k, remoteRef: {key: canary/text}}]");
    rig.awaitSynced("canary-merge-1");
    rig.ask("canary-merge-2", merge, "data: [{secretKey: k, remoteRef: {key: canary/encoded}}]");
    rig.aws.createSecret("canary/stone", "{\"a\":\"%s\"}".formatted(word()));
    rig.extract("canary-stone", "canary/stone", "target: {immutable: true}");
    rig.awaitSynced("canary-stone");
    rig.aws.rotate("canary/stone", "{\"a\":\"%s\"}".formatted(word()));
    forbidBySpeakingPolicy();
    rig.extract("canary-forbidden", "canary/object");
    rig.awaitReady("canary-foreign", "False/TargetForeign");
    rig.awaitReady("canary-second", "False/TargetOwnedByOther");
    rig.awaitReady("canary-merge-2", "False/KeyConflict");
    rig.awaitReady("canary-stone", "False/TargetImmutable");
    rig.awaitReady("canary-forbidden", "False/TargetNotAccepted");
  }

  /** An admission policy whose refusal quotes the data. */
  private void forbidBySpeakingPolicy() {
    String name = "quoting-" + rig.namespace;
    rig.apply(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: %s}
        spec:
          failurePolicy: Fail
          matchConstraints:
            resourceRules:
              - {apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [secrets]}
          matchConditions:
            - {name: ours, expression: "object.metadata.namespace == '%s' && object.metadata.name in ['canary-forbidden', 'probe']"}
          validations:
            - expression: "false"
              messageExpression: "'refused: ' + string(object.data.user)"
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: %s}
        spec: {policyName: %s, validationActions: [Deny]}
        """
            .formatted(name, rig.namespace, name, name));
    soon()
        .untilAsserted(
            () -> {
              cluster.kubectl("delete", "secret", "probe", "-n", rig.namespace, "--ignore-not-found").orFail();
              assertThat(cluster.kubectl("create", "secret", "generic", "probe", "-n", rig.namespace, "--from-literal=user=x").errors())
                  .contains("refused: ");
            });
  }

  private void readBadInput() {
    List<String> bad =
        List.of(
            word(),
            "{\"a\": %s".formatted(word()),
            "{\"a\":\"%s".formatted(word()),
            "[\"%s\"]".formatted(word()),
            "{\"b\":\"%s\"}".formatted(word()),
            base64("{\"a\":\"" + word() + "\"}"),
            "{\"a\":\"%s\\u0000\"}".formatted(word()));
    for (int i = 0; i < bad.size(); i++) {
      rig.aws.createSecret("canary/bad-" + i, bad.get(i));
      rig.ask("canary-bad-" + i, "data: [{secretKey: a, remoteRef: {key: canary/bad-%d, property: a}}]".formatted(i));
    }
    rig.aws.createSecret("canary/bad-key", "{\"not a key\":\"%s\"}".formatted(word()));
    rig.extract("canary-bad-key", "canary/bad-key");
    rig.aws.createSecret("canary/large", word().repeat(65_536 / 27));
    String entries = "";
    for (int i = 0; i < 17; i++) {
      entries += "\n  - {secretKey: k%d, remoteRef: {key: canary/large}}".formatted(i);
    }
    rig.ask("canary-large", "data:" + entries);
    for (int i = 0; i < bad.size(); i++) {
      rig.awaitReady("canary-bad-" + i, "False/InvalidData");
    }
    rig.awaitReady("canary-bad-key", "False/InvalidData");
    rig.awaitReady("canary-large", "False/InvalidData");
  }

  private void failToRead() {
    for (String name : List.of("denied", "vanished", "doomed", "broken")) {
      rig.aws.createSecret("canary/" + name, "{\"a\":\"%s\"}".formatted(word()));
      rig.extract("canary-" + name, "canary/" + name);
      rig.awaitSynced("canary-" + name);
    }
    rig.aws.deny("tester", "secretsmanager:GetSecretValue", "canary/denied");
    rig.aws.secrets().vanish("canary/vanished");
    rig.aws.delete("canary/doomed");
    rig.aws.secrets().breakKms("canary/broken");
    rig.awaitReady("canary-denied", "False/AccessDenied");
    rig.awaitReady("canary-vanished", "False/SourceNotFound");
    rig.awaitReady("canary-doomed", "False/SourceMarkedForDeletion");
    rig.awaitReady("canary-broken", "False/DecryptionFailed");
    READS.forEach(operation -> rig.aws.throttle(operation, 100_000));
    rig.awaitReady("canary-object", "False/Throttled");
    rig.aws.clearFaults();
    rig.awaitSynced("canary-object");
    READS.forEach(operation -> rig.aws.fail(operation, 500, "InternalServiceError", 100_000));
    rig.awaitReady("canary-object", "False/ServerFault");
    rig.aws.clearFaults();
    rig.awaitSynced("canary-object");
    READS.forEach(operation -> rig.aws.dropConnections(operation, 100_000));
    rig.awaitReady("canary-object", "False/NetworkFailure");
    rig.aws.clearFaults();
    rig.awaitSynced("canary-object");
  }

  private void useWrongKeys() {
    Keys user = rig.aws.addUser("canary");
    rig.applySecret("canary-keys", Map.of("id", user.accessKeyId(), "wrong", word(), "right", user.secretAccessKey()));
    words.add(user.secretAccessKey());
    for (String key : List.of("wrong", "right")) {
      rig.apply(
          """
          apiVersion: keyferry.dev/v1
          kind: SecretStore
          metadata: {name: canary-%s}
          spec:
            provider:
              aws:
                service: SecretsManager
                region: %s
                auth:
                  secretRef:
                    accessKeyIDSecretRef: {name: canary-keys, key: id}
                    secretAccessKeySecretRef: {name: canary-keys, key: %s}
          ---
          apiVersion: keyferry.dev/v1
          kind: ExternalSecret
          metadata: {name: canary-keys-%s}
          spec: {secretStoreRef: {name: canary-%s}, refreshInterval: 2s, data: [{secretKey: k, remoteRef: {key: canary/text}}]}
          """
              .formatted(key, Rig.REGION, key, key, key));
    }
    rig.awaitReady("canary-keys-wrong", "False/CredentialsInvalid");
    rig.awaitSynced("canary-keys-right");
  }

  @Test
  void given_all_that_when_the_logs_are_searched_then_there_is_none() {
    Canaries canaries = new Canaries(words);
    assertThat(logs).hasSize(2);
    assertThat(logs.stream().flatMap(log -> canaries.in(log).stream())).isEmpty();
  }

  @Test
  void given_all_that_when_every_object_but_the_data_of_secrets_is_searched_then_there_is_none() {
    assertThat(new Canaries(words).in(cluster)).isEmpty();
  }

  @Test
  void given_all_that_when_the_metrics_are_searched_then_there_is_none() {
    Canaries canaries = new Canaries(words);
    assertThat(metrics).hasSize(2).allMatch(page -> page.contains("keyferry_"));
    assertThat(metrics.stream().flatMap(page -> canaries.in("/metrics", page).stream())).isEmpty();
  }

  @Test
  void given_all_that_when_the_audit_log_is_searched_then_there_is_none() {
    assertThat(cluster.audit().since(mark).byOperator().writes().in(rig.namespace).count()).isPositive();
    assertThat(new Canaries(words).in(cluster.audit())).isEmpty();
  }

  @Test
  void given_words_planted_in_metadata_when_searched_then_each_form_is_found() {
    String word = "KANARIENVOGELplanted0zwitschert";
    String inside = base64("{\"password\":\"" + word + "\"}");
    rig.apply(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: planted, annotations: {plain: '%s', encoded: '%s'}}
        """
            .formatted("x" + word + "x", inside));
    List<String> found = new Canaries(List.of(word)).in(cluster);
    assertThat(found).hasSize(2).allMatch(place -> place.startsWith("ConfigMap " + rig.namespace + "/planted"));
  }

  @Test
  void given_the_data_of_secrets_when_searched_then_the_words_are_there() {
    String all = cluster.kubectl("get", "secrets", "-n", rig.namespace, "-o", "json").orFail();
    assertThat(new Canaries(words).in("secrets", all)).isNotEmpty();
  }
}
