package dev.keyferry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ServerSideApplyTest {

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

  private static Secret secret(String name, Map<String, String> data) {
    return new SecretBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().withData(data).build();
  }

  private static Secret apply(String manager, Secret secret) {
    return client.resource(secret).fieldManager(manager).serverSideApply();
  }

  private static Secret stored(String name) {
    return client.secrets().inNamespace("default").withName(name).get();
  }

  @Test
  void given_no_object_when_applied_then_created_with_identity_and_201() {
    Secret made = apply("m", secret("fresh", Map.of("a", "MQ==")));

    assertThat(made.getMetadata().getUid()).isNotEmpty();
    assertThat(made.getMetadata().getCreationTimestamp()).endsWith("Z");
    assertThat(made.getType()).isEqualTo("Opaque");
    assertThat(kubernetes.requests(call -> call.path().endsWith("/secrets/fresh")).getLast().code()).isEqualTo(201);
  }

  @Test
  void given_an_applied_object_when_applied_again_equal_then_the_version_stays() {
    Secret made = apply("m", secret("same", Map.of("a", "MQ==")));

    Secret again = apply("m", secret("same", Map.of("a", "MQ==")));

    assertThat(again.getMetadata().getResourceVersion()).isEqualTo(made.getMetadata().getResourceVersion());
  }

  @Test
  void given_an_owned_key_when_no_longer_sent_then_removed() {
    apply("m", secret("dropped", Map.of("a", "MQ==", "b", "Mg==")));

    Secret after = apply("m", secret("dropped", Map.of("a", "MQ==")));

    assertThat(after.getData()).containsOnlyKeys("a");
  }

  @Test
  void given_keys_of_two_managers_when_one_sends_none_then_only_its_own_go() {
    apply("m", secret("shared", Map.of("a", "MQ==")));
    apply("other", secret("shared", Map.of("b", "Mg==")));

    Secret after = apply("m", secret("shared", Map.of()));

    assertThat(after.getData()).containsOnlyKeys("b");
  }

  @Test
  void given_a_key_that_came_by_post_when_another_manager_applies_then_it_stays() {
    client.resource(secret("posted", Map.of("a", "MQ=="))).create();

    Secret after = apply("m", secret("posted", Map.of("b", "Mg==")));

    assertThat(after.getData()).containsOnlyKeys("a", "b");
  }

  @Test
  void given_a_key_of_another_manager_when_applied_with_another_value_then_409_names_manager_and_field() {
    apply("other", secret("contested", Map.of("password", "MQ==")));

    KubernetesClientException refused =
        catchThrowableOfType(KubernetesClientException.class, () -> apply("m", secret("contested", Map.of("password", "Mg=="))));

    assertThat(refused.getCode()).isEqualTo(409);
    assertThat(refused.getStatus().getReason()).isEqualTo("Conflict");
    assertThat(refused.getStatus().getMessage())
        .isEqualTo("Apply failed with 1 conflict: conflict with \"other\": .data.password");
  }

  @Test
  void given_two_keys_of_another_manager_when_applied_then_the_conflict_lists_both() {
    apply("other", secret("contested-twice", Map.of("a", "MQ==", "b", "MQ==")));

    KubernetesClientException refused =
        catchThrowableOfType(
            KubernetesClientException.class, () -> apply("m", secret("contested-twice", Map.of("a", "Mg==", "b", "Mg=="))));

    assertThat(refused.getStatus().getMessage()).startsWith("Apply failed with 2 conflicts: conflicts with \"other\":\n- .data.");
  }

  @Test
  void given_a_key_of_another_manager_when_forced_then_taken_over() {
    apply("other", secret("forced", Map.of("a", "MQ==")));

    client.resource(secret("forced", Map.of("a", "Mg=="))).fieldManager("m").forceConflicts().serverSideApply();
    Secret after = apply("other", secret("forced", Map.of()));

    assertThat(after.getData()).containsEntry("a", "Mg==");
  }

  @Test
  void given_a_key_changed_by_edit_when_applied_with_force_then_repaired() {
    apply("m", secret("drifted", Map.of("a", "MQ==")));
    client.secrets().inNamespace("default").withName("drifted").edit(s -> s.edit().addToData("a", "Mg==").build());

    Secret after = client.resource(secret("drifted", Map.of("a", "MQ=="))).fieldManager("m").forceConflicts().serverSideApply();

    assertThat(after.getData()).containsEntry("a", "MQ==");
  }

  @Test
  void given_two_owner_references_of_two_managers_when_one_goes_then_the_other_stays() {
    Secret one = owned("owners", "uid-1");
    apply("m", one);
    apply("other", owned("owners", "uid-2"));

    Secret after = apply("m", secret("owners", Map.of("a", "MQ==")));

    assertThat(after.getMetadata().getOwnerReferences()).extracting("uid").containsExactly("uid-2");
  }

  private static Secret owned(String name, String uid) {
    return secret(name, Map.of("a", "MQ==")).edit()
        .editMetadata()
        .addToOwnerReferences(new OwnerReferenceBuilder().withApiVersion("v1").withKind("ConfigMap").withName("o").withUid(uid).build())
        .endMetadata()
        .build();
  }

  @Test
  void given_an_apply_when_read_then_managed_fields_name_manager_and_operation() {
    apply("m", secret("managed", Map.of("a", "MQ==")));

    ManagedFieldsEntry entry = stored("managed").getMetadata().getManagedFields().getFirst();

    assertThat(entry.getManager()).isEqualTo("m");
    assertThat(entry.getOperation()).isEqualTo("Apply");
    assertThat(entry.getFieldsV1().getAdditionalProperties()).containsKey("f:data");
  }

  @Test
  void given_no_object_when_applied_with_a_uid_then_409() {
    Secret wanted = secret("absent-uid", Map.of()).edit().editMetadata().withUid("u").endMetadata().build();

    KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, () -> apply("m", wanted));

    assertThat(refused.getCode()).isEqualTo(409);
  }

  @Test
  void given_an_object_when_applied_with_another_uid_then_422() {
    apply("m", secret("other-uid", Map.of()));
    Secret wanted = secret("other-uid", Map.of()).edit().editMetadata().withUid("u").endMetadata().build();

    KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, () -> apply("m", wanted));

    assertThat(refused.getCode()).isEqualTo(422);
  }

  @Test
  void given_a_changed_object_when_applied_with_the_old_version_then_409() {
    Secret first = apply("m", secret("stale", Map.of("a", "MQ==")));
    apply("m", secret("stale", Map.of("a", "Mg==")));
    Secret late =
        secret("stale", Map.of("a", "Mw=="))
            .edit()
            .editMetadata()
            .withResourceVersion(first.getMetadata().getResourceVersion())
            .endMetadata()
            .build();

    KubernetesClientException refused = catchThrowableOfType(KubernetesClientException.class, () -> apply("m", late));

    assertThat(refused.getCode()).isEqualTo(409);
    assertThat(refused.getStatus().getMessage()).contains("the object has been modified");
  }

  @Test
  void given_no_object_when_applied_with_a_version_then_created() {
    Secret wanted = secret("versioned", Map.of()).edit().editMetadata().withResourceVersion("7").endMetadata().build();

    assertThat(apply("m", wanted).getMetadata().getUid()).isNotEmpty();
  }

  @Test
  void given_a_deployment_when_one_template_annotation_is_applied_then_the_rest_stays_and_the_generation_moves() {
    Deployment made = client.resource(deployment("web").edit().build()).create();
    Deployment patch =
        new DeploymentBuilder()
            .withNewMetadata().withName("web").withNamespace("default").endMetadata()
            .withNewSpec().withNewTemplate().withNewMetadata().addToAnnotations("k/tokens", "t").endMetadata().endTemplate().endSpec()
            .build();

    Deployment after = client.resource(patch).fieldManager("restart").serverSideApply();

    assertThat(after.getSpec().getTemplate().getSpec().getContainers()).extracting("image").containsExactly("i");
    assertThat(after.getSpec().getTemplate().getMetadata().getAnnotations()).containsEntry("k/tokens", "t");
    assertThat(after.getMetadata().getGeneration()).isEqualTo(made.getMetadata().getGeneration() + 1);
  }

  @Test
  void given_a_deployment_when_a_container_is_applied_by_name_then_it_merges_into_the_one_there() {
    client.resource(deployment("api")).create();
    Deployment patch =
        new DeploymentBuilder()
            .withNewMetadata().withName("api").withNamespace("default").endMetadata()
            .withNewSpec().withNewTemplate().withNewSpec()
            .addNewContainer().withName("c").addNewEnv().withName("E").withValue("v").endEnv().endContainer()
            .endSpec().endTemplate().endSpec()
            .build();

    Deployment after = client.resource(patch).fieldManager("m").serverSideApply();

    assertThat(after.getSpec().getTemplate().getSpec().getContainers()).hasSize(1);
    assertThat(after.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage()).isEqualTo("i");
    assertThat(after.getSpec().getTemplate().getSpec().getContainers().getFirst().getEnv()).hasSize(1);
  }

  private static Deployment deployment(String name) {
    return new DeploymentBuilder()
        .withNewMetadata().withName(name).withNamespace("default").endMetadata()
        .withNewSpec()
        .withNewSelector().addToMatchLabels("app", name).endSelector()
        .withNewTemplate()
        .withNewMetadata().addToLabels("app", name).endMetadata()
        .withNewSpec().addNewContainer().withName("c").withImage("i").endContainer().endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }
}
