package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.StatusCondition;
import dev.keyferry.config.Setting;
import dev.keyferry.emulator.AwsEmulator;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** The operator as it is shipped, under its own role, between a real API server and the AWS emulator. */
final class Rig implements AutoCloseable {

  static final String REGION = "eu-central-1";

  final Cluster cluster;
  final AwsEmulator aws;
  final String namespace;
  OperatorProcess operator;

  private final UnaryOperator<OperatorProcess.Setup> settings;

  private Rig(Cluster cluster, AwsEmulator aws, UnaryOperator<OperatorProcess.Setup> settings) {
    this.cluster = cluster;
    this.aws = aws;
    this.settings = settings;
    cluster.installCrds().installOperator();
    // The operator serves the whole cluster: what other classes left behind would be its work too.
    cluster.kubectl("delete", "externalsecrets,secretstores", "--all", "--all-namespaces", "--wait=false").orFail();
    cluster.kubectl("delete", "clustersecretstores", "--all", "--wait=false").orFail();
    cluster.kubectl("delete", "deployments,statefulsets,daemonsets", "--all", "--all-namespaces", "--wait=false").orFail();
    this.namespace = cluster.newNamespace("rig");
    apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ClusterSecretStore
        metadata: {name: %s}
        spec: {provider: {aws: {service: SecretsManager, region: %s}}}
        """
            .formatted(store(), REGION));
  }

  /** Starts all of it; the operator works without an election. */
  static Rig start(Cluster cluster) {
    return start(cluster, setup -> setup);
  }

  /** Starts all of it, with other settings of the operator. */
  static Rig start(Cluster cluster, UnaryOperator<OperatorProcess.Setup> settings) {
    Rig rig = prepare(cluster, settings);
    rig.startOperator();
    return rig;
  }

  /** Everything but the operator. */
  static Rig prepare(Cluster cluster, UnaryOperator<OperatorProcess.Setup> settings) {
    return new Rig(cluster, AwsEmulator.builder().region(REGION).start(), settings);
  }

  /** Starts the operator, again after it was killed. */
  Rig startOperator() {
    operator = settings.apply(setup()).start().awaitReady();
    return this;
  }

  OperatorProcess.Setup setup() {
    return OperatorProcess.Setup.with(cluster.operatorKubeconfig())
        .set(Setting.LEADER_ELECTION, "false")
        .set(Setting.RESTART_DEBOUNCE, "0")
        .set(Setting.RESTART_COOLDOWN, "0")
        .set(Setting.RESTART_SPACING, "0")
        .set(Setting.RESTART_CANARY, "false")
        .env("AWS_ENDPOINT_URL", aws.endpoint().toString())
        .env("AWS_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", aws.accessKeyId())
        .env("AWS_SECRET_ACCESS_KEY", aws.secretAccessKey());
  }

  /** The ClusterSecretStore that is this rig's own. */
  String store() {
    return namespace + "-store";
  }

  /** Applies objects into the rig's namespace. */
  void apply(String yaml) {
    cluster.apply(namespace, yaml).orFail();
  }

  /** Applies an ExternalSecret that extracts one source every 2 seconds; more of its spec may follow. */
  void extract(String name, String key, String... spec) {
    apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: %s}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          refreshInterval: 2s
          dataFrom: [{extract: {key: %s}}]
          %s
        """
            .formatted(name, store(), key, String.join("\n  ", spec)));
  }

  Secret secret(String name) {
    return cluster.adminClient().secrets().inNamespace(namespace).withName(name).get();
  }

  /** A value of a Secret as text; null where there is none. */
  String value(String secret, String key) {
    Secret found = secret(secret);
    String encoded = found == null || found.getData() == null ? null : found.getData().get(key);
    return encoded == null ? null : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }

  /** A field of an object by kubectl's JSONPath. */
  String field(String object, String path) {
    return cluster.kubectl("get", object, "-n", namespace, "-o", "jsonpath=" + path).orFail().strip();
  }

  /** Condition Ready of an ExternalSecret, such as {@code True/SecretSynced}; empty before the first. */
  String ready(String externalSecret) {
    return readyCondition(externalSecret).map(ready -> ready.status() + "/" + ready.reason()).orElse("");
  }

  /** The message of condition Ready; empty before the first. */
  String message(String externalSecret) {
    return readyCondition(externalSecret).map(StatusCondition::message).orElse("");
  }

  private Optional<StatusCondition> readyCondition(String externalSecret) {
    ExternalSecretStatus status = status(externalSecret);
    return status == null ? Optional.empty() : Conditions.find(status.conditions(), Conditions.READY);
  }

  /** An ExternalSecret's status; null before the first. */
  @Nullable ExternalSecretStatus status(String externalSecret) {
    return externalSecret(externalSecret).getStatus();
  }

  /** An ExternalSecret of the rig's namespace, which must exist. */
  ExternalSecret externalSecret(String name) {
    return cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespace).withName(name).require();
  }

  /** Waits until condition Ready says that. */
  void awaitReady(String externalSecret, String expected) {
    soon().untilAsserted(() -> assertThat(ready(externalSecret)).as(message(externalSecret)).isEqualTo(expected));
  }

  /** Waits until an ExternalSecret is in sync. */
  void awaitSynced(String externalSecret) {
    awaitReady(externalSecret, "True/SecretSynced");
  }

  /** Applies an ExternalSecret that looks at its sources every 2 seconds, unless its spec says otherwise. */
  void ask(String name, String... spec) {
    String written = String.join("\n  ", spec);
    String interval = written.contains("refreshInterval") ? "" : "refreshInterval: 2s";
    apply(
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: %s}
        spec:
          secretStoreRef: {name: %s, kind: ClusterSecretStore}
          %s
          %s
        """
            .formatted(name, store(), interval, written));
  }

  /** Applies an opaque Secret into the rig's namespace, as its owner other than the operator would. */
  Secret applySecret(String name, Map<String, String> data) {
    return cluster
        .adminClient()
        .resource(
            new SecretBuilder().withNewMetadata().withNamespace(namespace).withName(name).endMetadata().withStringData(data).build())
        .create();
  }

  /** Changes a Secret of the rig's namespace by a merge patch, as a person with kubectl would. */
  void patchSecret(String name, String mergePatch) {
    cluster.kubectl("patch", "secret", name, "-n", namespace, "--type=merge", "-p", mergePatch).orFail();
  }

  /** Events about an object of any kind, as {@code Type Reason: message}, in no order. */
  List<String> events(String object) {
    return cluster.adminClient().v1().events().inNamespace(namespace).list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(object))
        .map(event -> event.getType() + " " + event.getReason() + ": " + event.getMessage())
        .toList();
  }

  /** How often AWS was asked for a secret, alone or in a batch. */
  long reads(String key) {
    return aws.calls().stream()
        .filter(call -> call.ids().stream().anyMatch(id -> id.equals(key) || id.contains(":secret:" + key + "-")))
        .count();
  }

  /** Has every source read at its interval, so that reads count rounds: of more than 20 a sweep would tell that nothing has changed. */
  void readAtEachInterval() {
    String strict = "{\"spec\": {\"provider\": {\"aws\": {\"changeDetection\": \"Strict\"}}}}";
    cluster.kubectl("patch", "clustersecretstore", store(), "--type=merge", "-p", strict).orFail();
  }

  /** Waits until AWS was asked that many more times for a secret. */
  void awaitReads(String key, int more) {
    long before = reads(key);
    soon().until(() -> reads(key) >= before + more);
  }

  /** What the operator wrote since a mark to objects whose names begin so, events about them included. */
  AuditEvents writesTo(long mark, String prefix) {
    return cluster.audit().since(mark).byOperator().writes().in(namespace).that(event -> event.name().startsWith(prefix));
  }

  /** A Deployment of three replicas that takes its environment from a Secret. */
  void deployment(String name, String secret, String annotations) {
    apply(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %s, annotations: {%s}}
        spec:
          replicas: 3
          selector: {matchLabels: {app: %s}}
          template:
            metadata: {labels: {app: %s}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
                - name: app
                  image: none.test/app
                  envFrom: [{secretRef: {name: %s}}]
        """
            .formatted(name, annotations, name, name, secret));
  }

  Deployment deployment(String name) {
    return cluster.adminClient().apps().deployments().inNamespace(namespace).withName(name).get();
  }

  /** The tokens that a Deployment's pod template carries. */
  String templateTokens(String name) {
    Map<String, String> annotations = deployment(name).getSpec().getTemplate().getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get("keyferry.dev/restart-tokens");
  }

  /** The tokens that a Deployment is known to run with. */
  String observedTokens(String name) {
    Map<String, String> annotations = deployment(name).getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get("keyferry.dev/observed-tokens");
  }

  static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(100));
  }

  @Override
  public void close() {
    try {
      if (operator != null) {
        operator.close();
      }
      cluster.kubectl("delete", "externalsecret", "--all", "-n", namespace, "--wait=false");
      cluster.kubectl("delete", "clustersecretstore", store());
    } finally {
      aws.close();
    }
  }
}
