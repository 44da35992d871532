package dev.keyferry.testkit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request path names.
 *
 * @param group API group; empty for the core group
 * @param version API version
 * @param namespace null for what stands in none, and for lists over all namespaces
 * @param plural resource
 * @param name null for collections
 * @param subresource empty for the object itself
 */
record ApiPath(String group, String version, @Nullable String namespace, String plural, @Nullable String name, String subresource) {

  private static final Set<String> OF_NAMESPACE_ITSELF = Set.of("status", "finalize");

  /** Reads a path; 404 where it is no resource's. */
  static ApiPath parse(String rawPath) {
    List<String> parts =
        Arrays.stream(rawPath.substring(1).split("/")).map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8)).toList();
    if (parts.size() >= 3 && parts.get(0).equals("api")) {
      return of("", parts.get(1), parts.subList(2, parts.size()));
    }
    if (parts.size() >= 4 && parts.get(0).equals("apis")) {
      return of(parts.get(1), parts.get(2), parts.subList(3, parts.size()));
    }
    throw ApiFailure.noSuchPath();
  }

  private static ApiPath of(String group, String version, List<String> rest) {
    boolean within = rest.get(0).equals("namespaces") && rest.size() > 2 && !OF_NAMESPACE_ITSELF.contains(rest.get(2));
    String namespace = within ? rest.get(1) : null;
    List<String> own = within ? rest.subList(2, rest.size()) : rest;
    if (own.size() > 3) {
      throw ApiFailure.noSuchPath();
    }
    return new ApiPath(
        group, version, namespace, own.get(0), own.size() > 1 ? own.get(1) : null, own.size() > 2 ? own.get(2) : "");
  }
}
