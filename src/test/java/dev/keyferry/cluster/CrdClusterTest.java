package dev.keyferry.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.SecretStore;
import dev.keyferry.api.v1.SecretStoreSpec;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the API server itself does with the CRDs: which manifests it takes, which it refuses, and what it shows of them. */
@ClusterTest
class CrdClusterTest {

  private static final String FULL_SECRET =
      """
      apiVersion: keyferry.dev/v1
      kind: ExternalSecret
      metadata:
        name: full
      spec:
        refreshInterval: 1h30m
        suspend: false
        secretStoreRef: {name: store, kind: ClusterSecretStore}
        target: {name: my.app-config, creationPolicy: Owner, deletionPolicy: Delete, immutable: false}
        data:
        - secretKey: PASSWORD
          remoteRef:
            key: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:app/db-AbCdEf"
            property: db.users.0.name
            version: AWSPREVIOUS
        - secretKey: .dotted-key_1
          remoteRef: {key: app/db, version: "uuid/0c6a7f7e-3b0c-4b0e-8c0b-111111111111"}
        dataFrom:
        - extract: {key: app/all}
        - find: {path: app/, name: {regexp: "^app/.*$"}, tags: {team: a}}
      """;

  private static final String FULL_STORE =
      """
      apiVersion: keyferry.dev/v1
      kind: ClusterSecretStore
      metadata:
        name: %s
      spec:
        conditions:
        - namespaces: [team-a]
          allowedKeys: [team-a/, shared/tls]
        - namespaceRegexes: ["team-.*"]
          namespaceSelector:
            matchLabels: {team: a}
            matchExpressions: [{key: env, operator: In, values: [prod, test]}]
        provider:
          aws:
            service: SecretsManager
            region: eu-central-1
            role: arn:aws:iam::123456789012:role/path/reader
            externalID: outside
            sessionTags: [{key: team, value: a}]
            transitiveTagKeys: [team]
            additionalRoles: ["arn:aws:iam::123456789012:role/hub"]
            additionalRoleOptions:
              - role: arn:aws:iam::123456789012:role/hub
                externalID: hub-id
                sessionTags: [{key: env, value: prod}]
                transitiveTagKeys: [env]
            prefix: prod/
            failoverRegions: [eu-west-1, ap-northeast-1]
            sessionTagsPolicy: Custom
            customSessionTags: {team: payments}
            endpoint: https://vpce-0123.secretsmanager.eu-central-1.vpce.amazonaws.com
            auth:
              jwt: {serviceAccountRef: {name: app, namespace: team-a}}
              secretRef:
                accessKeyIDSecretRef: {name: keys, key: id, namespace: team-a}
                secretAccessKeySecretRef: {name: keys, key: secret, namespace: team-a}
                sessionTokenSecretRef: {name: keys, key: token, namespace: team-a}
      """;

  private final Cluster cluster;
  private final String namespace;

  CrdClusterTest(Cluster cluster) {
    this.cluster = cluster;
    this.namespace = cluster.newNamespace("crd");
  }

  @BeforeAll
  static void install(Cluster cluster) {
    cluster.installCrds();
  }

  static Stream<Arguments> badSecrets() {
    return Stream.of(
        bad("{data: [{secretKey: a, remoteRef: {key: k}}], refreshInterval: often}", "spec.refreshInterval must be a duration"),
        bad("{data: [{secretKey: a, remoteRef: {key: k}}], refreshInterval: '-1m'}", "spec.refreshInterval must be a duration"),
        bad("{data: [{secretKey: a, remoteRef: {key: k}}], refreshInterval: '60'}", "spec.refreshInterval must be a duration"),
        bad("{data: [{secretKey: a, remoteRef: {key: k}}], refreshInterval: 1d}", "spec.refreshInterval must be a duration"),
        bad("{data: [{secretKey: a, remoteRef: {key: k}}], refreshInterval: 99999999999h}", "spec.refreshInterval must be a duration"),
        bad("{data: [{secretKey: a, remoteRef: {key: k}}], refreshInterval: 5}", "spec.refreshInterval"),
        bad("{secretStoreRef: {name: s}}", "spec.data or spec.dataFrom must name at least one source"),
        bad("{data: []}", "spec.data or spec.dataFrom must name at least one source"),
        bad("{data: [{secretKey: a, remoteRef: {key: k}}, {secretKey: a, remoteRef: {key: l}}]}", "spec.data[].secretKey must be unique"),
        bad("{data: [{secretKey: 'a/b', remoteRef: {key: k}}]}", "data[].secretKey may hold letters"),
        bad("{data: [{secretKey: '', remoteRef: {key: k}}]}", "spec.data[0].secretKey"),
        bad("{data: [{remoteRef: {key: k}}]}", "spec.data[0].secretKey: Required value"),
        bad("{data: [{secretKey: a}]}", "spec.data[0].remoteRef: Required value"),
        bad("{data: [{secretKey: a, remoteRef: {property: p}}]}", "spec.data[0].remoteRef.key: Required value"),
        bad("{data: [{secretKey: a, remoteRef: {key: ''}}]}", "spec.data[0].remoteRef.key"),
        bad("{dataFrom: [{}]}", "dataFrom[] must hold either extract or find"),
        bad("{dataFrom: [{extract: {key: k}, find: {path: p}}]}", "dataFrom[] must hold either extract or find"),
        bad("{dataFrom: [{find: {}}]}", "dataFrom[].find must hold path, name or tags"),
        bad("{dataFrom: [{find: {name: {}}}]}", "spec.dataFrom[0].find.name.regexp: Required value"),
        bad("{dataFrom: [{extract: {key: k}}], secretStoreRef: {name: s, kind: Vault}}", "secretStoreRef.kind must be SecretStore or"),
        bad("{dataFrom: [{extract: {key: k}}], secretStoreRef: {}}", "spec.secretStoreRef.name: Required value"),
        bad("{dataFrom: [{extract: {key: k}}], target: {creationPolicy: Always}}", "target.creationPolicy must be Owner, Orphan"),
        bad("{dataFrom: [{extract: {key: k}}], target: {deletionPolicy: Never}}", "target.deletionPolicy must be Retain, Delete or"),
        bad("{dataFrom: [{extract: {key: k}}], target: {name: My_App}}", "target.name must be a valid Secret name"),
        bad(
            "{dataFrom: [{extract: {key: k}}], target: {creationPolicy: Merge, deletionPolicy: Delete}}",
            "Delete needs creationPolicy Owner"),
        bad("{dataFrom: [{extract: {key: k}}], target: {creationPolicy: None, deletionPolicy: Merge}}", "Merge has no meaning with"),
        bad("{dataFrom: [{extract: {key: k}}], suspend: 'yes'}", "spec.suspend"));
  }

  static Stream<Arguments> badStores() {
    return Stream.of(
        bad("{provider: {}}", "spec.provider.aws: Required value"),
        bad("{provider: {aws: {service: SecretsManager}}}", "spec.provider.aws.region: Required value"),
        bad("{provider: {aws: {service: S3, region: eu-central-1}}}", "provider.aws.service must be SecretsManager or ParameterStore"),
        bad("{provider: {aws: {service: SecretsManager, region: Frankfurt}}}", "provider.aws.region must be a region name"),
        badAws("role: reader", "provider.aws.role must be the full ARN of a role"),
        badAws("role: 'arn:aws:iam::123456789012:user/reader'", "provider.aws.role must be the full ARN of a role"),
        badAws("externalID: outside", "provider.aws.externalID, sessionTags and transitiveTagKeys belong to"),
        badAws("sessionTags: [{key: a, value: b}]", "provider.aws.externalID, sessionTags and transitiveTagKeys belong to"),
        badAws("failoverRegions: [eu-central-1]", "provider.aws.failoverRegions must name regions such as eu-west-1, each once"),
        badAws("failoverRegions: [eu-west-1, eu-west-1]", "provider.aws.failoverRegions must name regions such as eu-west-1, each once"),
        badAws("failoverRegions: [Ireland]", "provider.aws.failoverRegions must name regions such as eu-west-1, each once"),
        badAws("failoverRegions: [eu-west-1, eu-west-2, eu-west-3, eu-north-1]", "failoverRegions"),
        badAws("additionalRoles: [reader]", "provider.aws.additionalRoles must hold full ARNs"),
        badAws(
            "additionalRoleOptions: [{role: 'arn:aws:iam::123456789012:role/hub', externalID: hub-id}]",
            "additionalRoleOptions[].role must be one of"),
        badAws("transitiveTagKeys: [a]", "provider.aws.externalID, sessionTags and transitiveTagKeys belong to"),
        badAws("role: 'arn:aws:iam::123456789012:role/app', sessionTagsPolicy: Loose", "provider.aws.sessionTagsPolicy must be None"),
        badAws("sessionTagsPolicy: Simple", "provider.aws.sessionTagsPolicy belongs to"),
        badAws(
            "role: 'arn:aws:iam::123456789012:role/app', sessionTagsPolicy: Custom, customSessionTags: {esoNamespace: other}",
            "provider.aws.customSessionTags may not hold"),
        badAws("useFips: true, endpoint: 'https://vpce-0123.example'", "useFips and useDualStack choose among AWS's own endpoints"),
        badAws("useDualStack: true, endpoint: 'https://vpce-0123.example'", "useFips and useDualStack choose among AWS's own endpoints"),
        badAws("endpoint: vpce-0123.example", "provider.aws.endpoint must be a URL"),
        badAws("auth: {}", "provider.aws.auth must hold secretRef or jwt"),
        badAws(
            "auth: {jwt: {serviceAccountRef: {name: a, namespace: other}}}",
            "serviceAccountRef of a SecretStore may not name a namespace"),
        badAws(
            "auth: {secretRef: {accessKeyIDSecretRef: {name: k, key: i, namespace: other}, secretAccessKeySecretRef: {name: k, key: s}}}",
            "secretRef of a SecretStore may not name a namespace"),
        badAws(
            "auth: {secretRef: {accessKeyIDSecretRef: {name: k, key: i}, secretAccessKeySecretRef: {name: k, key: s, namespace: other}}}",
            "secretRef of a SecretStore may not name a namespace"),
        badAws(
            "auth: {secretRef: {accessKeyIDSecretRef: {name: k, key: i}, secretAccessKeySecretRef: {name: k, key: s},"
                + " sessionTokenSecretRef: {name: k, key: t, namespace: other}}}",
            "secretRef of a SecretStore may not name a namespace"),
        badAws("auth: {secretRef: {accessKeyIDSecretRef: {name: k, key: i}}}", "secretAccessKeySecretRef: Required value"));
  }

  @ParameterizedTest
  @MethodSource("badSecrets")
  void given_a_bad_external_secret_when_applied_then_the_refusal_names_the_field(String spec, String sentence) {
    var outcome = cluster.apply(namespace, manifest("ExternalSecret", "bad", spec));
    assertThat(outcome.succeeded()).isFalse();
    assertThat(outcome.errors()).contains(sentence);
  }

  @ParameterizedTest
  @MethodSource("badStores")
  void given_a_bad_store_when_applied_then_the_refusal_names_the_field(String spec, String sentence) {
    var outcome = cluster.apply(namespace, manifest("SecretStore", "bad", spec));
    assertThat(outcome.succeeded()).isFalse();
    assertThat(outcome.errors()).contains(sentence);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0s", "30s", "500ms", "1.5h", "1h30m", "5m0s", "8760h"})
  void given_a_duration_when_applied_then_it_is_taken(String duration) {
    cluster
        .apply(
            namespace,
            manifest("ExternalSecret", "good", "{dataFrom: [{extract: {key: k}}], refreshInterval: '%s'}".formatted(duration)))
        .orFail();
  }

  @Test
  void given_every_field_when_applied_then_the_stored_spec_is_the_applied_one() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    cluster.apply(namespace, FULL_STORE.formatted(namespace)).orFail();

    var secret = cluster.adminClient().genericKubernetesResources("keyferry.dev/v1", "ExternalSecret");
    var store = cluster.adminClient().genericKubernetesResources("keyferry.dev/v1", "ClusterSecretStore");
    assertThat(secret.inNamespace(namespace).withName("full").get().getAdditionalProperties().get("spec")).isEqualTo(specOf(FULL_SECRET));
    assertThat(store.withName(namespace).get().getAdditionalProperties().get("spec")).isEqualTo(specOf(FULL_STORE.formatted(namespace)));
  }

  @Test
  void given_only_what_is_required_when_applied_then_no_default_appears() {
    var spec = "{dataFrom: [{extract: {key: k}}]}";
    var store = "{provider: {aws: {service: ParameterStore, region: us-gov-west-1}}}";
    cluster.apply(namespace, manifest("ExternalSecret", "small", spec)).orFail();
    cluster.apply(namespace, manifest("SecretStore", "small", store)).orFail();

    assertThat(spec("externalsecret", "small")).isEqualTo("{\"dataFrom\":[{\"extract\":{\"key\":\"k\"}}]}");
    assertThat(spec("secretstore", "small"))
        .isEqualTo("{\"provider\":{\"aws\":{\"region\":\"us-gov-west-1\",\"service\":\"ParameterStore\"}}}");
  }

  @Test
  void given_every_field_when_read_as_records_then_nothing_is_lost() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    cluster.apply(namespace, FULL_STORE.formatted(namespace + "-records")).orFail();

    var secret = cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespace).withName("full").get();
    var store = cluster.adminClient().resources(ClusterSecretStore.class).withName(namespace + "-records").get();
    assertThat(Serialization.unmarshal(Serialization.asYaml(secret.getSpec()), Object.class))
        .isEqualTo(specOf(FULL_SECRET));
    assertThat(Serialization.unmarshal(Serialization.asYaml(store.getSpec()), Object.class))
        .isEqualTo(specOf(FULL_STORE.formatted("any")));
  }

  @Test
  void given_an_applied_object_when_applied_again_then_its_resource_version_stays() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    var before = version();
    cluster.apply(namespace, FULL_SECRET).orFail();
    assertThat(version()).isEqualTo(before);
  }

  @Test
  void given_a_status_when_applied_through_its_subresource_then_it_is_stored_and_the_spec_is_not_touched() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    var status =
        """
        apiVersion: keyferry.dev/v1
        kind: ExternalSecret
        metadata: {name: full}
        spec: {suspend: true}
        status:
          observedGeneration: 1
          conditions: [{type: Ready, status: "False", reason: AccessDenied, message: why, lastTransitionTime: "2026-01-01T00:00:00Z"}]
          sources: [{key: app/db, revision: v1, stages: [AWSCURRENT]}]
          lastChangedTime: "2026-01-01T00:00:00Z"
        """;
    cluster.applyStatus(namespace, status).orFail();

    var stored = cluster.adminClient().resources(ExternalSecret.class).inNamespace(namespace).withName("full").get();
    assertThat(stored.getStatus().conditions()).singleElement().satisfies(c -> assertThat(c.reason()).isEqualTo("AccessDenied"));
    assertThat(stored.getStatus().sources()).singleElement().satisfies(s -> assertThat(s.revision()).isEqualTo("v1"));
    assertThat(stored.getSpec().suspended()).isFalse();
    assertThat(row("es", "full")).startsWith("full", "store", "False", "AccessDenied", "1h30m");
  }

  @Test
  void given_the_crds_when_listed_then_columns_stand_in_their_order() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    cluster.apply(namespace, manifest("SecretStore", "shown", "{provider: {aws: {service: SecretsManager, region: eu-west-1}}}")).orFail();

    assertThat(header("es")).isEqualTo("NAME STORE READY REASON REFRESH LAST CHANGE AGE");
    assertThat(header("ss")).isEqualTo("NAME REGION READY REASON DETECTION IDENTITY AGE");
    cluster.apply(namespace, FULL_STORE.formatted(namespace + "-columns")).orFail();
    assertThat(header("css")).isEqualTo("NAME REGION READY REASON DETECTION IDENTITY AGE");
    assertThat(row("ss", "shown")).startsWith("shown", "eu-west-1");
  }

  @Test
  void given_the_category_when_listed_then_secrets_and_stores_are_shown() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    cluster.apply(namespace, manifest("SecretStore", "shown", "{provider: {aws: {service: SecretsManager, region: eu-west-1}}}")).orFail();

    assertThat(cluster.kubectl("get", "keyferry", "-n", namespace, "-o", "name").orFail())
        .contains("externalsecret.keyferry.dev/full", "secretstore.keyferry.dev/shown");
  }

  @Test
  void given_a_selectable_field_when_selected_by_then_only_what_matches_is_listed() {
    cluster.apply(namespace, FULL_SECRET).orFail();
    cluster.apply(namespace, manifest("ExternalSecret", "other", "{dataFrom: [{extract: {key: k}}]}")).orFail();

    assertThat(selected("spec.target.name=my.app-config")).containsExactly("full");
    assertThat(selected("spec.secretStoreRef.name=store,spec.secretStoreRef.kind=ClusterSecretStore")).containsExactly("full");
    assertThat(selected("spec.refreshInterval=1h30m")).containsExactly("full");
  }

  @Test
  void given_kubectl_explain_when_asked_then_every_level_is_described() {
    assertThat(explain("externalsecret")).contains("Asks that values from AWS", "What to read from AWS", "What the operator last observed");
    assertThat(explain("es.spec.target.creationPolicy")).contains("Owner (also when left out)");
    assertThat(explain("es.status.sources.revision")).contains("VersionId of the secret");
    assertThat(explain("ss.spec.provider.aws")).contains("Region to read in", "ARN of a role to assume");
    assertThat(explain("css.spec.conditions.namespaceSelector.matchExpressions")).contains("In, NotIn, Exists or DoesNotExist");
  }

  @Test
  void given_an_unknown_field_when_applied_then_it_is_pruned_and_the_rest_is_kept() {
    var spec = "{dataFrom: [{extract: {key: k, decodingStrategy: None}}]}";
    cluster.kubectlWithInput(manifest("ExternalSecret", "pruned", spec), "create", "--validate=false", "-n", namespace, "-f", "-").orFail();
    assertThat(spec("es", "pruned")).isEqualTo("{\"dataFrom\":[{\"extract\":{\"key\":\"k\"}}]}");
  }

  @Test
  void given_a_store_made_from_records_when_created_then_the_server_takes_it() {
    var store = Serialization.unmarshal(FULL_STORE.formatted("any"), ClusterSecretStore.class);
    var own = new SecretStore();
    own.getMetadata().setName("records");
    own.setSpec(
        Serialization.unmarshal("provider: {aws: {service: SecretsManager, region: eu-west-1}}", SecretStoreSpec.class));
    store.getMetadata().setName(namespace + "-created");

    assertThat(cluster.adminClient().resource(store).create().getSpec()).isEqualTo(store.getSpec());
    assertThat(cluster.adminClient().resource(own).inNamespace(namespace).create().getSpec()).isEqualTo(own.getSpec());
  }

  private static Arguments bad(String spec, String sentence) {
    return Arguments.of(spec, sentence);
  }

  private static Arguments badAws(String field, String sentence) {
    return Arguments.of("{provider: {aws: {service: SecretsManager, region: eu-central-1, %s}}}".formatted(field), sentence);
  }

  private static String manifest(String kind, String name, String spec) {
    return "{apiVersion: keyferry.dev/v1, kind: %s, metadata: {name: %s}, spec: %s}".formatted(kind, name, spec);
  }

  private static Object specOf(String yaml) {
    return Serialization.unmarshal(yaml, GenericKubernetesResource.class).getAdditionalProperties().get("spec");
  }

  private String spec(String resource, String name) {
    return cluster.kubectl("get", resource, name, "-n", namespace, "-o", "jsonpath={.spec}").orFail();
  }

  private String version() {
    return cluster.kubectl("get", "es", "full", "-n", namespace, "-o", "jsonpath={.metadata.resourceVersion}").orFail();
  }

  private String header(String resource) {
    return cluster.kubectl("get", resource, "-n", namespace).orFail().lines().findFirst().orElseThrow().replaceAll(" +", " ").strip();
  }

  private List<String> row(String resource, String name) {
    return List.of(cluster.kubectl("get", resource, name, "-n", namespace, "--no-headers").orFail().strip().split(" +"));
  }

  private List<String> selected(String selector) {
    return cluster
        .kubectl("get", "es", "-n", namespace, "--field-selector", selector, "-o", "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}")
        .orFail()
        .lines()
        .toList();
  }

  /** Without the line breaks that kubectl sets. */
  private String explain(String path) {
    return cluster.kubectl("explain", path).orFail().replaceAll("\\s+", " ");
  }
}
