package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.status.Conditions;
import io.fabric8.kubernetes.api.model.Event;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One cause that stops hundreds of ExternalSecrets is told once: counted in the API server's events and in the operator's log. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncidentClusterTest {

  private static final int MANY = 200;

  private final Cluster cluster;
  private Rig rig;

  IncidentClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    rig = Rig.start(cluster);
  }

  @AfterAll
  void stop() {
    rig.close();
  }

  private void twoHundred() {
    String documents =
        IntStream.range(0, MANY)
            .mapToObj(
                i -> {
                  rig.aws.createSecret("many/" + i, "{\"a\":\"" + i + "\"}");
                  return """
                  apiVersion: keyferry.dev/v1
                  kind: ExternalSecret
                  metadata: {name: many-%d}
                  spec:
                    secretStoreRef: {name: %s, kind: ClusterSecretStore}
                    refreshInterval: 2s
                    dataFrom: [{extract: {key: many/%d}}]
                  """
                      .formatted(i, rig.store(), i);
                })
            .collect(Collectors.joining("---\n"));
    rig.apply(documents);
  }

  private void awaitAll(String status, String reason) {
    soon()
        .untilAsserted(
            () ->
                assertThat(
                        cluster.adminClient().resources(ExternalSecret.class).inNamespace(rig.namespace).list().getItems().stream()
                            .filter(object -> object.getStatus() != null)
                            .flatMap(object -> Conditions.find(object.getStatus().conditions(), Conditions.READY).stream())
                            .filter(ready -> ready.status().equals(status) && ready.reason().equals(reason))
                            .count())
                    .isEqualTo(MANY));
  }

  private List<String> eventsOfStore() {
    return cluster.adminClient().v1().events().inNamespace("default").list().getItems().stream()
        .filter(event -> event.getInvolvedObject().getName().equals(rig.store()))
        .map(Event::getReason)
        .filter(reason -> !reason.equals("IdentityVerified"))
        .toList();
  }

  private List<String> eventsOfObjects() {
    return cluster.adminClient().v1().events().inNamespace(rig.namespace).list().getItems().stream()
        .map(Event::getReason)
        .filter(reason -> !reason.equals("Created"))
        .toList();
  }

  private List<String> logged(int from, String text) {
    return rig.operator.lines().stream().skip(from).filter(line -> line.contains(text)).toList();
  }

  @Test
  void given_two_hundred_external_secrets_when_their_role_is_denied_and_allowed_again_then_each_is_told_once_on_the_store() {
    rig.readAtEachInterval();
    twoHundred();
    awaitAll("True", "SecretSynced");
    int lines = rig.operator.lines().size();

    rig.aws.deny("tester", "secretsmanager:GetSecretValue", "*");
    awaitAll("False", "AccessDenied");
    soon().untilAsserted(() -> assertThat(eventsOfStore()).containsExactly("AccessDenied"));
    soon()
        .untilAsserted(
            () ->
                assertThat(rig.operator.metrics())
                    .contains("keyferry_incident_externalsecrets{reason=\"AccessDenied\",store=\"ClusterSecretStore " + rig.store() + "\"} 200"));

    rig.aws.clearPolicies("tester");
    awaitAll("True", "SecretSynced");
    soon().untilAsserted(() -> assertThat(eventsOfStore()).containsExactlyInAnyOrder("AccessDenied", "IncidentOver"));

    assertThat(eventsOfObjects()).isEmpty();
    assertThat(logged(lines, "fail alike")).singleElement().asString().contains("ClusterSecretStore " + rig.store(), "AccessDenied");
    assertThat(logged(lines, "do so no more")).singleElement().asString().contains("\"externalSecrets\":\"200\"").doesNotContain("many-");
    assertThat(rig.operator.lines().size() - lines).as("lines since the incident began").isLessThanOrEqualTo(10);
    assertThat(rig.operator.metrics()).doesNotContain("keyferry_incident_externalsecrets{");
  }
}
