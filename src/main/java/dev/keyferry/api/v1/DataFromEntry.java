package dev.keyferry.api.v1;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/**
 * A source whose JSON fields all become keys of the target.
 *
 * @param extract the source; its value must be a JSON object
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record DataFromEntry(
    @JsonPropertyDescription("Every field of this remote secret's JSON object becomes a key of the target.") @Required
        RemoteRef extract) {}
