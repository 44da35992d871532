package dev.keyferry.testkit;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request that the embedded API has answered.
 *
 * @param verb get, list, watch, create, update, patch, apply or delete
 * @param path without its query
 * @param query as sent, or null
 * @param userAgent as sent; empty where none was
 * @param fieldManager the manager that the request named, or null
 * @param code the HTTP status of the answer; of a watch the one it began with
 */
public record ApiCall(
    String verb, String path, @Nullable String query, String userAgent, @Nullable String fieldManager, int code) {

  private static final Set<String> WRITES = Set.of("create", "update", "patch", "apply", "delete");

  /** Whether it asked for a change of stored objects: no read, no review, no token and no lease, which is renewed all the time. */
  public boolean write() {
    return WRITES.contains(verb) && !path.contains("/leases") && !path.endsWith("/token") && !path.contains("/authorization.k8s.io/");
  }
}
