package dev.keyferry.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Set;

/**
 * One request as the API server saw it.
 *
 * @param user who asked, such as {@code system:serviceaccount:keyferry-system:keyferry}
 * @param userAgent the client's name for itself
 * @param verb such as {@code get}, {@code watch} or {@code patch}
 * @param group the API group; empty for the core group
 * @param resource the plural; empty for requests that concern none
 * @param subresource such as {@code status}; empty for none
 * @param namespace empty for none
 * @param name empty for none
 * @param code the HTTP status
 * @param uri the path and query
 * @param received when the request came in
 */
record AuditEvent(
    String user,
    String userAgent,
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name,
    int code,
    String uri,
    Instant received) {

  private static final Set<String> WRITES = Set.of("create", "update", "patch", "delete", "deletecollection");

  static AuditEvent of(JsonNode event) {
    var object = event.path("objectRef");
    return new AuditEvent(
        event.at("/user/username").asText(),
        event.path("userAgent").asText(),
        event.path("verb").asText(),
        object.path("apiGroup").asText(),
        object.path("resource").asText(),
        object.path("subresource").asText(),
        object.path("namespace").asText(),
        object.path("name").asText(),
        event.at("/responseStatus/code").asInt(),
        event.path("requestURI").asText(),
        Instant.parse(event.path("requestReceivedTimestamp").asText()));
  }

  /** Whether it asked for a change; reviews and tokens, which change nothing, are created too. */
  boolean write() {
    return WRITES.contains(verb);
  }

  /** The resource with its subresource, such as {@code secrets} or {@code externalsecrets/status}. */
  String what() {
    return subresource.isEmpty() ? resource : resource + "/" + subresource;
  }
}
