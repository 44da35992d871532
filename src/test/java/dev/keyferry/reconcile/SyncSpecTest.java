package dev.keyferry.reconcile;

import static dev.keyferry.reconcile.Syncs.entry;
import static dev.keyferry.reconcile.Syncs.extract;
import static dev.keyferry.reconcile.Syncs.object;
import static dev.keyferry.reconcile.Syncs.read;
import static dev.keyferry.reconcile.Syncs.ref;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.api.v1.TargetSpec;
import dev.keyferry.render.RenderItem;
import dev.keyferry.write.CreationPolicy;
import dev.keyferry.write.DeletionPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyncSpecTest {

  @Test
  void given_the_shortest_spec_when_read_then_defaults_hold() {
    ExternalSecret object = object(null, null, List.of(entry("k", "db")), List.of());

    assertThat(read(object))
        .isEqualTo(
            new SyncSpec.Valid(
                "db",
                CreationPolicy.OWNER,
                DeletionPolicy.RETAIN,
                false,
                List.of(new RenderItem.Single("k", ref("db"), null)),
                List.of(),
                Syncs.DEFAULT_INTERVAL));
    assertThat(SyncSpec.targetName(object)).isEqualTo("db");
  }

  @Test
  void given_a_full_target_when_read_then_it_is_taken_over() {
    ExternalSecret object = object(new TargetSpec("other", "Orphan", "Delete", true), "1h30m", List.of(entry("k", "db")), List.of());

    SyncSpec.Valid spec = (SyncSpec.Valid) read(object);

    assertThat(spec.target()).isEqualTo("other").isEqualTo(SyncSpec.targetName(object));
    assertThat(spec.creation()).isEqualTo(CreationPolicy.ORPHAN);
    assertThat(spec.deletion()).isEqualTo(DeletionPolicy.DELETE);
    assertThat(spec.immutable()).isTrue();
    assertThat(spec.interval()).isEqualTo(Duration.ofMinutes(90));
  }

  @ParameterizedTest
  @CsvSource({"1ms, 1000", "999ms, 1000", "1s, 1000", "1500ms, 1500", "0s, 0"})
  void given_a_short_interval_when_read_then_it_is_a_second_at_least_and_zero_stays_zero(String written, long milliseconds) {
    ExternalSecret object = object(null, written, List.of(entry("k", "db")), List.of());

    assertThat(((SyncSpec.Valid) read(object)).interval()).isEqualTo(Duration.ofMillis(milliseconds));
  }

  @Test
  void given_extracts_and_single_keys_when_read_then_single_keys_come_last_each_in_its_order() {
    ExternalSecret object = object(null, null, List.of(entry("b", "two"), entry("a", "three")), List.of(extract("zero"), extract("one")));

    SyncSpec.Valid spec = (SyncSpec.Valid) read(object);

    assertThat(spec.items()).extracting(item -> item.ref().key()).containsExactly("zero", "one", "two", "three");
    assertThat(spec.refs()).containsExactly(ref("zero"), ref("one"), ref("two"), ref("three"));
  }

  @Test
  void given_many_properties_of_one_source_when_read_then_there_is_one_ref() {
    ExternalSecret object = object(null, null, entry("a", "db", "x", null), entry("b", "db", "y", null), entry("c", "db", null, "AWSCURRENT"));

    assertThat(((SyncSpec.Valid) read(object)).refs()).containsExactly(ref("db"));
  }

  @Test
  void given_versions_when_read_then_they_are_refs_of_their_own() {
    ExternalSecret object = object(null, null, entry("a", "db"), entry("b", "db", null, "AWSPREVIOUS"), entry("c", "db", null, "uuid/x"));

    assertThat(((SyncSpec.Valid) read(object)).refs()).containsExactly(ref("db"), ref("db", "AWSPREVIOUS"), ref("db", "uuid/x"));
  }

  @ParameterizedTest
  @CsvSource({
    "owner, , creationPolicy",
    "Replace, , creationPolicy",
    ", Destroy, deletionPolicy",
    "Merge, Delete, deletionPolicy",
    "None, Delete, deletionPolicy",
    "CreateOrMerge, Delete, deletionPolicy",
    "None, Merge, deletionPolicy",
  })
  void given_policies_that_the_crd_refuses_when_read_then_the_message_names_the_field(String creation, String deletion, String field) {
    assertThat(read(object(creation, deletion, entry("k", "db"))))
        .isInstanceOfSatisfying(SyncSpec.Invalid.class, invalid -> assertThat(invalid.message()).startsWith("spec.target." + field));
  }

  @ParameterizedTest
  @ValueSource(strings = {"often", "", "-5m", "5", "5 m", "5d", "1h-5m"})
  void given_an_interval_that_is_none_when_read_then_the_message_names_the_field(String interval) {
    assertThat(read(object(null, interval, List.of(entry("k", "db")), List.of())))
        .isInstanceOfSatisfying(SyncSpec.Invalid.class, invalid -> assertThat(invalid.message()).startsWith("spec.refreshInterval"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0s", "0h0m"})
  void given_an_interval_of_zero_when_read_then_it_is_zero(String interval) {
    assertThat(((SyncSpec.Valid) read(object(null, interval, List.of(entry("k", "db")), List.of()))).interval()).isZero();
  }

  @Test
  void given_no_source_when_read_then_the_spec_is_invalid() {
    assertThat(read(object(null, null, List.of(), List.of()))).isInstanceOf(SyncSpec.Invalid.class);
  }
}
