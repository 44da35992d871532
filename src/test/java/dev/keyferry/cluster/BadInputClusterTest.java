package dev.keyferry.cluster;

import static dev.keyferry.cluster.Rig.soon;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Values that make no Secret: the message names the key and never the value, and the target keeps its last good state. */
@ClusterTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputClusterTest {

  /** The longest value that Secrets Manager takes. */
  private static final int LONGEST = 65_536;

  private final Cluster cluster;
  private Rig rig;

  BadInputClusterTest(Cluster cluster) {
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

  /** An ExternalSecret that takes property {@code a} of a secret of its name, in sync. */
  private void property(String name) {
    rig.aws.createSecret(name, "{\"a\":\"good\"}");
    rig.ask(name, "data: [{secretKey: wanted, remoteRef: {key: %s, property: a}}]".formatted(name));
    rig.awaitSynced(name);
  }

  /** Waits until the value is refused, and checks that the message tells what, and nothing of the value. */
  private void awaitRefused(String name, String key, String... says) {
    rig.awaitReady(name, "False/InvalidData");
    assertThat(rig.message(name)).contains(says).doesNotContain("precious");
    soon().untilAsserted(() -> assertThat(rig.events(name)).anyMatch(event -> event.startsWith("Warning InvalidData: ")));
    assertThat(rig.events(name)).noneMatch(event -> event.contains("precious"));
    assertThat(rig.value(name, key)).isEqualTo("good");
    assertThat(rig.secret(name).getData()).containsOnlyKeys(key);
  }

  @Test
  void given_no_json_when_a_property_is_asked_then_the_key_is_named_and_the_target_stays_until_it_is_mended() {
    property("no-json");
    rig.aws.rotate("no-json", "{\"a\": precious");
    awaitRefused("no-json", "wanted", "\"wanted\"", "no-json", "JSON");
    rig.aws.rotate("no-json", "{\"a\":\"mended\"}");
    soon().untilAsserted(() -> assertThat(rig.value("no-json", "wanted")).isEqualTo("mended"));
    rig.awaitSynced("no-json");
  }

  @Test
  void given_no_json_when_extracted_then_the_secret_is_named_and_the_target_stays() {
    rig.aws.createSecret("no-object", "{\"a\":\"good\"}");
    rig.extract("no-object", "no-object");
    rig.awaitSynced("no-object");
    rig.aws.rotate("no-object", "[\"precious\"]");
    awaitRefused("no-object", "a", "secret no-object", "JSON object");
  }

  @Test
  void given_no_such_property_when_asked_then_key_and_property_are_named_and_the_target_stays() {
    property("no-property");
    rig.aws.rotate("no-property", "{\"b\":\"precious\"}");
    awaitRefused("no-property", "wanted", "\"wanted\"", "\"a\"", "no-property");
  }

  @Test
  void given_binary_when_a_property_is_asked_then_the_key_is_named_and_the_target_stays() {
    property("binary");
    rig.aws.secrets().putBinary("binary", new byte[] {(byte) 0xff, (byte) 0xfe, 'p', 'r', 'e', 'c', 'i', 'o', 'u', 's'});
    awaitRefused("binary", "wanted", "\"wanted\"", "secret binary is binary");
  }

  @Test
  void given_binary_when_all_of_it_is_asked_then_the_bytes_arrive_as_they_are() {
    byte[] bytes = {0, (byte) 0xff, 10, 13, 0, 'x'};
    rig.aws.createBinary("bytes", bytes);
    rig.ask("bytes", "data: [{secretKey: wanted, remoteRef: {key: bytes}}]");
    rig.awaitSynced("bytes");
    assertThat(Base64.getDecoder().decode(rig.secret("bytes").getData().get("wanted"))).isEqualTo(bytes);
  }

  @Test
  void given_the_longest_value_when_asked_then_it_arrives_whole() {
    String longest = "x".repeat(LONGEST);
    rig.aws.createSecret("longest", longest);
    rig.ask("longest", "data: [{secretKey: wanted, remoteRef: {key: longest}}]");
    rig.awaitSynced("longest");
    assertThat(rig.value("longest", "wanted")).isEqualTo(longest);
  }

  @Test
  void given_a_field_whose_name_is_no_key_when_extracted_then_it_is_named_and_the_target_stays() {
    rig.aws.createSecret("bad-key", "{\"a\":\"good\"}");
    rig.extract("bad-key", "bad-key");
    rig.awaitSynced("bad-key");
    rig.aws.rotate("bad-key", "{\"a\":\"precious\",\"not a key\":\"precious\"}");
    awaitRefused("bad-key", "a", "\"not a key\"", "secret bad-key");
  }

  @Test
  void given_more_than_a_mebibyte_when_asked_then_the_largest_key_is_named_and_the_target_stays() {
    rig.aws.createSecret("large", "good");
    rig.ask("large", "data: [{secretKey: k0, remoteRef: {key: large}}]");
    rig.awaitSynced("large");
    String entries = "";
    for (int i = 1; i <= 17; i++) {
      rig.aws.createSecret("large-" + i, "precious".repeat(LONGEST / 8 - (i == 9 ? 0 : 1)));
      entries += "\n  - {secretKey: k%d, remoteRef: {key: large-%d}}".formatted(i, i);
    }
    rig.ask("large", "data:\n  - {secretKey: k0, remoteRef: {key: large}}" + entries);
    awaitRefused("large", "k0", "largest key is k9", "1048576");
  }

  @Test
  void given_a_nul_in_a_text_when_asked_then_the_key_is_named_and_the_target_stays() {
    rig.aws.createSecret("nul", "{\"a\":\"good\"}");
    rig.extract("nul", "nul");
    rig.awaitSynced("nul");
    rig.aws.rotate("nul", "{\"a\":\"precious\\u0000precious\"}");
    awaitRefused("nul", "a", "\"a\"", "secret nul", "NUL");
  }

  @Test
  void given_one_bad_object_when_others_are_good_then_they_are_synced() {
    rig.aws.createSecret("bad-neighbour", "precious");
    rig.extract("bad-neighbour", "bad-neighbour");
    rig.awaitReady("bad-neighbour", "False/InvalidData");
    property("good-neighbour");
    assertThat(rig.value("good-neighbour", "wanted")).isEqualTo("good");
    assertThat(rig.secret("bad-neighbour")).isNull();
  }
}
