package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Names a store.
 *
 * @param name the store's name
 * @param kind {@code SecretStore} (also when null) or {@code ClusterSecretStore}; other words are refused by a condition
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "!has(self.kind) || self.kind in ['SecretStore', 'ClusterSecretStore']",
    message = "secretStoreRef.kind must be SecretStore or ClusterSecretStore",
    fieldPath = ".kind")
public record StoreRef(
    @JsonPropertyDescription("Name of the store.") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription("SecretStore (in this namespace; also when left out) or ClusterSecretStore.")
        @Size(max = 32)
        @Nullable String kind) {

  /** The kind to use where none is written. */
  public static final String SECRET_STORE = "SecretStore";

  /** The kind of stores that serve many namespaces. */
  public static final String CLUSTER_SECRET_STORE = "ClusterSecretStore";

  /** The kind, with its default applied. */
  public String kindOrDefault() {
    return kind == null || kind.isEmpty() ? SECRET_STORE : kind;
  }
}
