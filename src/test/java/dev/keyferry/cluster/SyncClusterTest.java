package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From a manifest to a Secret, under the shipped role. */
@ClusterTest
class SyncClusterTest {

  private final Cluster cluster;
  private Rig rig;

  SyncClusterTest(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeEach
  void start() {
    rig = Rig.start(cluster);
    rig.aws.createSecret("prod/db", "{\"user\":\"shop\",\"password\":\"first\"}");
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @Test
  void given_an_external_secret_when_applied_then_its_secret_appears_and_follows_a_rotation() {
    rig.extract("db", "prod/db");
    soon().untilAsserted(() -> assertThat(rig.value("db", "password")).isEqualTo("first"));
    soon().untilAsserted(() -> assertThat(rig.ready("db")).isEqualTo("True/SecretSynced"));
    rig.aws.rotate("prod/db", "{\"user\":\"shop\",\"password\":\"second\"}");
    soon().untilAsserted(() -> assertThat(rig.value("db", "password")).isEqualTo("second"));
  }
}
