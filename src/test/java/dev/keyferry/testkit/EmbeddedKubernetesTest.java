package dev.keyferry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.keyferry.api.v1.ClusterSecretStore;
import dev.keyferry.api.v1.DataFromEntry;
import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretSpec;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.api.v1.RemoteRef;
import dev.keyferry.api.v1.StatusCondition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectRulesReviewBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKubernetesTest {

  private static EmbeddedKubernetes kubernetes;
  private static KubernetesClient client;

  @BeforeAll
  static void start() {
    kubernetes = EmbeddedKubernetes.start();
    client = kubernetes.client();
  }

  @AfterAll
  static void stop() {
    kubernetes.close();
  }

  private static Secret secret(String name, Map<String, String> labels) {
    return new SecretBuilder()
        .withNewMetadata().withName(name).withNamespace("default").withLabels(labels).endMetadata()
        .addToData("a", "MQ==")
        .build();
  }

  private static ExternalSecret externalSecret(String name, String interval) {
    ExternalSecret object = new ExternalSecret();
    object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("default").build());
    DataFromEntry source = new DataFromEntry(new RemoteRef("app/db", null, null));
    object.setSpec(new ExternalSecretSpec(null, null, null, List.of(source), interval, null, null));
    return object;
  }

  private static ExternalSecret statusOnly(String name, StatusCondition condition) {
    ExternalSecret object = new ExternalSecret();
    object.setMetadata(new ObjectMetaBuilder().withName(name).withNamespace("default").build());
    object.setStatus(new ExternalSecretStatus(1L, List.of(condition), null, null, null));
    return object;
  }

  private static ExternalSecret applyStatus(String manager, ExternalSecret object) {
    PatchContext context =
        new PatchContext.Builder().withPatchType(PatchType.SERVER_SIDE_APPLY).withFieldManager(manager).withForce(true).build();
    return client.resource(object).subresource("status").patch(context, object);
  }

  private static StatusCondition condition(String type) {
    return new StatusCondition(type, "True", "Because", null, 1L, Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Test
  void given_a_custom_resource_when_its_status_is_applied_then_only_status_changes() {
    ExternalSecret made = client.resource(externalSecret("status", "5m")).create();

    applyStatus("s", statusOnly("status", condition("Ready")));
    ExternalSecret after = client.resources(ExternalSecret.class).inNamespace("default").withName("status").get();

    assertThat(after.getStatus().conditions()).extracting(StatusCondition::type).containsExactly("Ready");
    assertThat(after.getSpec().refreshInterval()).isEqualTo("5m");
    assertThat(after.getMetadata().getGeneration()).isEqualTo(made.getMetadata().getGeneration());
    assertThat(after.getMetadata().getManagedFields())
        .anySatisfy(entry -> assertThat(entry.getSubresource() + "/" + entry.getOperation()).isEqualTo("status/Apply"));
  }

  @Test
  void given_a_status_when_the_object_itself_is_applied_then_the_status_stays() {
    client.resource(externalSecret("kept", "5m")).create();
    applyStatus("s", statusOnly("kept", condition("Ready")));
    ExternalSecret wanted = externalSecret("kept", "1h");
    wanted.setStatus(new ExternalSecretStatus(9L, List.of(), null, null, null));

    ExternalSecret after = client.resource(wanted).fieldManager("m").forceConflicts().serverSideApply();

    assertThat(after.getStatus().observedGeneration()).isEqualTo(1L);
    assertThat(after.getSpec().refreshInterval()).isEqualTo("1h");
    assertThat(after.getMetadata().getGeneration()).isEqualTo(2L);
  }

  @Test
  void given_conditions_of_two_managers_when_one_applies_again_then_both_stay() {
    client.resource(externalSecret("two", "5m")).create();
    applyStatus("a", statusOnly("two", condition("Ready")));
    applyStatus("b", statusOnly("two", condition("WorkloadsUpToDate")));

    ExternalSecret after =
        applyStatus("a", statusOnly("two", condition("Ready")));

    assertThat(after.getStatus().conditions()).extracting(StatusCondition::type).containsExactly("Ready", "WorkloadsUpToDate");
  }

  @Test
  void given_a_cluster_scoped_kind_when_created_then_readable() {
    String store =
        """
        apiVersion: keyferry.dev/v1
        kind: ClusterSecretStore
        metadata: {name: aws}
        spec: {provider: {aws: {service: SecretsManager, region: eu-central-1}}}
        """;

    client.load(new ByteArrayInputStream(store.getBytes(StandardCharsets.UTF_8))).create();

    assertThat(client.resources(ClusterSecretStore.class).withName("aws").get()).isNotNull();
  }

  @Test
  void given_a_custom_resource_when_annotated_then_the_generation_stays() {
    client.resource(externalSecret("annotated", "5m")).create();

    ExternalSecret after =
        client.resources(ExternalSecret.class)
            .inNamespace("default")
            .withName("annotated")
            .edit(
                object -> {
                  object.getMetadata().setAnnotations(Map.of("a", "b"));
                  return object;
                });

    assertThat(after.getMetadata().getGeneration()).isEqualTo(1L);
    assertThat(after.getMetadata().getAnnotations()).containsEntry("a", "b");
  }

  @Test
  void given_an_object_when_json_patch_tests_another_version_then_422_and_nothing_changes() {
    client.resource(secret("tested", Map.of())).create();
    String patch = "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"1\"},{\"op\":\"remove\",\"path\":\"/data/a\"}]";

    KubernetesClientException refused =
        catchThrowableOfType(KubernetesClientException.class, () -> jsonPatch("tested", patch));

    assertThat(refused.getCode()).isEqualTo(422);
    assertThat(client.secrets().inNamespace("default").withName("tested").get().getData()).containsKey("a");
  }

  @Test
  void given_an_object_when_json_patch_tests_its_version_then_the_key_goes() {
    String version = client.resource(secret("patched", Map.of())).create().getMetadata().getResourceVersion();
    String patch =
        "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"" + version + "\"},{\"op\":\"remove\",\"path\":\"/data/a\"}]";

    assertThat(jsonPatch("patched", patch).getData()).isNullOrEmpty();
  }

  private static Secret jsonPatch(String name, String patch) {
    return client.secrets().inNamespace("default").withName(name).patch(PatchContext.of(PatchType.JSON), patch);
  }

  @Test
  void given_a_deployment_when_merge_patched_then_null_removes_and_the_rest_stays() {
    client.resource(deployment("merge")).create();

    Deployment after =
        client.apps().deployments().inNamespace("default").withName("merge")
            .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"metadata\":{\"labels\":{\"x\":null,\"y\":\"2\"}}}");

    assertThat(after.getMetadata().getLabels()).containsOnlyKeys("y");
    assertThat(after.getSpec().getReplicas()).isEqualTo(1);
  }

  private static Deployment deployment(String name) {
    return new DeploymentBuilder()
        .withNewMetadata().withName(name).withNamespace("default").addToLabels("x", "1").endMetadata()
        .withNewSpec()
        .withReplicas(1)
        .withNewSelector().addToMatchLabels("app", name).endSelector()
        .withNewTemplate()
        .withNewMetadata().addToLabels("app", name).endMetadata()
        .withNewSpec().addNewContainer().withName("c").withImage("i").endContainer().endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  @Test
  void given_an_event_without_name_when_created_then_named() {
    Event event =
        new EventBuilder().withNewMetadata().withGenerateName("e-").withNamespace("default").endMetadata().withReason("R").build();

    assertThat(client.resource(event).create().getMetadata().getName()).startsWith("e-").hasSizeGreaterThan(2);
  }

  @Test
  void given_a_lease_when_updated_with_an_old_version_then_409() {
    Lease made =
        client.resource(new LeaseBuilder().withNewMetadata().withName("l").withNamespace("default").endMetadata()
            .withNewSpec().withHolderIdentity("a").endSpec().build()).create();
    client.resource(made.edit().editSpec().withHolderIdentity("b").endSpec().build()).update();

    KubernetesClientException refused =
        catchThrowableOfType(
            KubernetesClientException.class,
            () -> client.resource(made.edit().editSpec().withHolderIdentity("c").endSpec().build()).lockResourceVersion().update());

    assertThat(refused.getCode()).isEqualTo(409);
  }

  @Test
  void given_a_service_account_when_a_token_is_requested_then_it_names_subject_and_audience() {
    client.resource(new ServiceAccountBuilder().withNewMetadata().withName("sa").withNamespace("default").endMetadata().build()).create();

    String token =
        client.serviceAccounts().inNamespace("default").withName("sa")
            .tokenRequest(new TokenRequestBuilder().withNewSpec().withAudiences("sts.amazonaws.com").endSpec().build())
            .getStatus().getToken();

    String claims = new String(Base64.getUrlDecoder().decode(token.split("\\.")[1]), StandardCharsets.UTF_8);
    assertThat(claims).contains("\"system:serviceaccount:default:sa\"").contains("\"aud\":[\"sts.amazonaws.com\"]").contains("\"exp\"");
  }

  @Test
  void given_a_rules_review_when_created_then_everything_is_allowed() {
    SelfSubjectRulesReview review = new SelfSubjectRulesReviewBuilder().withNewSpec().withNamespace("default").endSpec().build();

    SelfSubjectRulesReview answer = client.resource(review).create();

    assertThat(answer.getStatus().getResourceRules().getFirst().getVerbs()).containsExactly("*");
  }

  @Test
  void given_an_owned_secret_when_its_owner_is_deleted_then_it_goes_too() {
    ExternalSecret owner = client.resource(externalSecret("owner", "5m")).create();
    Secret owned =
        secret("owned", Map.of()).edit().editMetadata()
            .addToOwnerReferences(
                new OwnerReferenceBuilder().withApiVersion("keyferry.dev/v1").withKind("ExternalSecret").withName("owner")
                    .withUid(owner.getMetadata().getUid()).build())
            .endMetadata().build();
    client.resource(owned).create();

    client.resource(owner).delete();

    assertThat(client.secrets().inNamespace("default").withName("owned").get()).isNull();
  }

  @Test
  void given_a_finalizer_when_deleted_then_it_goes_once_the_finalizer_does() {
    ConfigMap map =
        new ConfigMapBuilder()
            .withNewMetadata().withName("finalized").withNamespace("default").addToFinalizers("a/b").endMetadata()
            .build();
    client.resource(map).create();
    client.resource(map).delete();
    boolean marked = client.resource(map).get().isMarkedForDeletion();

    client.configMaps().inNamespace("default").withName("finalized")
        .edit(m -> m.edit().editMetadata().withFinalizers(List.of()).endMetadata().build());

    assertThat(marked).isTrue();
    assertThat(client.resource(map).get()).isNull();
  }

  @Test
  void given_labelled_objects_when_listed_by_selector_and_in_pages_then_all_of_them_come() {
    for (int i = 0; i < 5; i++) {
      client.resource(secret("page-" + i, Map.of("paged", "p" + i % 2))).create();
    }

    ListOptions twoAtATime = new ListOptionsBuilder().withLimit(2L).build();
    SecretList first =
        client.secrets().inNamespace("default").withLabelSelector("paged in (p0,p1)").list(twoAtATime);
    ListOptions next = new ListOptionsBuilder().withContinue(first.getMetadata().getContinue()).build();
    SecretList rest = client.secrets().inNamespace("default").withLabelSelector("paged in (p0,p1)").list(next);
    List<Secret> even = client.secrets().inNamespace("default").withLabel("paged", "p0").list().getItems();

    assertThat(first.getItems()).hasSize(2);
    assertThat(rest.getItems()).hasSize(3);
    assertThat(even).extracting(s -> s.getMetadata().getName()).containsExactly("page-0", "page-2", "page-4");
  }

  @Test
  void given_requests_when_asked_then_the_log_names_verb_path_manager_and_agent_and_counts_writes() {
    try (KubernetesClient other = kubernetes.newClient("probe")) {
      long before = kubernetes.writes();
      other.secrets().inNamespace("default").withName("logged").get();
      other.resource(secret("logged", Map.of())).fieldManager("m").serverSideApply();

      assertThat(kubernetes.writes()).isEqualTo(before + 1);
      assertThat(kubernetes.requests(call -> call.userAgent().equals("probe")))
          .extracting(ApiCall::verb, ApiCall::path, ApiCall::fieldManager)
          .containsExactly(
              tuple("get", "/api/v1/namespaces/default/secrets/logged", null),
              tuple("apply", "/api/v1/namespaces/default/secrets/logged", "m"));
    }
  }

  @Test
  void given_a_written_kubeconfig_when_a_client_uses_it_then_it_reaches_the_server(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("kubeconfig");
    kubernetes.writeKubeconfig(file);

    try (KubernetesClient other =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(file.toFile())).build()) {
      assertThat(other.namespaces().withName("default").get()).isNotNull();
    }
  }

  @Test
  void given_a_new_definition_when_applied_then_its_kind_is_served() {
    String definition =
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: things.example.org}
        spec:
          group: example.org
          scope: Namespaced
          names: {plural: things, kind: Thing}
          versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
        """;
    client.load(new ByteArrayInputStream(definition.getBytes(StandardCharsets.UTF_8))).serverSideApply();
    GenericKubernetesResource thing = new GenericKubernetesResource();
    thing.setApiVersion("example.org/v1");
    thing.setKind("Thing");
    thing.setMetadata(new ObjectMetaBuilder().withName("t").withNamespace("default").build());

    client.genericKubernetesResources("example.org/v1", "Thing").inNamespace("default").resource(thing).create();

    assertThat(client.genericKubernetesResources("example.org/v1", "Thing").inNamespace("default").withName("t").get()).isNotNull();
  }

  @Test
  void given_a_secret_when_its_type_is_applied_differently_then_422() {
    client.resource(secret("typed", Map.of())).create();
    Secret other = secret("typed", Map.of()).edit().withType("example.org/other").build();

    KubernetesClientException refused =
        catchThrowableOfType(
            KubernetesClientException.class, () -> client.resource(other).fieldManager("m").forceConflicts().serverSideApply());

    assertThat(refused.getCode()).isEqualTo(422);
  }

  @Test
  void given_text_data_when_created_then_stored_as_data_and_owned_as_data() {
    Secret text = new SecretBuilder().withNewMetadata().withName("text").withNamespace("default").endMetadata()
        .addToStringData("a", "1").build();

    Secret made = client.resource(text).create();

    assertThat(made.getData()).containsEntry("a", "MQ==");
    assertThat(made.getMetadata().getManagedFields().getFirst().getFieldsV1().getAdditionalProperties())
        .containsOnlyKeys("f:data", "f:type");
  }
}
