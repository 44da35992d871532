package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * How a ClusterSecretStore reaches AWS and who may use it.
 *
 * @param provider where secrets are read
 * @param conditions a namespace is admitted when one of these admits it; empty admits every namespace
 */
@JsonClassDescription("How to reach AWS and which namespaces may do so through this store.")
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ClusterSecretStoreSpec(
    @JsonPropertyDescription("Where secrets are read.") @Required ProviderSpec provider,
    @JsonPropertyDescription("A namespace may use this store when one of these entries admits it. Left out: every namespace may.")
        @Size(max = 100)
        List<StoreCondition> conditions) {

  /** Lists are never null and never change. */
  public ClusterSecretStoreSpec {
    conditions = conditions == null ? List.of() : List.copyOf(conditions);
  }
}
