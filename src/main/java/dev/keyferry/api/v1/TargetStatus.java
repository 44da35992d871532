package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * The Secret that is written.
 *
 * @param name its name
 * @param token digest of the revisions that restarts compare; null under a policy that writes nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record TargetStatus(
    @JsonPropertyDescription("Name of the Secret.") @Required @Size(max = 253) String name,
    @JsonPropertyDescription("Digest of the revisions that restarts compare. It moves when AWSCURRENT moves, not when this spec does.")
        @Size(max = 64)
        @Nullable String token) {}
