package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.emulator.SecretVersion.Value;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every operation that changes a secret. */
final class SecretWrites {

  private static final int MAX_BYTES = 65_536;

  private final SecretAccess access;

  SecretWrites(SecretAccess access) {
    this.access = access;
  }

  ObjectNode create(Request request, SecretModel model) {
    String name = request.required("Name");
    access.onSecret(request, "CreateSecret", name, model);
    Value value = value(request);
    String token = token(request, value);
    SecretModel.NewSecret made =
        new SecretModel.NewSecret(name, request.text("Description"), request.text("KmsKeyId"), request.tags());
    ObjectNode out = SecretJson.identified(model.create(made, token, value));
    return value == null ? out : out.put("VersionId", token);
  }

  ObjectNode put(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "PutSecretValue", id, model);
    Value value = value(request);
    if (value == null) {
      throw AwsError.invalidRequest("You must provide either SecretString or SecretBinary.");
    }
    List<String> asked = request.texts("VersionStages");
    List<String> stages = asked.isEmpty() ? List.of(Versions.CURRENT) : asked;
    SecretModel.Selected put = model.put(id, token(request, value), value, stages);
    ObjectNode out = SecretJson.identified(put.secret()).put("VersionId", put.version().id());
    SecretJson.stages(out.putArray("VersionStages"), put.version());
    return out;
  }

  ObjectNode update(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "UpdateSecret", id, model);
    Value value = value(request);
    String token = token(request, value);
    StoredSecret secret = model.describe(id, request.text("Description"), request.text("KmsKeyId"));
    ObjectNode out = SecretJson.identified(secret);
    if (value != null) {
      model.put(id, token, value, List.of(Versions.CURRENT));
      out.put("VersionId", token);
    }
    return out;
  }

  ObjectNode moveStage(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "UpdateSecretVersionStage", id, model);
    String stage = request.required("VersionStage");
    return SecretJson.identified(model.moveStage(id, stage, request.text("RemoveFromVersionId"), request.text("MoveToVersionId")));
  }

  ObjectNode delete(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "DeleteSecret", id, model);
    boolean force = request.flag("ForceDeleteWithoutRecovery");
    if (force && request.has("RecoveryWindowInDays")) {
      throw AwsError.invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    StoredSecret secret = force ? model.vanish(id) : model.delete(id, Duration.ofDays(window(request)));
    ObjectNode out = SecretJson.identified(secret);
    return secret.deletion() == null ? out : out.put("DeletionDate", SecretJson.seconds(secret.deletion()));
  }

  private static int window(Request request) {
    int days = request.has("RecoveryWindowInDays") ? request.body().path("RecoveryWindowInDays").asInt() : 30;
    if (days < 7 || days > 30) {
      throw AwsError.invalidParameter("The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).");
    }
    return days;
  }

  ObjectNode restore(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "RestoreSecret", id, model);
    return SecretJson.identified(model.restore(id));
  }

  ObjectNode tag(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "TagResource", id, model);
    model.tag(id, request.tags(), List.of());
    return SecretJson.object();
  }

  ObjectNode untag(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "UntagResource", id, model);
    model.tag(id, Map.of(), request.texts("TagKeys"));
    return SecretJson.object();
  }

  private static @Nullable Value value(Request request) {
    String text = request.text("SecretString");
    String binary = request.text("SecretBinary");
    if (text != null && binary != null) {
      throw AwsError.invalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.");
    }
    if (text != null) {
      checkSize("secretString", text.getBytes(StandardCharsets.UTF_8).length);
      return new Value(text, null);
    }
    return binary == null ? null : binary(binary);
  }

  private static Value binary(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    checkSize("secretBinary", bytes.length);
    return new Value(null, bytes);
  }

  private static void checkSize(String member, int size) {
    if (size < 1 || size > MAX_BYTES) {
      String bound = size < 1 ? "greater than or equal to 1" : "less than or equal to " + MAX_BYTES;
      throw AwsError.of(
          "ValidationException",
          "1 validation error detected: Value at '%s' failed to satisfy constraint: Member must have length %s".formatted(member, bound));
    }
  }

  private static String token(Request request, @Nullable Value value) {
    String token = request.text("ClientRequestToken");
    if (token == null) {
      if (value == null) {
        return "";
      }
      throw AwsError.invalidRequest("You must provide a ClientRequestToken value. We recommend a UUID-type value.");
    }
    if (token.length() < 32 || token.length() > 64) {
      throw AwsError.invalidParameter("ClientRequestToken must be 32-64 characters long.");
    }
    return token;
  }
}
