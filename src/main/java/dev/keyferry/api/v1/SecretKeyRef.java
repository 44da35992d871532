package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * One key of a Secret.
 *
 * @param name the Secret's name
 * @param namespace its namespace, in a ClusterSecretStore only; null means the ExternalSecret's own
 * @param key the key in its data
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record SecretKeyRef(
    @JsonPropertyDescription("Name of the Secret.") @Required @Size(min = 1, max = 253) String name,
    @JsonPropertyDescription("Its namespace, in a ClusterSecretStore only. Left out there: the namespace of each ExternalSecret.")
        @Size(min = 1, max = 63)
        @Nullable String namespace,
    @JsonPropertyDescription("Key in its data.") @Required @Size(min = 1, max = 253) String key) {}
