package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of one source.
 *
 * @param key name or ARN of a secret, or name of a parameter
 * @param property a field of the value's JSON: a literal key, else a path with dots; null takes the whole value
 * @param version for a secret {@code uuid/<VersionId>} or a staging label (null: {@code AWSCURRENT}); for a parameter a version number or
 *     label
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record RemoteRef(
    @JsonPropertyDescription("Name or full ARN of the secret, or name of the parameter.") @Required @Size(min = 1, max = 2048) String key,
    @JsonPropertyDescription(
            "A field of the value's JSON: first tried as a literal key, then as a path with dots such as db.users.0.name. Left out: the whole"
                + " value.")
        @Size(max = 1024)
        @Nullable String property,
    @JsonPropertyDescription(
            "Secrets Manager: uuid/<VersionId> or a staging label; left out: AWSCURRENT. A pinned VersionId never restarts a workload."
                + " Parameter Store: a version number or a label.")
        @Size(max = 256)
        @Nullable String version) {}
