package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What the embedded API does to stored objects, in the order in which a real API server does it. Each write is atomic. */
final class ApiOperations {

  /**
   * Who writes and how.
   *
   * @param manager field manager
   * @param force of an apply
   * @param dryRun answers without storing
   */
  record WriteOptions(String manager, boolean force, boolean dryRun) {}

  /** An object as stored, and whether the request created it. */
  record Written(ObjectNode object, boolean created) {}

  private static final String MODIFIED_PRECONDITION =
      "Precondition failed: UID in precondition: %s, UID in object meta: %s";

  private final ObjectStore store;
  private final ApiKinds kinds;
  private final Clock clock;

  ApiOperations(ObjectStore store, ApiKinds kinds, Clock clock) {
    this.store = store;
    this.kinds = kinds;
    this.clock = clock;
  }

  ObjectNode get(ObjectStore.Key key) {
    ObjectNode object = store.get(key);
    if (object == null) {
      throw ApiFailure.notFound(key.kind(), key.name());
    }
    return object;
  }

  Written create(ObjectStore.Key key, ObjectNode body, WriteOptions options) {
    return store.alone(
        () -> {
          if (store.get(key) != null) {
            throw ApiFailure.alreadyExists(key.kind(), key.name());
          }
          if (body.path("metadata").hasNonNull("resourceVersion")) {
            throw ApiFailure.badRequest("resourceVersion should not be set on objects to be created");
          }
          ObjectNode object = fresh(key, body);
          WriteRules.normaliseSecret(key.kind(), object);
          recordUpdate(key, JsonNodeFactory.instance.objectNode(), object, options, "");
          return new Written(commit(key, null, object, options), true);
        });
  }

  Written update(ObjectStore.Key key, String subresource, ObjectNode body, WriteOptions options) {
    return change(key, subresource, options, live -> body.deepCopy());
  }

  Written patch(ObjectStore.Key key, String subresource, UnaryOperator<ObjectNode> patch, WriteOptions options) {
    return change(key, subresource, options, patch);
  }

  private Written change(ObjectStore.Key key, String subresource, WriteOptions options, UnaryOperator<ObjectNode> change) {
    return store.alone(
        () -> {
          ObjectNode live = get(key);
          ObjectNode wanted = change.apply(live.deepCopy());
          WriteRules.checkIdentity(key, live, wanted);
          ObjectNode merged = only(key.kind(), subresource, live, wanted);
          WriteRules.normaliseSecret(key.kind(), merged);
          recordUpdate(key, live, merged, options, subresource);
          return new Written(commit(key, live, merged, options), false);
        });
  }

  Written apply(ObjectStore.Key key, String subresource, ObjectNode body, WriteOptions options) {
    return store.alone(
        () -> {
          ObjectNode live = store.get(key);
          if (live == null) {
            return applyNew(key, subresource, body, options);
          }
          WriteRules.checkIdentity(key, live, body);
          ManagedFields.Owner owner = new ManagedFields.Owner(options.manager(), "Apply", subresource);
          ObjectNode merged = ServerSideApply.apply(key.kind(), live, body, owner, options.force(), now());
          return new Written(commit(key, live, merged, options), false);
        });
  }

  private Written applyNew(ObjectStore.Key key, String subresource, ObjectNode body, WriteOptions options) {
    if (!subresource.isEmpty()) {
      throw ApiFailure.notFound(key.kind(), key.name());
    }
    JsonNode uid = body.path("metadata").path("uid");
    if (!uid.asText("").isEmpty()) {
      String detail = "uid mismatch: the provided object specified uid " + uid.asText() + ", and no existing object was found";
      throw ApiFailure.conflict(key.kind(), key.name(), detail);
    }
    ObjectNode identity = JsonNodeFactory.instance.objectNode();
    identity.put("apiVersion", key.kind().apiVersion()).put("kind", key.kind().kind()).putObject("metadata");
    ManagedFields.Owner owner = new ManagedFields.Owner(options.manager(), "Apply", "");
    ObjectNode object = ServerSideApply.apply(key.kind(), fresh(key, identity), body, owner, options.force(), now());
    return new Written(commit(key, null, object, options), true);
  }

  /** Deletes, or marks for deletion what has finalizers; dependents without another owner go with it. */
  ObjectNode delete(ObjectStore.Key key, ObjectNode options) {
    return store.alone(
        () -> {
          ObjectNode live = get(key);
          String uid = live.path("metadata").path("uid").asText();
          JsonNode preconditions = options.path("preconditions");
          String wantedUid = preconditions.path("uid").asText(uid);
          if (!wantedUid.equals(uid)) {
            throw ApiFailure.conflict(key.kind(), key.name(), MODIFIED_PRECONDITION.formatted(wantedUid, uid));
          }
          String version = live.path("metadata").path("resourceVersion").asText();
          if (!preconditions.path("resourceVersion").asText(version).equals(version)) {
            throw ApiFailure.modified(key.kind(), key.name());
          }
          if (!live.path("metadata").path("finalizers").isEmpty()) {
            if (!live.path("metadata").has("deletionTimestamp")) {
              live.withObjectProperty("metadata").put("deletionTimestamp", now()).put("deletionGracePeriodSeconds", 0);
              return store.put(key, live);
            }
            return live;
          }
          store.remove(key);
          boolean orphan = options.path("propagationPolicy").asText("").equals("Orphan");
          new GarbageCollector(store).ownerGone(uid, orphan, this::deleteQuietly);
          return live;
        });
  }

  private void deleteQuietly(ObjectStore.Key key) {
    delete(key, JsonNodeFactory.instance.objectNode());
  }

  private ObjectNode fresh(ObjectStore.Key key, ObjectNode body) {
    ObjectNode object = body.deepCopy();
    object.put("apiVersion", key.kind().apiVersion()).put("kind", key.kind().kind());
    if (key.kind().status()) {
      object.remove("status");
    }
    ObjectNode metadata = object.withObjectProperty("metadata");
    metadata.remove(List.of("managedFields", "deletionTimestamp", "resourceVersion"));
    metadata.put("name", key.name()).put("uid", UUID.randomUUID().toString()).put("creationTimestamp", now());
    if (key.kind().namespaced()) {
      metadata.put("namespace", key.namespace());
    }
    if (key.kind().generation()) {
      metadata.put("generation", 1);
    }
    return object;
  }

  /** The live object with what the subresource may change: status alone, or all but status. */
  private static ObjectNode only(ApiKind kind, String subresource, ObjectNode live, ObjectNode wanted) {
    ObjectNode merged = subresource.equals("status") ? live.deepCopy() : wanted.deepCopy();
    ObjectNode statusFrom = subresource.equals("status") ? wanted : live;
    if (kind.status()) {
      merged.remove("status");
      if (statusFrom.hasNonNull("status")) {
        merged.set("status", statusFrom.get("status").deepCopy());
      }
    }
    ObjectNode metadata = merged.withObjectProperty("metadata");
    for (String field : List.of("name", "namespace", "uid", "creationTimestamp", "generation", "deletionTimestamp", "managedFields")) {
      metadata.remove(field);
      if (live.path("metadata").has(field)) {
        metadata.set(field, live.path("metadata").get(field).deepCopy());
      }
    }
    merged.put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
    return merged;
  }

  private void recordUpdate(ObjectStore.Key key, ObjectNode before, ObjectNode after, WriteOptions options, String subresource) {
    ManagedFields fields = ManagedFields.of(after);
    fields.recordUpdate(
        ManagedFields.ownable(before, key.kind(), subresource),
        ManagedFields.ownable(after, key.kind(), subresource),
        new ManagedFields.Owner(options.manager(), "Update", subresource),
        now());
    fields.writeTo(after, key.kind().apiVersion());
  }

  private ObjectNode commit(ObjectStore.Key key, @Nullable ObjectNode live, ObjectNode object, WriteOptions options) {
    WriteRules.normaliseSecret(key.kind(), object);
    if (live != null) {
      JsonNode version = live.path("metadata").get("resourceVersion");
      object.withObjectProperty("metadata").set("resourceVersion", version);
      if (object.equals(live)) {
        return live;
      }
      WriteRules.checkImmutable(key, live, object);
      if (key.kind().generation() && WriteRules.asksForMore(key.kind(), live, object)) {
        object.withObjectProperty("metadata").put("generation", live.path("metadata").path("generation").asLong() + 1);
      }
    }
    if (options.dryRun()) {
      return object;
    }
    boolean finished = object.path("metadata").has("deletionTimestamp") && object.path("metadata").path("finalizers").isEmpty();
    ObjectNode stored = store.put(key, object);
    if (finished) {
      delete(key, JsonNodeFactory.instance.objectNode());
    }
    if (key.kind().plural().equals("customresourcedefinitions")) {
      kinds.register(stored);
    }
    return stored;
  }

  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
