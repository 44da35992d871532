package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Secrets as AWS writes them on the wire. */
final class SecretJson {

  private SecretJson() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Seconds with milliseconds, as awsJson writes dates. */
  static BigDecimal seconds(Instant instant) {
    return BigDecimal.valueOf(instant.toEpochMilli(), 3);
  }

  static ObjectNode identified(StoredSecret secret) {
    return object().put("ARN", secret.arn()).put("Name", secret.name());
  }

  static ObjectNode value(StoredSecret secret, SecretVersion version) {
    ObjectNode out = identified(secret).put("VersionId", version.id());
    out.put("SecretString", version.value().text());
    if (version.value().text() == null) {
      out.remove("SecretString");
      out.put("SecretBinary", version.value().binary());
    }
    stages(out.putArray("VersionStages"), version);
    return out.put("CreatedDate", seconds(version.created()));
  }

  static ObjectNode described(StoredSecret secret) {
    ObjectNode out = metadata(secret);
    stagesById(out.putObject("VersionIdsToStages"), secret);
    return out;
  }

  static ObjectNode listed(StoredSecret secret) {
    ObjectNode out = metadata(secret);
    stagesById(out.putObject("SecretVersionsToStages"), secret);
    return out;
  }

  private static ObjectNode metadata(StoredSecret secret) {
    ObjectNode out = identified(secret);
    text(out, "Description", secret.description());
    text(out, "KmsKeyId", secret.kmsKeyId());
    date(out, "CreatedDate", secret.created());
    date(out, "LastChangedDate", secret.changed());
    date(out, "LastRotatedDate", secret.rotated());
    date(out, "DeletedDate", secret.deletion());
    if (secret.rotation() != null) {
      out.put("RotationEnabled", true).put("RotationLambdaARN", secret.rotation().lambda());
      date(out, "NextRotationDate", secret.rotation().next());
    }
    ArrayNode tags = out.putArray("Tags");
    secret.tags().forEach((key, value) -> tags.addObject().put("Key", key).put("Value", value));
    return out;
  }

  private static void stagesById(ObjectNode out, StoredSecret secret) {
    secret.versions().byId().values().stream()
        .filter(version -> !version.stages().isEmpty())
        .forEach(version -> stages(out.putArray(version.id()), version));
  }

  static void stages(ArrayNode out, SecretVersion version) {
    version.stages().forEach(out::add);
  }

  private static void text(ObjectNode out, String member, @Nullable String value) {
    if (value != null) {
      out.put(member, value);
    }
  }

  private static void date(ObjectNode out, String member, @Nullable Instant value) {
    if (value != null) {
      out.put(member, seconds(value));
    }
  }
}
