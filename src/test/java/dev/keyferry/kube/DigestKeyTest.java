package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.testkit.EmbeddedKubernetes;
import dev.keyferry.testkit.MutableClock;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DigestKeyTest {

  private static final String NS = "default";

  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start(MutableClock.atNewYear());
  private int drawn;

  @AfterEach
  void stop() {
    kubernetes.close();
  }

  @Test
  void given_no_key_when_asked_for_then_it_is_made_once_and_every_process_has_the_same() {
    DigestKey one = key();
    byte[] made = one.get().orElseThrow();

    assertThat(one.get()).contains(made);
    assertThat(key().get().orElseThrow()).isEqualTo(made).hasSize(32);
    assertThat(drawn).isEqualTo(1);
    assertThat(secret().getImmutable()).isTrue();
  }

  @Test
  void given_a_lost_key_when_asked_for_by_a_new_process_then_there_is_another() {
    byte[] lost = key().get().orElseThrow();
    kubernetes.client().secrets().inNamespace(NS).withName(DigestKey.SECRET).delete();

    assertThat(key().get().orElseThrow()).isNotEqualTo(lost);
  }

  @Test
  void given_a_secret_that_holds_no_key_when_asked_for_then_there_is_none_and_it_stays() {
    var empty = new SecretBuilder().withNewMetadata().withNamespace(NS).withName(DigestKey.SECRET).endMetadata();
    kubernetes.client().resource(empty.withData(Map.of("key", "c2hvcnQ=")).build()).create();

    assertThat(key().get()).isEmpty();
    assertThat(secret().getData()).containsEntry("key", "c2hvcnQ=");
  }

  private DigestKey key() {
    return new DigestKey(kubernetes.client(), new RequestPermits(1), NS, this::draw);
  }

  private byte[] draw() {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) ++drawn;
    return bytes;
  }

  private Secret secret() {
    return kubernetes.client().secrets().inNamespace(NS).withName(DigestKey.SECRET).get();
  }
}
