package dev.keyferry.restart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReferencesTest {

  static Stream<Arguments> kinds() {
    return Stream.of(
        Arguments.of("env", "containers: [{name: c, env: [{name: A, valueFrom: {secretKeyRef: {name: wanted, key: k}}}]}]"),
        Arguments.of("optional env", "containers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: wanted, key: k, optional: true}}}]}]"),
        Arguments.of("envFrom", "containers: [{name: c, envFrom: [{prefix: P_, secretRef: {name: wanted}}]}]"),
        Arguments.of("init env", "initContainers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: wanted, key: k}}}]}]"),
        Arguments.of("init envFrom", "initContainers: [{envFrom: [{secretRef: {name: wanted}}]}]"),
        Arguments.of("sidecar", "initContainers: [{restartPolicy: Always, envFrom: [{secretRef: {name: wanted}}]}]"),
        Arguments.of("volume", "volumes: [{name: v, secret: {secretName: wanted, items: [{key: k, path: p}]}}]"),
        Arguments.of("projected", "volumes: [{name: v, projected: {sources: [{configMap: {name: x}}, {secret: {name: wanted}}]}}]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void given_a_reference_when_read_then_found(String kind, String spec) {
    assertThat(References.of(template(spec))).containsExactly("wanted");
  }

  static Stream<Arguments> others() {
    return Stream.of(
        Arguments.of("image pull secret", "imagePullSecrets: [{name: other}]"),
        Arguments.of("config map env", "containers: [{env: [{name: A, valueFrom: {configMapKeyRef: {name: other, key: k}}}]}]"),
        Arguments.of("plain env", "containers: [{env: [{name: A, value: other}]}]"),
        Arguments.of("config map envFrom", "containers: [{envFrom: [{configMapRef: {name: other}}]}]"),
        Arguments.of("config map volume", "volumes: [{name: other, configMap: {name: other}}]"),
        Arguments.of("nameless", "containers: [{env: [{name: A, valueFrom: {secretKeyRef: {key: k}}}], envFrom: [{secretRef: {}}]}]"),
        Arguments.of("nameless volume", "volumes: [{name: v, secret: {}}, {name: w, projected: {}}]"),
        Arguments.of("csi", "volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: other}}}]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("others")
  void given_what_is_no_reference_when_read_then_nothing(String kind, String spec) {
    assertThat(References.of(template(spec))).isEmpty();
  }

  @Test
  void given_several_references_when_read_then_each_name_once_and_sorted() {
    String spec =
        """
        initContainers: [{envFrom: [{secretRef: {name: c}}]}]
          containers: [{env: [{name: A, valueFrom: {secretKeyRef: {name: b, key: k}}}]}, {envFrom: [{secretRef: {name: c}}]}]
          volumes: [{name: v, secret: {secretName: a}}]""";

    assertThat(References.of(template(spec))).containsExactly("a", "b", "c");
  }

  static Stream<Arguments> reloaded() {
    return Stream.of(
        Arguments.of("whole volume", "", "containers: [{volumeMounts: [{name: v, mountPath: /v}]}]"),
        Arguments.of("sub path", "mounted", "containers: [{volumeMounts: [{name: v, mountPath: /v, subPath: k}]}]"),
        Arguments.of("sub path expression", "mounted", "containers: [{volumeMounts: [{name: v, mountPath: /v, subPathExpr: $(K)}]}]"),
        Arguments.of("sub path of a sidecar", "mounted", "initContainers: [{restartPolicy: Always, volumeMounts: [{name: v, subPath: k}]}]"),
        Arguments.of("sub path of another volume", "", "containers: [{volumeMounts: [{name: other, subPath: k}]}]"),
        Arguments.of("environment too", "mounted", "containers: [{envFrom: [{secretRef: {name: mounted}}], volumeMounts: [{name: v}]}]"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reloaded")
  void given_hot_reload_when_read_then_only_what_kubelet_does_not_renew_counts(String kind, String expected, String containers) {
    String direct = containers + "\n  volumes: [{name: v, secret: {secretName: mounted}}]";
    String projected = containers + "\n  volumes: [{name: v, projected: {sources: [{secret: {name: mounted}}]}}]";

    assertThat(String.join(" ", References.of(template(direct), "volumes"))).isEqualTo(expected);
    assertThat(String.join(" ", References.of(template(projected), " volumes "))).isEqualTo(expected);
    assertThat(References.of(template(direct), "all")).containsExactly("mounted");
  }

  @Test
  void given_no_template_when_read_then_nothing() {
    assertThat(References.of(null)).isEmpty();
    assertThat(References.of(new PodTemplate(null, null))).isEmpty();
  }

  private static PodTemplate template(String spec) {
    return Serialization.unmarshal("spec:\n  " + spec, PodTemplate.class);
  }
}
