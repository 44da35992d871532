package dev.keyferry.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** An answer other than success, in Kubernetes' words. */
final class ApiFailure extends RuntimeException {

  private final int code;
  private final String reason;

  ApiFailure(int code, String reason, String message) {
    super(message, null, false, false);
    this.code = code;
    this.reason = reason;
  }

  static ApiFailure notFound(ApiKind kind, String name) {
    return new ApiFailure(404, "NotFound", kind.qualified() + " \"" + name + "\" not found");
  }

  static ApiFailure noSuchPath() {
    return new ApiFailure(404, "NotFound", "the server could not find the requested resource");
  }

  static ApiFailure alreadyExists(ApiKind kind, String name) {
    return new ApiFailure(409, "AlreadyExists", kind.qualified() + " \"" + name + "\" already exists");
  }

  static ApiFailure modified(ApiKind kind, String name) {
    return conflict(
        kind, name, "the object has been modified; please apply your changes to the latest version and try again");
  }

  static ApiFailure conflict(ApiKind kind, String name, String detail) {
    return new ApiFailure(409, "Conflict", "Operation cannot be fulfilled on " + kind.qualified() + " \"" + name + "\": " + detail);
  }

  static ApiFailure invalid(ApiKind kind, String name, String detail) {
    String what = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
    return new ApiFailure(422, "Invalid", what + " \"" + name + "\" is invalid: " + detail);
  }

  static ApiFailure methodNotAllowed() {
    return new ApiFailure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  static ApiFailure badRequest(String message) {
    return new ApiFailure(400, "BadRequest", message);
  }

  int code() {
    return code;
  }

  /** The {@code Status} object that carries it. */
  ObjectNode body() {
    ObjectNode status = JsonNodeFactory.instance.objectNode();
    status.put("kind", "Status").put("apiVersion", "v1").put("status", "Failure");
    status.putObject("metadata");
    return status.put("message", getMessage()).put("reason", reason).put("code", code);
  }
}
