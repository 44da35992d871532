package dev.keyferry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TableAnswerTest {

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: things.example.org}
      spec:
        group: example.org
        scope: Namespaced
        names: {plural: things, kind: Thing}
        versions:
        - name: v1
          served: true
          storage: true
          additionalPrinterColumns:
          - {name: Size, type: string, jsonPath: .spec.size}
          - {name: Ready, type: string, jsonPath: '.spec.conditions[?(@.type=="Ready")].status'}
          - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
      """;

  private static final String THING =
      """
      apiVersion: example.org/v1
      kind: Thing
      metadata: {name: t, namespace: default}
      spec: {size: big, conditions: [{type: Other, status: x}, {type: Ready, status: "True"}]}
      """;

  @Test
  void given_a_definition_with_columns_when_a_table_is_asked_then_its_cells_follow_them() throws Exception {
    MutableClock clock = MutableClock.atNewYear();
    try (EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start(clock)) {
      apply(kubernetes, DEFINITION);
      apply(kubernetes, THING);
      clock.advance(Duration.ofMinutes(5));

      JsonNode table = table(kubernetes.url() + "/apis/example.org/v1/things");

      assertThat(table.path("columnDefinitions").findValuesAsText("name")).containsExactly("Name", "Size", "Ready", "Age");
      assertThat(table.path("rows").get(0).path("cells").toString()).isEqualTo("[\"t\",\"big\",\"True\",\"5m\"]");
    }
  }

  private static void apply(EmbeddedKubernetes kubernetes, String manifest) {
    kubernetes.client().load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8))).serverSideApply();
  }

  private static JsonNode table(String url) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url)).header("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json").build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return new ObjectMapper().readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }
  }
}
