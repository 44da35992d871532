package dev.keyferry.emulator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads of values: singly and in batches. */
final class SecretReads {

  private static final int MAX_BATCH = 20;
  private static final Pattern VERSION_ID = Pattern.compile(".{32,64}");

  private final SecretAccess access;
  private final Quirks quirks;

  SecretReads(SecretAccess access, Quirks quirks) {
    this.access = access;
    this.quirks = quirks;
  }

  ObjectNode get(Request request, SecretModel model) {
    String id = request.required("SecretId");
    String version = request.text("VersionId");
    if (version != null && !VERSION_ID.matcher(version).matches()) {
      throw AwsError.invalidParameter("Invalid VersionId. The VersionId must be 32-64 characters long.");
    }
    return read(request, model, id, version, request.text("VersionStage"));
  }

  private ObjectNode read(
      Request request,
      SecretModel model,
      String id,
      @Nullable String version,
      @Nullable String stage) {
    access.onSecret(request, "GetSecretValue", id, model);
    SecretModel.Selected selected = model.select(id, version, stage);
    checkKms(selected.secret().name());
    if (quirks.faulty(selected.secret().name())) {
      throw new AwsError(500, "InternalServiceError", "An error was ordered.");
    }
    return SecretJson.value(selected.secret(), selected.version());
  }

  private void checkKms(String name) {
    switch (quirks.kms(name)) {
      case WORKS -> {}
      case DENIED -> throw AwsError.of("AccessDeniedException", "Access to KMS is not allowed");
      case BROKEN ->
          throw AwsError.of(
              "DecryptionFailure", "Secrets Manager can't decrypt the protected secret text using the provided KMS key.");
    }
  }

  ObjectNode batch(Request request, SecretModel model) {
    access.onAccount(request, "BatchGetSecretValue");
    boolean byId = request.has("SecretIdList");
    if (byId == request.has("Filters")) {
      throw AwsError.invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    }
    return byId ? batchOfIds(request, model) : batchOfFilters(request, model);
  }

  private ObjectNode batchOfIds(Request request, SecretModel model) {
    List<String> ids = request.texts("SecretIdList");
    if (ids.isEmpty()) {
      throw AwsError.validation("[]", "secretIdList", "Member must have length greater than or equal to 1");
    }
    if (ids.size() > MAX_BATCH) {
      throw AwsError.validation(ids, "secretIdList", "Member must have length less than or equal to 20");
    }
    if (request.has("MaxResults")) {
      throw AwsError.invalidParameter("'MaxResults' can only be used with 'Filters'.");
    }
    Page<String> page = Page.of(ids, request.text("NextToken"), ids.size(), "batch", quirks.emptyPages());
    return answer(request, model, page.items(), page);
  }

  private ObjectNode batchOfFilters(Request request, SecretModel model) {
    access.onAccount(request, "ListSecrets");
    int max = request.number("MaxResults", 1, MAX_BATCH, MAX_BATCH);
    SecretFilters filters = SecretFilters.of(request);
    List<String> arns = model.listed().stream().filter(s -> !s.marked() && filters.match(s)).map(StoredSecret::arn).toList();
    Page<String> page = Page.of(arns, request.text("NextToken"), max, "batch" + filters, quirks.emptyPages());
    return answer(request, model, page.items(), page);
  }

  private ObjectNode answer(Request request, SecretModel model, List<String> ids, Page<String> page) {
    ObjectNode out = SecretJson.object();
    ArrayNode values = out.putArray("SecretValues");
    ArrayNode errors = out.putArray("Errors");
    for (String id : ids) {
      one(request, model, id, values, errors);
    }
    page.writeToken(out);
    return out;
  }

  private void one(Request request, SecretModel model, String id, ArrayNode values, ArrayNode errors) {
    try {
      values.add(read(request, model, id, null, null));
    } catch (AwsError e) {
      if (quirks.emptyFailsBatch() && e.text().contains("secret value for staging label")) {
        throw e;
      }
      errors.addObject().put("SecretId", id).put("ErrorCode", e.code()).put("Message", e.text());
    }
  }
}
