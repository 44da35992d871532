package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * Names a ServiceAccount with the annotation {@code eks.amazonaws.com/role-arn}.
 *
 * @param name its name
 * @param namespace its namespace, in a ClusterSecretStore only; null means the ExternalSecret's own
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record ServiceAccountRef(
    @JsonPropertyDescription("Name of the ServiceAccount.") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription("Its namespace, in a ClusterSecretStore only. Left out there: the namespace of each ExternalSecret.")
        @Size(min = 1, max = 63)
        @Nullable String namespace) {}
