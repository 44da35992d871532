package dev.keyferry.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.api.v1.ExternalSecret;
import dev.keyferry.fetch.FindAnswer;
import dev.keyferry.render.RenderItem;
import dev.keyferry.source.FindQuery;
import dev.keyferry.source.SourceFailure;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import dev.keyferry.store.AllowedKeys;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Searches and prefixes of a spec, and what its searches lead to. */
class FoundTest {

  private static final String TWO =
      "dataFrom: [{extract: {key: first}}, {find: {path: app/}}, {extract: {key: last}}], data: [{secretKey: k, remoteRef: {key: own}}]";
  private static final FindQuery APP = new FindQuery(SourceService.SECRETS_MANAGER, "", "app/", null, Map.of());

  private static SyncSpec read(String prefix, String spec) {
    ExternalSecret object =
        Serialization.unmarshal(
            "apiVersion: keyferry.dev/v1\nkind: ExternalSecret\nmetadata: {name: e, namespace: n}\nspec: {" + spec + "}",
            ExternalSecret.class);
    return SyncSpec.of(object, SourceService.SECRETS_MANAGER, prefix, Duration.ofMinutes(5));
  }

  private static SyncSpec.Valid valid(String spec) {
    return (SyncSpec.Valid) read("", spec);
  }

  private static SourceRef ref(String key) {
    return new SourceRef(SourceService.SECRETS_MANAGER, key, VersionSelector.CURRENT);
  }

  private static FindAnswer.Failed nothing(boolean confirmed) {
    return new FindAnswer.Failed(APP, new SourceFailure.NotFound("finds nothing"), 2, confirmed);
  }

  @Test
  void given_found_names_when_known_then_they_stand_where_the_search_stood_under_keys_of_their_names() {
    Found found = Found.of(valid(TWO), AllowedKeys.ALL, Map.of(APP, new FindAnswer.Ready(List.of("app/a+b", "app/c.d"))));

    assertThat(((Found.Known) found).spec().items())
        .containsExactly(
            new RenderItem.Extract(ref("first"), null),
            new RenderItem.Single("app_a_b", ref("app/a+b"), null),
            new RenderItem.Single("app_c.d", ref("app/c.d"), null),
            new RenderItem.Extract(ref("last"), null),
            new RenderItem.Single("k", ref("own"), null));
    assertThat(((Found.Known) found).spec().searches()).isEmpty();
  }

  @Test
  void given_allowed_keys_when_found_then_what_they_do_not_cover_is_left_out_and_nothing_left_is_said() {
    Map<FindQuery, FindAnswer> answers = Map.of(APP, new FindAnswer.Ready(List.of("app/mine/a", "app/other/b")));

    Found some = Found.of(valid(TWO), new AllowedKeys(List.of("app/mine")), answers);
    Found none = Found.of(valid(TWO), new AllowedKeys(List.of("app/nobody")), answers);

    assertThat(((Found.Known) some).spec().refs()).contains(ref("app/mine/a")).doesNotContain(ref("app/other/b"));
    assertThat(((Found.Forbidden) none).message()).contains("read nothing that find(").contains("app/nobody").doesNotContain("other");
  }

  @Test
  void given_two_names_of_one_key_when_found_then_both_are_named() {
    Found found = Found.of(valid(TWO), AllowedKeys.ALL, Map.of(APP, new FindAnswer.Ready(List.of("app/a/b", "app/a_b"))));

    assertThat(((Found.Collides) found).message()).contains("app/a/b", "app/a_b", "app_a_b");
  }

  @Test
  void given_nothing_found_when_the_policy_retains_then_the_target_stays() {
    assertThat(Found.of(valid(TWO), AllowedKeys.ALL, Map.of(APP, nothing(true)))).isInstanceOf(Found.Unknown.class);
  }

  @Test
  void given_everything_gone_when_the_policy_merges_then_the_rest_is_kept() {
    SyncSpec.Valid spec = valid("target: {deletionPolicy: Merge}, " + TWO);

    assertThat(Found.of(spec, AllowedKeys.ALL, Map.of(APP, nothing(false)))).isInstanceOf(Found.Unknown.class);
    assertThat(((Found.Known) Found.of(spec, AllowedKeys.ALL, Map.of(APP, nothing(true)))).spec().items()).hasSize(3);
  }

  @Test
  void given_a_prefix_when_read_then_it_stands_before_every_key_once_and_bounds_searches() {
    var spec = (SyncSpec.Valid) read("prod/", TWO);

    assertThat(spec.refs()).containsExactly(ref("prod/first"), ref("prod/last"), ref("prod/own"));
    assertThat(spec.queries()).containsExactly(new FindQuery(SourceService.SECRETS_MANAGER, "prod/", "app/", null, Map.of()));
  }

  @Test
  void given_a_prefix_when_names_were_found_then_they_are_read_whole() {
    var spec = (SyncSpec.Valid) read("prod/", "dataFrom: [{find: {name: {regexp: db}}}]");
    Found found = Found.of(spec, AllowedKeys.ALL, Map.of(spec.searches().getFirst().query(), new FindAnswer.Ready(List.of("prod/db"))));

    assertThat(((Found.Known) found).spec().refs()).containsExactly(ref("prod/db"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dataFrom: [{}] | either extract or find",
        "dataFrom: [{extract: {key: a}, find: {path: b}}] | either extract or find",
        "dataFrom: [{find: {}}] | path, name or tags",
        "dataFrom: [{find: {name: {regexp: '('}}}] | RE2",
        "dataFrom: [{find: {name: {regexp: 'a(?=b)'}}}] | RE2",
        "'data: [{secretKey: k, remoteRef: {key: \"arn:aws:secretsmanager:eu-west-1:1:secret:x\"}}]' | is an ARN"
      })
  void given_a_mistake_when_read_then_it_is_named(String spec, String sentence) {
    assertThat(((SyncSpec.Invalid) read("prod/", spec)).message()).contains(sentence);
  }
}
