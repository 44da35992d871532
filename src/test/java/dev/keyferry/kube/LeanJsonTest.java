package dev.keyferry.kube;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.WatchEvent;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeanJsonTest {

  @Test
  void given_a_mapper_when_made_then_it_keeps_no_names() {
    JsonFactory factory = LeanJson.mapper().getFactory();
    assertThat(factory.isEnabled(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)).isFalse();
    assertThat(factory.isEnabled(JsonFactory.Feature.INTERN_FIELD_NAMES)).isFalse();
  }

  @Test
  void given_an_object_when_read_and_written_then_it_is_the_same() {
    String text = "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"däta\"},\"data\":{\"clé\":\"dmFsdWU=\"}}";
    Secret read = LeanJson.serialization().unmarshal(text, Secret.class);
    assertThat(read.getData()).isEqualTo(Map.of("clé", "dmFsdWU="));
    assertThat(LeanJson.serialization().unmarshal(LeanJson.serialization().asJson(read), Secret.class)).isEqualTo(read);
  }

  @Test
  void given_a_watch_that_fails_when_told_then_its_status_is_known() {
    String event = "{\"type\":\"ERROR\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}";

    assertThat(LeanJson.serialization().unmarshal(event, WatchEvent.class).getObject())
        .isInstanceOfSatisfying(Status.class, status -> assertThat(status.getCode()).isEqualTo(410));
  }
}
