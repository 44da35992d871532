package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.ExternalSecretStatus;
import dev.keyferry.kube.RequestPermits;
import dev.keyferry.testkit.EmbeddedKubernetes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusWriterTest {

  private final EmbeddedKubernetes kubernetes = EmbeddedKubernetes.start();
  private final StatusWriter<ExternalSecretStatus, ExternalSecret> writer =
      new StatusWriter<>(kubernetes.client(), new RequestPermits(4), ExternalSecret::new);

  @AfterEach
  void close() {
    kubernetes.close();
  }

  @Test
  void given_a_new_status_when_written_then_it_stands() {
    ExternalSecret object = create();

    assertThat(writer.write(object, status(1))).isTrue();

    assertThat(stored().getStatus()).isEqualTo(status(1));
    assertThat(stored().getMetadata().getGeneration()).isEqualTo(object.getMetadata().getGeneration());
  }

  @Test
  void given_the_status_that_stands_when_written_again_then_nothing_is_asked_of_the_server() {
    ExternalSecret object = create();
    writer.write(object, status(1));
    long writes = kubernetes.writes();

    assertThat(writer.write(object, status(1))).isFalse();
    assertThat(writer.write(stored(), status(1))).isFalse();

    assertThat(kubernetes.writes()).isEqualTo(writes);
  }

  @Test
  void given_a_status_that_stood_before_this_process_when_equal_then_nothing_is_asked_of_the_server() {
    writer.write(create(), status(1));
    var another = new StatusWriter<ExternalSecretStatus, ExternalSecret>(kubernetes.client(), new RequestPermits(4), ExternalSecret::new);
    long writes = kubernetes.writes();

    assertThat(another.write(stored(), status(1))).isFalse();

    assertThat(kubernetes.writes()).isEqualTo(writes);
  }

  @Test
  void given_an_object_as_it_was_before_the_last_write_when_asked_then_the_last_written_status_is_current() {
    ExternalSecret stale = create();
    writer.write(stale, status(1));

    assertThat(stale.getStatus()).isNull();
    assertThat(writer.current(stale)).isEqualTo(status(1));
  }

  @Test
  void given_a_status_that_somebody_took_away_when_written_again_then_it_stands() {
    writer.write(create(), status(1));
    ExternalSecret wiped = stored();
    wiped.setStatus(null);
    kubernetes.client().resource(wiped).updateStatus();

    assertThat(writer.write(stored(), status(1))).isTrue();

    assertThat(stored().getStatus()).isEqualTo(status(1));
  }

  @Test
  void given_a_status_with_fewer_fields_when_written_then_the_others_go() {
    ExternalSecret object = create();
    writer.write(object, new ExternalSecretStatus(1L, List.of(), List.of(), null, Instant.parse("2026-01-01T00:00:00Z")));

    writer.write(object, status(2));

    assertThat(stored().getStatus()).isEqualTo(status(2));
  }

  @Test
  void given_an_object_that_is_gone_when_written_then_it_is_not_made_anew() {
    ExternalSecret object = create();
    kubernetes.client().resource(object).delete();

    assertThat(writer.write(object, status(1))).isFalse();

    assertThat(stored()).isNull();
  }

  @Test
  void given_an_object_that_was_made_anew_when_the_old_one_s_status_is_written_then_the_new_one_stays_untouched() {
    ExternalSecret old = create();
    kubernetes.client().resource(old).delete();
    create();

    assertThat(writer.write(old, status(1))).isFalse();

    assertThat(stored().getStatus()).isNull();
    assertThat(writer.current(stored())).isNull();
  }

  @Test
  void given_a_forgotten_object_when_asked_then_its_own_status_is_current() {
    ExternalSecret object = create();
    writer.write(object, status(1));

    writer.forget(object.getMetadata().getUid());

    assertThat(writer.current(object)).isNull();
  }

  private ExternalSecret create() {
    ExternalSecret object = Syncs.object(null, null, Syncs.entry("k", "db"));
    object.getMetadata().setUid(null);
    object.getMetadata().setGeneration(null);
    return kubernetes.client().resource(object).create();
  }

  private ExternalSecret stored() {
    return kubernetes.client().resources(ExternalSecret.class).inNamespace("shop").withName("db").get();
  }

  private static ExternalSecretStatus status(long generation) {
    return new ExternalSecretStatus(generation, List.of(), List.of(), null, null);
  }
}
