package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/** Secrets Manager's operations, region by region. */
final class SecretsManagerService implements JsonService {

  private final Function<String, SecretModel> regions;
  private final SecretAccess access;
  private final SecretReads reads;
  private final SecretLists lists;
  private final SecretWrites writes;

  SecretsManagerService(Function<String, SecretModel> regions, SecretAccess access, Quirks quirks) {
    this.regions = regions;
    this.access = access;
    this.reads = new SecretReads(access, quirks);
    this.lists = new SecretLists(access, quirks);
    this.writes = new SecretWrites(access);
  }

  @Override
  public ObjectNode handle(Request request) {
    SecretModel model = regions.apply(request.region());
    return switch (request.operation()) {
      case "CreateSecret" -> writes.create(request, model);
      case "PutSecretValue" -> writes.put(request, model);
      case "UpdateSecret" -> writes.update(request, model);
      case "UpdateSecretVersionStage" -> writes.moveStage(request, model);
      case "DeleteSecret" -> writes.delete(request, model);
      case "RestoreSecret" -> writes.restore(request, model);
      case "TagResource" -> writes.tag(request, model);
      case "UntagResource" -> writes.untag(request, model);
      case "GetSecretValue" -> reads.get(request, model);
      case "BatchGetSecretValue" -> reads.batch(request, model);
      case "ListSecrets" -> lists.secrets(request, model);
      case "ListSecretVersionIds" -> lists.versions(request, model);
      case "DescribeSecret" -> describe(request, model);
      case "RotateSecret" -> rotate(request, model);
      default -> throw AwsError.of("UnknownOperationException", "");
    };
  }

  private ObjectNode describe(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "DescribeSecret", id, model);
    return SecretJson.described(model.require(id));
  }

  /** There is no Lambda here: a test plays its part with the emulator's own rotation steps. */
  private ObjectNode rotate(Request request, SecretModel model) {
    String id = request.required("SecretId");
    access.onSecret(request, "RotateSecret", id, model);
    model.select(id, null, null);
    throw AwsError.invalidRequest("No Lambda rotation function ARN is associated with this secret.");
  }
}
