package dev.keyferry.testkit;

import java.util.List;

/**
 * A kind that the embedded API serves.
 *
 * @param group its API group; empty for the core group
 * @param version its API version, such as {@code v1}
 * @param plural its name in paths
 * @param kind its name in objects
 * @param namespaced whether its objects stand in namespaces
 * @param status whether it has a {@code /status} subresource, which then alone writes status
 * @param generation whether its objects count the changes of what is asked of them
 * @param shortNames for kubectl
 */
record ApiKind(
    String group,
    String version,
    String plural,
    String kind,
    boolean namespaced,
    boolean status,
    boolean generation,
    List<String> shortNames) {

  /** Such as {@code v1} or {@code apps/v1}. */
  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** Such as {@code secrets} or {@code deployments.apps}, as messages name it. */
  String qualified() {
    return group.isEmpty() ? plural : plural + "." + group;
  }
}
