package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SyncRequestsTest {

  private final SyncRequests requests = new SyncRequests();

  private static ExternalSecret with(Map<String, String> annotations) {
    ExternalSecret object = Syncs.object(null, null, Syncs.entry("a", "one"));
    object.getMetadata().setAnnotations(annotations);
    return object;
  }

  @Test
  void given_an_object_that_is_first_seen_when_it_carries_the_annotation_then_nothing_is_asked_for() {
    assertThat(requests.noticed(with(Map.of("keyferry.dev/sync-now", "1")))).isFalse();
  }

  @Test
  void given_either_annotation_when_its_text_is_new_then_a_look_is_asked_for_once() {
    requests.noticed(with(null));

    assertThat(requests.noticed(with(Map.of("keyferry.dev/sync-now", "1")))).isTrue();
    assertThat(requests.take(with(null))).isTrue();
    assertThat(requests.take(with(null))).isFalse();
    assertThat(requests.noticed(with(Map.of("keyferry.dev/sync-now", "1")))).isFalse();
    assertThat(requests.noticed(with(Map.of("keyferry.dev/sync-now", "1", "force-sync", "2")))).isTrue();
  }

  @Test
  void given_the_annotation_when_it_is_taken_away_or_others_change_then_nothing_is_asked_for() {
    requests.noticed(with(Map.of("keyferry.dev/sync-now", "1")));

    assertThat(requests.noticed(with(Map.of("note", "x", "keyferry.dev/sync-now", "1")))).isFalse();
    assertThat(requests.noticed(with(null))).isFalse();
  }
}
