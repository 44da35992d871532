package dev.keyferry.store;

import dev.keyferry.api.v1.AwsSpec;
import dev.keyferry.api.v1.SessionTag;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The session tags of a store's last role. With {@code sessionTagsPolicy} they name who reads, in External Secrets Operator's words, so
 * that one role's policy can tell tenants apart by {@code aws:PrincipalTag/esoNamespace}.
 */
final class SessionTags {

  private static final String NONE = "None";
  private static final String SIMPLE = "Simple";
  private static final String CUSTOM = "Custom";

  private SessionTags() {}

  /** Whether the policy is a word that nobody knows. */
  static boolean unknown(AwsSpec aws) {
    return !List.of(NONE, SIMPLE, CUSTOM).contains(policy(aws));
  }

  /** Whether the tags name the namespace that reads, so that each namespace has an identity of its own. */
  static boolean namesReader(AwsSpec aws) {
    return aws.role() != null && !policy(aws).equals(NONE) && !unknown(aws);
  }

  /**
   * The tags.
   *
   * @param namespace who reads; null where nobody does
   * @param store the store's name
   * @param kind the store's kind
   */
  static Map<String, String> of(AwsSpec aws, @Nullable String namespace, String store, String kind) {
    if (!namesReader(aws) || namespace == null) {
      return written(aws.sessionTags());
    }
    Map<String, String> tags = new TreeMap<>();
    if (policy(aws).equals(CUSTOM)) {
      tags.putAll(aws.customSessionTags());
    }
    tags.put("esoNamespace", namespace);
    tags.put("esoStoreName", store);
    tags.put("esoStoreKind", kind);
    return tags;
  }

  /** Tags as they are written. */
  static Map<String, String> written(List<SessionTag> written) {
    Map<String, String> tags = new TreeMap<>();
    written.forEach(tag -> tags.put(tag.key(), tag.value()));
    return tags;
  }

  private static String policy(AwsSpec aws) {
    return aws.sessionTagsPolicy() == null ? NONE : aws.sessionTagsPolicy();
  }
}
