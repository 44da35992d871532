package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.keyferry.kube.OwnInformer.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

@EnableKubernetesMockClient(crud = true)
class OwnInformerTest {

  KubernetesClient client;

  private final List<String> events = new CopyOnWriteArrayList<>();

  @Test
  void given_objects_when_started_then_only_selected_ones_are_kept_and_stripped() {
    create("a", "wanted", Map.of("k", "v"));
    create("a", "other", Map.of());

    try (OwnInformer<Secret> informer = secrets(List.of())) {
      await().until(informer::synced);

      assertThat(informer.list()).extracting(secret -> secret.getMetadata().getName()).containsExactly("wanted");
      assertThat(informer.get("a", "wanted")).hasValueSatisfying(secret -> assertThat(secret.getData()).isNull());
      assertThat(informer.get("a", "other")).isEmpty();
    }
  }

  @Test
  void given_a_view_when_an_object_comes_changes_and_goes_then_each_is_told() {
    try (OwnInformer<Secret> informer = secrets(List.of())) {
      await().until(informer::synced);

      create("a", "one", Map.of("k", "v"));
      await().until(() -> events.contains("ADDED a/one"));
      client.secrets().inNamespace("a").withName("one").edit(secret -> new SecretBuilder(secret).editMetadata()
          .addToAnnotations("x", "y").endMetadata().build());
      await().until(() -> events.contains("UPDATED a/one"));
      client.secrets().inNamespace("a").withName("one").delete();
      await().until(() -> events.contains("DELETED a/one"));

      assertThat(informer.list()).isEmpty();
    }
  }

  @Test
  void given_namespaces_when_started_then_others_are_not_seen() {
    create("a", "one", Map.of("k", "v"));
    create("b", "one", Map.of("k", "v"));
    create("c", "one", Map.of("k", "v"));

    try (OwnInformer<Secret> informer = secrets(List.of("a", "b"))) {
      await().until(informer::synced);

      assertThat(informer.list()).extracting(secret -> secret.getMetadata().getNamespace()).containsExactlyInAnyOrder("a", "b");
    }
  }

  @Test
  void given_a_kind_without_namespaces_when_started_then_it_is_kept_by_name() {
    client.resource(new NamespaceBuilder().withNewMetadata().withName("blue").endMetadata().build()).create();

    try (OwnInformer<Namespace> informer =
        new OwnInformer<>(client, Namespace.class, null, Set.of("a"), UnaryOperator.identity(), event -> {})) {
      informer.start();
      await().until(informer::synced);

      assertThat(informer.get(null, "blue")).isPresent();
    }
  }

  @Test
  void given_a_failing_consumer_when_events_come_then_the_view_goes_on() {
    try (OwnInformer<Secret> informer =
        new OwnInformer<>(client, Secret.class, null, List.of(), UnaryOperator.identity(), event -> {
          throw new IllegalStateException("of a test");
        })) {
      informer.start();
      await().until(informer::synced);
      create("a", "one", Map.of());
      create("a", "two", Map.of());

      await().until(() -> informer.list().size() == 2);
    }
  }

  /** Otherwise every event would be read twice: as the client's own class for the kind, and from that as the one that is watched. */
  @Test
  void given_a_class_of_our_own_for_a_kind_when_it_is_watched_then_events_are_read_as_that() {
    String event = "{\"type\":\"ADDED\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}}";

    try (OwnInformer<OwnConfigMap> informer =
        new OwnInformer<>(client, OwnConfigMap.class, null, List.of(), UnaryOperator.identity(), told -> {})) {
      assertThat(informer.list()).isEmpty();
      assertThat(client.getKubernetesSerialization().unmarshal(event, WatchEvent.class).getObject()).isInstanceOf(OwnConfigMap.class);
    }
  }

  @Version("v1")
  @Group("")
  @Kind("ConfigMap")
  static final class OwnConfigMap extends GenericKubernetesResource implements Namespaced {

    private static final long serialVersionUID = 1;
  }

  private OwnInformer<Secret> secrets(List<String> namespaces) {
    UnaryOperator<Secret> strip = secret -> {
      secret.setData(null);
      return secret;
    };
    OwnInformer<Secret> informer = new OwnInformer<>(client, Secret.class, "k=v", namespaces, strip, this::record);
    informer.start();
    return informer;
  }

  private void record(Event<Secret> event) {
    events.add(event.kind() + " " + event.object().getMetadata().getNamespace() + "/" + event.object().getMetadata().getName());
  }

  private void create(String namespace, String name, Map<String, String> labels) {
    client.resource(new SecretBuilder().withNewMetadata().withNamespace(namespace).withName(name).withLabels(labels).endMetadata()
        .withData(Map.of("key", "dmFsdWU=")).build()).create();
  }
}
