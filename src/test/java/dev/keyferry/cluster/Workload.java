package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.core.ConditionFactory;

/**
 * A workload of a test, and what the operator did to it, as the API server counted it.
 *
 * @param rig where it lives
 * @param kind such as {@code Deployment}
 * @param name of the object
 * @param mark the audit log's length before it was made
 */
record Workload(Rig rig, String kind, String name, long mark) {

  private static final String ON = "keyferry.dev/restart-on-change";

  /** A pod that takes its environment from a Secret. */
  static String envFrom(String secret) {
    return "containers: [{name: app, image: none.test/app, envFrom: [{secretRef: {name: %s}}]}]".formatted(secret);
  }

  /** Makes one; the pod's spec is YAML of one line for each field. */
  static Workload apply(Rig rig, String kind, String name, String optIn, String pod) {
    return apply(rig, kind, name, optIn, pod, kind.equals("DaemonSet") ? "" : "replicas: 2");
  }

  /** Makes one with more of its spec. */
  static Workload apply(Rig rig, String kind, String name, String optIn, String pod, String more) {
    Workload workload = new Workload(rig, kind, name, rig.cluster.audit().mark());
    rig.apply(
        """
        apiVersion: apps/v1
        kind: %1$s
        metadata: {name: %2$s, annotations: {%3$s}}
        spec:
          selector: {matchLabels: {app: %2$s}}
          %4$s
          %5$s
          template:
            metadata: {labels: {app: %2$s}}
            spec:
              terminationGracePeriodSeconds: 0
              %6$s
        """
            .formatted(
                kind,
                name,
                optIn == null ? "" : "%s: \"%s\"".formatted(ON, optIn),
                kind.equals("StatefulSet") ? "serviceName: none" : "",
                more,
                pod.replace("\n", "\n      ")));
    return workload;
  }

  GenericKubernetesResource get() {
    return resource().get();
  }

  /** Patches it as an administrator, by a merge patch in JSON. */
  void merge(String json) {
    resource().patch(PatchContext.of(PatchType.JSON_MERGE), json);
  }

  /** What of the API server's requests rolled it: patches of the pod template by the operator that went through. */
  int rolls() {
    return patches("keyferry.dev/restart");
  }

  /** How often the operator wrote down what it runs with. */
  int records() {
    return patches("keyferry.dev/observed");
  }

  /** How often the operator's patches of the pod template were refused. */
  int refusedRolls() {
    return requests("keyferry.dev/restart").that(event -> event.code() >= 400).count();
  }

  /** How often the operator's records of what it runs with were refused. */
  int refusedRecords() {
    return requests("keyferry.dev/observed").that(event -> event.code() >= 400).count();
  }

  /** The tokens that it is known to run with; null for none. */
  String observed() {
    Map<String, String> annotations = get().getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get("keyferry.dev/observed-tokens");
  }

  /** An annotation of its pod template; null for none. */
  String template(String annotation) {
    return get().get("spec", "template", "metadata", "annotations") instanceof Map<?, ?> annotations
        ? (String) annotations.get(annotation)
        : null;
  }

  /** The tokens that its pod template carries; null for none. */
  String tokens() {
    return template("keyferry.dev/restart-tokens");
  }

  /** The tokens in an annotation's text, by Secret; empty for null. */
  static Map<String, String> parsed(String tokens) {
    return tokens == null ? Map.of() : Serialization.unmarshal(tokens, new TypeReference<TreeMap<String, String>>() {});
  }

  /** Waits until the operator knows which version of a Secret it runs with. */
  Workload awaitAdopted(String secret) {
    soon().untilAsserted(() -> assertThat(observed()).as("%s %s is known to use %s", kind, name, secret).contains("\"" + secret + "\""));
    return this;
  }

  /** Waits until it was rolled that often and the record of the last roll stands. */
  void awaitRolls(int rolls) {
    soon().untilAsserted(() -> assertThat(rolls()).as("rolls of %s %s", kind, name).isEqualTo(rolls));
    soon().untilAsserted(() -> assertThat(observed()).as("record of %s %s", kind, name).isEqualTo(tokens()));
  }

  static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(100));
  }

  private int patches(String manager) {
    return requests(manager).that(event -> event.code() == 200).count();
  }

  private AuditEvents requests(String manager) {
    return rig.cluster
        .audit()
        .since(mark)
        .byOperator()
        .in(rig.namespace)
        .verb("patch")
        .on(plural())
        .that(event -> event.name().equals(name) && event.uri().contains("fieldManager=" + manager));
  }

  private String plural() {
    return kind.toLowerCase(Locale.ROOT) + "s";
  }

  private Resource<GenericKubernetesResource> resource() {
    return rig.cluster.adminClient().genericKubernetesResources("apps/v1", kind).inNamespace(rig.namespace).withName(name);
  }
}
