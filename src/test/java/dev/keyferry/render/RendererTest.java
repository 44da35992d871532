package dev.keyferry.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.source.Fetched;
import dev.keyferry.source.Payload;
import dev.keyferry.source.Revision;
import dev.keyferry.source.SourceRef;
import dev.keyferry.source.SourceService;
import dev.keyferry.source.VersionSelector;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendererTest {

  private static final SourceRef DB = new SourceRef(SourceService.SECRETS_MANAGER, "prod/db", VersionSelector.CURRENT);
  private static final SourceRef PARAMETER = new SourceRef(SourceService.PARAMETER_STORE, "/prod/url", VersionSelector.CURRENT);

  @Test
  void given_text_when_no_property_then_the_whole_text() {
    assertThat(rendered(text(" ä\n"), single("k", null))).containsExactly(Map.entry("k", " ä\n"));
  }

  @Test
  void given_binary_when_no_property_then_the_same_bytes() {
    byte[] bytes = {0, -1, 7, 0};
    RenderResult result = Renderer.render(List.of(single("k", null)), Map.of(DB, found(DB, Payload.ofBinary(bytes))));
    assertThat(((RenderResult.Rendered) result).secret().data().get("k")).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "a|`x`",
        "b|1.0",
        "c|1e5",
        "d|123456789012345678901234567890.10",
        "e|true",
        "f|``",
        "g|`{ \"h\" : [1, \"two\" ,{\"i\":null}] }`",
        "g.h.0|1",
        "g.h.1|two",
        "g.h.2.i|``",
        "g.h.2|`{\"i\":null}`",
        "g.h|`[1, \"two\" ,{\"i\":null}]`",
        "dot.ted|literal",
        "deep.x\\.y|escaped",
        "twice|last",
        "u|`é\"\\`",
        "n|-0"
      })
  void given_json_when_property_then_strings_unquoted_and_the_rest_as_written(String property, String expected) {
    String json =
        """
        {"a":"x","b":1.0,"c":1e5,"d":123456789012345678901234567890.10,"e":true,"f":null,
         "g":{ "h" : [1, "two" ,{"i":null}] }, "dot.ted":"literal", "dot":{"ted":"path"},
         "deep":{"x.y":"escaped"}, "twice":"first", "twice":"last", "u":"\\u00e9\\"\\\\", "n":-0}
        """;
    assertThat(rendered(text(json), single("k", property))).containsExactly(Map.entry("k", expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"missing", "a.b", "list.2", "list.x", "list.-1", "list.99999999999", "", "a."})
  void given_json_when_the_property_is_missing_then_the_error_names_ref_and_property_and_no_other_name(String property) {
    RenderItem item = single("k", property.isEmpty() ? "." : property);
    RenderResult result = render(text("{\"a\":\"canary\",\"list\":[1,2],\"otherName\":1}"), item);
    assertThat(message(result)).contains("\"k\"", "prod/db", property).doesNotContain("canary", "otherName");
  }

  @Test
  void given_an_array_as_the_document_when_index_then_the_element() {
    assertThat(rendered(text("[\"a\",[\"b\"]]"), single("k", "1.0"))).containsExactly(Map.entry("k", "b"));
  }

  @Test
  void given_an_object_when_extract_then_each_field_is_a_key() {
    assertThat(rendered(text("{\"a\":\"x\",\"b\":{\"c\": 1.50},\"d\":null,\"a\":\"y\"}"), new RenderItem.Extract(DB, null)))
        .containsExactly(Map.entry("a", "y"), Map.entry("b", "{\"c\": 1.50}"), Map.entry("d", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"in\":{\"a\":1}}", "{\"in\":\"{\\\"a\\\":1}\"}"})
  void given_an_object_under_a_property_when_extract_then_its_fields(String json) {
    assertThat(rendered(text(json), new RenderItem.Extract(DB, "in"))).containsExactly(Map.entry("a", "1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "\"canary\"", "42", "null"})
  void given_no_object_when_extract_then_error(String json) {
    assertThat(message(render(text(json), new RenderItem.Extract(DB, null)))).contains("prod/db", "JSON object").doesNotContain("canary");
  }

  @Test
  void given_items_for_one_key_when_rendered_then_the_last_wins() {
    assertThat(rendered(text("{\"k\":\"extracted\",\"p\":\"single\"}"), new RenderItem.Extract(DB, null), single("k", "p")))
        .containsEntry("k", "single");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"canary", "{\"canary\":", "{\"canary\":1}x", "{\"canary\":1} {}", "", "{canary:1}", "{\"a\":\"canary\u0001\"}", "[1,]"})
  void given_no_json_when_property_then_the_error_has_no_part_of_the_value(String value) {
    assertThat(message(render(text(value), single("k", "p")))).contains("\"k\"", "prod/db", "no valid JSON").doesNotContain("canary");
  }

  @Test
  void given_bytes_that_are_no_text_when_property_then_the_error_says_binary() {
    assertThat(message(render(Payload.ofBinary(new byte[] {(byte) 0xff, 0}), single("k", "p")))).contains("prod/db", "is binary");
  }

  @Test
  void given_bytes_that_are_json_when_property_then_it_is_found() {
    byte[] bytes = "{\"p\":\"v\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(rendered(Payload.ofBinary(bytes), single("k", "p"))).containsExactly(Map.entry("k", "v"));
  }

  @ParameterizedTest
  @ValueSource(ints = {JsonText.MAX_DEPTH + 1, 100_000})
  void given_deep_nesting_when_property_then_error(int depth) {
    String json = "{\"p\":" + "[".repeat(depth) + "]".repeat(depth) + "}";
    assertThat(message(render(text(json), single("k", "p")))).contains("nested deeper than " + JsonText.MAX_DEPTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "ä", ".", "..", "a/b", "", "a\nb"})
  void given_an_illegal_key_when_single_then_error(String key) {
    assertThat(message(render(text("canary"), single(key, null)))).contains("no key of a Secret").doesNotContain("canary", "\n");
  }

  @Test
  void given_an_illegal_field_name_when_extract_then_the_error_names_it() {
    assertThat(message(render(text("{\"a b\":\"canary\"}"), new RenderItem.Extract(DB, null))))
        .contains("\"a b\"", "prod/db")
        .doesNotContain("canary");
  }

  @Test
  void given_the_longest_key_when_one_more_then_error() {
    assertThat(rendered(text("v"), single("k".repeat(253), null))).hasSize(1);
    assertThat(message(render(text("v"), single("k".repeat(254), null)))).contains("254 characters", "at most 253").hasSizeLessThan(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"canary\0", "{\"p\":\"canary\\u0000\"}"})
  void given_a_nul_in_text_when_rendered_then_error(String value) {
    RenderResult result = render(text(value), single("k", value.startsWith("{") ? "p" : null));
    assertThat(message(result)).contains("\"k\"", "NUL").doesNotContain("canary");
  }

  @Test
  void given_one_mebibyte_when_one_byte_more_then_the_error_names_the_largest_key() {
    int room = 1_048_576 - "big".length() - "small1".length();
    RenderItem small = new RenderItem.Single("small", PARAMETER, null);
    List<RenderItem> items = List.of(single("big", null), small);
    Fetched.Found one = found(PARAMETER, text("1"));
    assertThat(Renderer.render(items, Map.of(PARAMETER, one, DB, found(DB, text("x".repeat(room))))))
        .isInstanceOf(RenderResult.Rendered.class);
    assertThat(message(Renderer.render(items, Map.of(PARAMETER, one, DB, found(DB, text("x".repeat(room + 1)))))))
        .contains("1048577", "big with 1048571");
  }

  @Test
  void given_a_ref_that_was_not_read_when_rendered_then_it_is_the_callers_fault() {
    assertThatThrownBy(() -> Renderer.render(List.of(single("k", null)), Map.of())).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void given_a_parameter_when_its_property_is_missing_then_the_error_says_parameter() {
    RenderItem item = new RenderItem.Single("k", PARAMETER, "p");
    assertThat(message(Renderer.render(List.of(item), Map.of(PARAMETER, found(PARAMETER, text("{}")))))).contains("parameter /prod/url");
  }

  @Test
  void given_a_rendered_secret_when_printed_then_keys_only() {
    RenderResult result = render(text("canary"), single("k", null));
    assertThat(result.toString()).contains("k").doesNotContain("canary");
  }

  static RenderItem single(String key, String property) {
    return new RenderItem.Single(key, DB, property);
  }

  private static Payload text(String value) {
    return Payload.ofText(value);
  }

  private static Fetched.Found found(SourceRef ref, Payload payload) {
    return new Fetched.Found(ref, new Revision("arn:aws:secretsmanager:eu-west-1:1:secret:" + ref.key(), "v1"), payload, List.of(), null);
  }

  static RenderResult render(Payload payload, RenderItem... items) {
    return Renderer.render(List.of(items), Map.of(DB, found(DB, payload)));
  }

  static Map<String, String> rendered(Payload payload, RenderItem... items) {
    RenderResult result = render(payload, items);
    assertThat(result).isInstanceOf(RenderResult.Rendered.class);
    Map<String, String> texts = new TreeMap<>();
    ((RenderResult.Rendered) result).secret().data().forEach((key, value) -> texts.put(key, new String(value, StandardCharsets.UTF_8)));
    return texts;
  }

  private static String message(RenderResult result) {
    assertThat(result).isInstanceOf(RenderResult.Invalid.class);
    return ((RenderResult.Invalid) result).message();
  }
}
