package dev.keyferry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedWatchTest {

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

  @Test
  void given_an_informer_when_objects_are_applied_patched_and_deleted_then_it_sees_each_once_in_order() {
    List<String> seen = new CopyOnWriteArrayList<>();
    SharedIndexInformer<Secret> informer = client.secrets().inNamespace("default").withLabel("watched", "yes").inform(recorder(seen));
    Map<String, String> label = Map.of("watched", "yes");

    client.resource(secret("w", label)).fieldManager("m").serverSideApply();
    client.resource(secret("w", label).edit().addToData("b", "Mg==").build()).fieldManager("m").serverSideApply();
    client.resource(secret("w", label).edit().addToData("b", "Mg==").build()).fieldManager("m").serverSideApply();
    client.resource(secret("unwatched", Map.of())).fieldManager("m").serverSideApply();
    client.resource(secret("w", label)).delete();

    await().untilAsserted(() -> assertThat(seen).containsExactly("+w[a]", "~w[a, b]", "-w"));
    informer.close();
  }

  @Test
  void given_an_informer_when_a_label_comes_and_goes_then_it_sees_add_and_delete() {
    List<String> seen = new CopyOnWriteArrayList<>();
    SharedIndexInformer<Secret> informer = client.secrets().inNamespace("default").withLabel("moving", "yes").inform(recorder(seen));
    client.resource(secret("moved", Map.of())).create();

    Resource<Secret> moved = client.secrets().inNamespace("default").withName("moved");
    moved.edit(s -> s.edit().editMetadata().addToLabels("moving", "yes").endMetadata().build());
    moved.edit(s -> s.edit().editMetadata().removeFromLabels("moving").endMetadata().build());

    await().untilAsserted(() -> assertThat(seen).containsExactly("+moved[a]", "-moved"));
    informer.close();
  }

  private static ResourceEventHandler<Secret> recorder(List<String> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(Secret object) {
        seen.add("+" + object.getMetadata().getName() + object.getData().keySet());
      }

      @Override
      public void onUpdate(Secret old, Secret object) {
        seen.add("~" + object.getMetadata().getName() + object.getData().keySet());
      }

      @Override
      public void onDelete(Secret object, boolean unknown) {
        seen.add("-" + object.getMetadata().getName());
      }
    };
  }

  @Test
  void given_a_plain_watch_when_it_starts_at_a_version_then_it_tells_only_what_came_after() throws Exception {
    String version = client.resource(secret("before", Map.of("plain", "1"))).create().getMetadata().getResourceVersion();
    client.resource(secret("after", Map.of("plain", "1"))).create();

    String path = "/api/v1/secrets?watch=1&timeoutSeconds=1&labelSelector=plain%3D1&resourceVersion=" + version;
    HttpRequest request = HttpRequest.newBuilder(URI.create(kubernetes.url() + path)).build();
    HttpResponse<String> told = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

    assertThat(told.body().lines()).hasSize(1).first().asString().contains("\"ADDED\"").contains("\"after\"");
  }
}
