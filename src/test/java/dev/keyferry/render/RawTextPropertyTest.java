package dev.keyferry.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.source.Payload;
import dev.keyferry.source.SourceRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Random documents: what extract gives is, field by field, the text that was written. */
class RawTextPropertyTest {

  @RepeatedTest(200)
  void given_random_json_when_extracted_then_every_fields_text_is_kept(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    Map<String, String> written = new LinkedHashMap<>();
    Map<String, String> expected = new TreeMap<>();
    for (int i = random.nextInt(12); i >= 0; i--) {
      String name = "f" + random.nextInt(20);
      if (written.containsKey(name)) {
        continue;
      }
      if (random.nextInt(4) == 0) {
        written.put(name, "\"s\\u0041\\n" + i + "é🚢\"");
        expected.put(name, "sA\n" + i + "é🚢");
      } else {
        String raw = value(random, 0);
        written.put(name, raw);
        expected.put(name, raw);
      }
    }
    assertThat(RendererTest.rendered(Payload.ofText(object(random, written)), new RenderItem.Extract(ref(), null))).isEqualTo(expected);
  }

  private static SourceRef ref() {
    return RendererTest.single("k", null).ref();
  }

  private static String object(Random random, Map<String, String> fields) {
    StringBuilder json = new StringBuilder(space(random)).append('{');
    String separator = "";
    for (Map.Entry<String, String> field : fields.entrySet()) {
      json.append(separator).append(space(random)).append('"').append(field.getKey()).append('"').append(space(random)).append(':');
      json.append(space(random)).append(field.getValue()).append(space(random));
      separator = ",";
    }
    return json.append('}').append(space(random)).toString();
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 4 ? 5 : 7)) {
      case 0 -> String.valueOf(random.nextLong());
      case 1 -> "-0.0" + random.nextInt(1000) + "0";
      case 2 -> random.nextInt(1, 9) + "E+" + random.nextInt(400);
      case 3 -> String.valueOf(random.nextBoolean());
      case 4 -> "1" + "0".repeat(random.nextInt(1500));
      case 5 -> "[" + nested(random, depth) + "," + space(random) + nested(random, depth) + "]";
      default -> {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("x\\\"y" + random.nextInt(9), nested(random, depth));
        fields.put("ü}{", nested(random, depth));
        yield object(random, fields).strip();
      }
    };
  }

  private static String nested(Random random, int depth) {
    return random.nextInt(3) == 0 ? "\"}]\\\\\\\"{[\"" : random.nextInt(5) == 0 ? "null" : value(random, depth + 1);
  }

  private static String space(Random random) {
    return " \n\t\r".substring(0, random.nextInt(5)).repeat(random.nextInt(2));
  }
}
